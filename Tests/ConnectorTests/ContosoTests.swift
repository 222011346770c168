import CSVConnector
import ConnectorKit
import Foundation
import TestSupport
import Testing

/// The example company's files and settings, as a newcomer meets them.
@Suite struct ContosoTests {
    private static let example = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "examples/contoso")

    private static func settings() throws -> SettingValue {
        let file = example.appending(path: "appsettings.agent.json")
        return try JSONDecoder().decode(SettingValue.self, from: Data(contentsOf: file))
    }

    /// The text of a path setting with a day's folder in place of `sources/current`.
    private static func at(_ day: String, _ value: SettingValue?) -> SettingValue {
        let folder = example.appending(path: "sources/\(day)").path(percentEncoded: false)
        return .string((value?.string ?? "").replacing("sources/current", with: folder))
    }

    /// A published file's records, quotes undone: the files have no line break but in quotes.
    private static func records(_ text: String) -> [[String]] {
        var records: [[String]] = [[]]
        var field = ""
        var isQuoted = false
        var last: Character = "\n"
        for character in text {
            switch character {
            case "\"":
                if !isQuoted, last == "\"" { field.append("\"") }
                isQuoted.toggle()
            case "," where !isQuoted, "\n" where !isQuoted:
                records[records.count - 1].append(field)
                field = ""
                if character == "\n" { records.append([]) }
            default: field.append(character)
            }
            last = character
        }
        if !field.isEmpty { records[records.count - 1].append(field) }
        return records.filter { !$0.isEmpty }
    }

    /// Every connection of the example's settings, exported.
    private func export(_ day: String) async throws -> [String: [[String]]] {
        let folder = try TemporaryFolder()
        let settings = try Self.settings()
        let roots = settings.member("SourcesRootPaths")?.elements ?? []
        let sourceRoots = SourceRoots(roots.compactMap { Self.at(day, $0).string })
        guard case .object(let connections) = settings.member("Connections") else { return [:] }
        var tables: [String: [[String]]] = [:]
        for (connection, section) in connections {
            guard case .object(var members) = section else { continue }
            members["Path"] = Self.at(day, section.member("Path"))
            #expect(CSVExporter().problems(in: .object(members), connection: connection).map(\.description) == [])
            let request = ExportRequest(
                connection: connection, settings: .object(members), sourceRoots: sourceRoots,
                output: OutputFolder(folder.path("collect")))
            _ = try await ExportRun(
                CSVExporter(), request: request, published: PublishedFolder(folder.path("published"))
            ).run()
            tables[connection] = Self.records(try folder.text("published/\(connection).csv"))
        }
        return tables
    }

    @Test(arguments: [
        ("day1", ["HRPeople": 500, "HROrganizations": 40, "HRSites": 30, "HRGroups": 25, "HRMemberships": 870]),
        ("day2", ["HRPeople": 501, "HROrganizations": 40, "HRSites": 30, "HRGroups": 25, "HRMemberships": 867]),
    ])
    func `every reference of a good day leads somewhere, and everybody but one has a manager`(
        day: String, rows: [String: Int]
    ) async throws {
        let tables = try await export(day)
        #expect(tables.mapValues { $0.count - 1 } == rows)
        func keys(_ table: String) -> Set<String> { Set(tables[table]?.dropFirst().map { $0[0] } ?? []) }
        let people = Array(try #require(tables["HRPeople"]).dropFirst())
        #expect(Set(people.map(\.count)) == [12])
        #expect(keys("HRPeople").count == people.count)
        #expect(people.filter { !keys("HROrganizations").contains($0[6]) || !keys("HRSites").contains($0[7]) } == [])
        #expect(people.filter { !keys("HRPeople").contains($0[8]) }.map { $0[0] } == ["E00001"])
        let memberships = try #require(tables["HRMemberships"]).dropFirst()
        #expect(
            memberships.filter { !keys("HRGroups").contains($0[0]) || !keys("HRPeople").contains($0[1]) } == [])
        let parents = try #require(tables["HROrganizations"]).dropFirst().map { $0[2] }
        #expect(Set(parents).subtracting(keys("HROrganizations")) == [""])
    }

    @Test func `on the third day the tail of the people is gone, within a value`() async throws {
        let people = try #require(try await export("day3")["HRPeople"])
        #expect(people.count == 351)
        #expect(people.last?.count == 12)
        #expect(people.last?.last == "tr")
    }
}
