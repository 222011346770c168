import ConnectorKit
import TestSupport
import Testing
import WeirConfiguration

@Suite struct ExportRunTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func run(_ exporter: any Exporter, settings: SettingValue = .object([:])) async throws -> ExportedTables {
        let request = ExportRequest(
            connection: "HR", settings: settings, sourceRoots: SourceRoots([]),
            output: OutputFolder(folder.path("collect")))
        return try await ExportRun(
            exporter, request: request, published: PublishedFolder(folder.path("published"))
        ).run()
    }

    private func plantYesterday() throws {
        for name in ["HR.csv", "HR_members.csv", "HRPeople.csv"] {
            try folder.write("yesterday", to: "published/" + name)
            try folder.write("yesterday", to: "collect/" + name)
        }
    }

    @Test func `a good export replaces yesterday's files, those that it no longer gives included`() async throws {
        try plantYesterday()
        let exported = try await run(FakeExporter(tables: ["HR": "Id\n1\n"], cookies: ["HR": [1, 2]]))
        #expect(
            exported
                == ExportedTables(
                    tables: [ExportedTable(name: "HR", path: folder.path("collect/HR.csv"), byteCount: 5)],
                    pendingCookies: ["HR": [1, 2]], hasProduced: true))
        #expect(folder.names(in: "collect") == ["HR.csv", "HRPeople.csv"])
        #expect(folder.names(in: "published") == ["HR.csv", "HRPeople.csv"])
        #expect(try folder.text("published/HR.csv") == "Id\n1\n")
    }

    @Test(arguments: [
        HostileExporter.Behaviour.failsAfterWriting, .failsWhileWriting, .writesNothing, .writesTable("HRPeople2"),
        .namesFile("/etc/passwd"),
    ])
    func `an export that failed leaves no file, neither its own nor yesterday's`(
        behaviour: HostileExporter.Behaviour
    ) async throws {
        try plantYesterday()
        await #expect(throws: ConnectorError.self) { try await run(HostileExporter(behaviour)) }
        let left = Set(folder.names(in: "collect") + folder.names(in: "published"))
        #expect(left.isSubset(of: ["HRPeople.csv", "HRPeople2.csv"]))
        #expect(try folder.text("published/HRPeople.csv") == "yesterday")
        #expect(!folder.names(in: "published").contains("HRPeople2.csv"))
    }

    @Test func `settings that do not hold together stop the export before it starts, all named`() async throws {
        try plantYesterday()
        let exporter = FakeExporter(
            settings: [
                SettingField("A", .text, isRequired: true, description: "write A"),
                SettingField("B", .boolean, description: "B"),
            ], tables: ["HR": "Id\n"])
        let error = await #expect(throws: ConnectorError.self) {
            try await run(exporter, settings: .object(["B": .string("x"), "C": .null]))
        }
        #expect(error?.code == .settings)
        #expect(
            error?.description
                == "connection \"HR\": 2 settings are wrong: Connections:HR:A: is missing; write A | "
                + "Connections:HR:B: is a text that does not fit; write true or false; "
                + "correct them in appsettings.agent.json")
        #expect(!folder.names(in: "published").contains("HR.csv"))
    }

    @Test func `the tables of a connection are those of its mappings`() {
        var model = Model()
        model.entityTypeMappings = [
            EntityTypeMapping(
                identifier: "P", connector: "C", table: "HR", c0: "user",
                properties: [
                    PropertyMapping(identifier: "Id", column: "Id", isPrimaryKey: true),
                    PropertyMapping(identifier: "Name", column: "Name"),
                ]),
            EntityTypeMapping(
                identifier: "Q", connector: "C", table: "HRPeople",
                properties: [PropertyMapping(identifier: "Id", column: "Id", isPrimaryKey: true)]),
        ]
        model.associationMappings = [
            EntityAssociationMapping(
                identifier: "M", connector: "C", table: "HR",
                side1: .init(column: "Manager", key: PropertyBinding(entityType: "P", property: "Id")),
                side2: .init(column: "Id", key: PropertyBinding(entityType: "P", property: "Id"))),
            EntityAssociationMapping(
                identifier: "N", connector: "C", table: "HR_members",
                side1: .init(column: "Group", key: PropertyBinding(entityType: "G", property: "Id")),
                side2: .init(column: "Member", key: PropertyBinding(entityType: "P", property: "Id"))),
        ]
        #expect(
            RequestedTable.tables(of: "HR", in: model) == [
                RequestedTable(name: "HR", columns: ["Id", "Manager", "Name"], c0: ["user"]),
                RequestedTable(name: "HR_members", columns: ["Group", "Member"]),
            ])
    }
}
