import API
import Foundation
import Storage
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// DESIGN §1, row 9: what one member costs the server, by the instructions that SQLite executes for it, which a busy
/// machine does not change. The times are printed.
struct BigLinkTests {
    /// The sizes that every run looks at, and the largest one where WEIR_SCALE asks for it.
    private static let sizes =
        ProcessInfo.processInfo.environment["WEIR_SCALE"] == nil ? [1_000, 20_000] : [1_000, 50_000, 500_000]

    private static var model: Model {
        var model = Model()
        model.connectors = [
            Connector(identifier: "HR", displayName: "HR", agent: "Local", thresholds: .none, linkThresholds: .none)
        ]
        model.entityTypes = [
            EntityType(
                identifier: "Person", displayName: "",
                properties: [
                    Property(identifier: "Id_", displayName: "", column: 4, isKey: true),
                    Property(identifier: "Groups", displayName: "", type: .foreignKey, isNavigation: true),
                    Property(identifier: "Team", displayName: "", type: .foreignKey, column: 128, isNavigation: true),
                ]),
            EntityType(
                identifier: "Team", displayName: "",
                properties: [
                    Property(identifier: "Name", displayName: "", column: 4, isKey: true),
                    Property(identifier: "Members", displayName: "", type: .foreignKey, isNavigation: true),
                    Property(identifier: "Persons", displayName: "", type: .foreignKey, isNavigation: true),
                ]),
        ]
        func association(_ identifier: String, _ one: String, _ two: String, isMany: Bool) -> EntityAssociation {
            EntityAssociation(
                identifier: identifier, displayName: "",
                property1: PropertyBinding(entityType: "Team", property: one),
                property2: PropertyBinding(entityType: "Person", property: two), isProperty1Collection: true,
                isProperty2Collection: isMany)
        }
        model.associations = [
            association("Members", "Members", "Groups", isMany: true),
            association("Team_Persons", "Persons", "Team", isMany: false),
        ]
        model.entityTypeMappings = [("Person", "Id_"), ("Team", "Name")].map { type, key in
            EntityTypeMapping(
                identifier: type, connector: "HR", table: type,
                properties: [PropertyMapping(identifier: key, column: "k", isPrimaryKey: true)])
        }
        model.associationMappings = ["Members", "Team_Persons"].map { identifier in
            EntityAssociationMapping(
                identifier: identifier, connector: "HR", table: identifier,
                side1: .init(column: "a", key: PropertyBinding(entityType: "Team", property: "Name")),
                side2: .init(column: "b", key: PropertyBinding(entityType: "Person", property: "Id_")))
        }
        return model
    }

    /// A team that everybody is a member of, through a link row and through a column, and one person more.
    private struct Team: Sendable {
        let world: World
        let size: Int
        let counter: InstructionCounter

        init(size: Int) async throws {
            self.size = size
            world = try await World(model: BigLinkTests.model)
            counter = try InstructionCounter(world.database)
            let keys = (0..<size).map(BigLinkTests.key) + ["extra"]
            let pairs = (0..<size).map { "all,\(BigLinkTests.key($0))\n" }.joined()
            let load = try await synchronize([
                "Person": ("Id_\n" + keys.map { $0 + "\n" }.joined(), size + 1), "Team": ("Name\nall\n", 1),
                "Members": ("Key1,Key2\n" + pairs, size), "Team_Persons": ("Key1,Key2\n" + pairs, size),
            ])
            try #require(load.session.state == .applied, "\(load.session.detail ?? "")")
        }

        /// What one change costs: the rows of the session, and SQLite's instructions and the time from staging to commit.
        func change(
            _ title: String, _ rows: [String: String]
        ) async throws -> (session: Session, instructions: Int) {
            var files: [String: (text: String, rows: Int)] = [:]
            for (mapping, columns) in [
                "Person": "Id_", "Team": "Name", "Members": "Key1,Key2", "Team_Persons": "Key1,Key2",
            ] {
                files[mapping] = ("command,\(columns)\n" + (rows[mapping] ?? ""), rows[mapping] == nil ? 0 : 1)
            }
            let (session, instructions, time) = try await synchronize(files, content: .delta)
            print("\(title), \(size) members: \(instructions) instructions, \(time)")
            return (session, instructions)
        }

        private func synchronize(
            _ files: [String: (text: String, rows: Int)], content: SessionContent = .full
        ) async throws -> (session: Session, instructions: Int, time: Duration) {
            let token = try await world.lease()
            let session = try await world.open(.incremental, content, token: token)
            var seals: [SealedFile] = []
            for (mapping, file) in files.sorted(by: { $0.key < $1.key }) {
                let bytes = Array(file.text.utf8)
                try await world.send(bytes, as: mapping, to: session.id, token: token)
                var seal = world.sealed(mapping, bytes, rows: file.rows, content)
                seal.isEntityType = ["Person", "Team"].contains(mapping)
                seal.imageRows = mapping == "Team" ? 1 : size
                seals.append(seal)
            }
            _ = try await world.engine.seal(
                session: session.id, SealSession(leaseToken: token, files: seals), in: world.model)
            counter.reset()
            let clock = ContinuousClock()
            let start = clock.now
            let applied = try await world.apply(session.id, token: token)
            return (applied, counter.count, start.duration(to: clock.now))
        }
    }

    private static func key(_ number: Int) -> String { "E" + String(10_000_000 + number) }

    @Test func `row 9: one member costs the server the same, whatever the size of the group`() async throws {
        let changes: [(title: String, rows: [String: String], counted: String, change: ChangeCounters)] = [
            (
                "one member added", ["Members": "insert,all,extra\n"], "Members",
                ChangeCounters(isLinks: true, inserted: 1)
            ),
            (
                "one member taken", ["Members": "delete,all,\(Self.key(7))\n"], "Members",
                ChangeCounters(isLinks: true, deleted: 1)
            ),
            (
                "one person put into the team", ["Team_Persons": "insert,all,extra\n"], "Team_Persons",
                ChangeCounters(isLinks: true, inserted: 1)
            ),
            (
                "one person goes, and is an orphan in the group", ["Person": "delete,\(Self.key(9))\n"], "Person",
                ChangeCounters(deleted: 1)
            ),
            ("one person comes back", ["Person": "insert,\(Self.key(9))\n"], "Person", ChangeCounters(inserted: 1)),
        ]
        var costs: [[Int]] = changes.map { _ in [] }
        for size in Self.sizes {
            let team = try await Team(size: size)
            for (index, change) in changes.enumerated() {
                let (session, instructions) = try await team.change(change.title, change.rows)
                #expect(session.state == .applied, "\(session.detail ?? "")")
                var expected = change.change
                expected.stored = session.counters[change.counted]?.stored ?? 0
                #expect(session.counters[change.counted] == expected, "\(change.title), \(size)")
                #expect(session.counters.values.reduce(0) { $0 + $1.total } == 1)
                costs[index].append(instructions)
            }
            #expect(
                try await team.world.count("SELECT count(*) FROM UR_ResourceLinks WHERE Type = 'Members'") == size)
            #expect(
                try await team.world.count("SELECT count(*) FROM UR_Resources WHERE I40 IS NOT NULL") == size + 1)
        }
        for (change, cost) in zip(changes, costs) {
            // The 4,096 buckets of a digest fill up with the size; nothing else may grow.
            let buckets = 4_096 * 2 * 12
            #expect(
                (cost.last ?? 0) - (cost.first ?? 0) < buckets, "\(change.title): \(cost) instructions at \(Self.sizes)"
            )
        }
    }
}
