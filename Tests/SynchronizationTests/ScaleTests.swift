import API
import Delta
import Foundation
import Storage
import Synchronization
import TestSupport
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// A million resources of twenty columns and half a million links, with figures printed. Asked for by WEIR_SCALE, and
/// meant for a release build.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["WEIR_SCALE"] != nil))
struct ScaleTests {
    private static let columnCount = 20

    private static var model: Model {
        var model = Model()
        model.connectors = [
            Connector(
                identifier: "HR", displayName: "HR", agent: "Local", thresholds: .none, linkThresholds: .none)
        ]
        model.entityTypes = [
            EntityType(
                identifier: "Person", displayName: "",
                properties: (0..<columnCount).map {
                    Property(
                        identifier: $0 == 1 ? "LastName" : "P\($0)", displayName: "", column: 4 + $0, isKey: $0 == 0)
                } + [Property(identifier: "Groups", displayName: "", type: .foreignKey, isNavigation: true)]),
            EntityType(
                identifier: "Team", displayName: "",
                properties: [
                    Property(identifier: "Name", displayName: "", column: 4, isKey: true),
                    Property(identifier: "Members", displayName: "", type: .foreignKey, isNavigation: true),
                ]),
        ]
        model.associations = [
            EntityAssociation(
                identifier: "Members", displayName: "",
                property1: PropertyBinding(entityType: "Team", property: "Members"),
                property2: PropertyBinding(entityType: "Person", property: "Groups"),
                isProperty1Collection: true, isProperty2Collection: true)
        ]
        model.entityTypeMappings = [
            EntityTypeMapping(
                identifier: "Person", connector: "HR", table: "p",
                properties: (0..<columnCount).map {
                    PropertyMapping(
                        identifier: $0 == 1 ? "LastName" : "P\($0)", column: "c\($0)", isPrimaryKey: $0 == 0)
                }),
            EntityTypeMapping(
                identifier: "Team", connector: "HR", table: "t",
                properties: [PropertyMapping(identifier: "Name", column: "n", isPrimaryKey: true)]),
        ]
        model.associationMappings = [
            EntityAssociationMapping(
                identifier: "Members", connector: "HR", table: "m",
                side1: .init(column: "a", key: PropertyBinding(entityType: "Team", property: "Name")),
                side2: .init(column: "b", key: PropertyBinding(entityType: "Person", property: "P0")))
        ]
        return model
    }

    private static let count = 1_000_000
    private static let memberCount = 500_000

    /// How many rows the agent's image has, about, whatever a run sends of it.
    private static func imageRows(_ mapping: String) -> Int {
        switch mapping {
        case "Members": memberCount
        case "Team": 1
        case _: count
        }
    }

    private static let header =
        (0..<columnCount).map { $0 == 1 ? "LastName" : "P\($0)" }.joined(separator: ",") + "\n"

    private static func key(_ number: Int) -> String { "E" + String(10_000_000 + number) }

    private static func person(_ number: Int, mark: String = "") -> String {
        let values = (2..<columnCount).map { "v\($0)-\(number &* 2_654_435_761 % 1_000_003)" }
        let name = "\(number &* 40_503 % 999_983) name\(mark)"
        return key(number) + "," + name + "," + values.joined(separator: ",") + "\n"
    }

    @Test func `a million resources`() async throws {
        let count = Self.count
        let world = try await World(model: Self.model)
        var file = Self.header
        for number in 0..<count { file += Self.person(number) }
        let people = Array(file.utf8)
        file = "Key1,Key2\n"
        for number in 0..<Self.memberCount { file += "all," + Self.key(number) + "\n" }
        let members = Array(file.utf8)
        print("people \(people.count >> 20) MB, members \(members.count >> 20) MB")

        let load = try await run(
            world, .initial, .full, people: (people, count), teams: (Array("Name\nall\n".utf8), 1),
            members: (members, Self.memberCount), "first load")
        #expect(load.state == .applied, "\(load.detail ?? "")")

        var delta = "command," + Self.header
        for number in 0..<1_500 { delta += "update," + Self.person(number * 600, mark: "!") }
        let small = Array(delta.utf8)
        let day = try await run(
            world, .incremental, .delta, people: (small, 1_500), teams: (Array("command,Name\n".utf8), 0),
            members: (Array("command,Key1,Key2\ninsert,all,\(Self.key(700_000))\n".utf8), 1), "delta of 1,500")
        #expect(day.counters["Person"]?.updated == 1_500)
        let member = try await run(
            world, .incremental, .delta, people: (Array(("command," + Self.header).utf8), 0),
            teams: (Array("command,Name\n".utf8), 0),
            members: (Array("command,Key1,Key2\ninsert,all,\(Self.key(700_001))\n".utf8), 1), "one member of 500,000")
        #expect(member.counters["Members"]?.inserted == 1)
        let complete = try await run(
            world, .complete, .full, people: (people, count), teams: (Array("Name\nall\n".utf8), 1),
            members: (members, Self.memberCount), "Complete, 1,500 back")
        #expect(complete.counters["Person"]?.updated == 1_500)
    }

    private func run(
        _ world: World, _ mode: SynchronizationMode, _ content: SessionContent, people: ([UInt8], Int),
        teams: ([UInt8], Int), members: ([UInt8], Int), _ title: String
    ) async throws -> Session {
        let token = try await world.lease()
        let session = try await world.open(mode, content, token: token)
        var seals: [SealedFile] = []
        for (mapping, file) in [("Person", people), ("Team", teams), ("Members", members)] {
            try await world.send(file.0, as: mapping, to: session.id, token: token)
            var seal = world.sealed(mapping, file.0, rows: file.1, content, imageRows: Self.imageRows(mapping))
            seal.isEntityType = mapping != "Members"
            seals.append(seal)
        }
        _ = try await world.engine.seal(
            session: session.id, SealSession(leaseToken: token, files: seals), in: world.model)
        let clock = ContinuousClock()
        let start = clock.now
        let result = try await world.apply(session.id, token: token)
        print("\(title): \(start.duration(to: clock.now)), \(try Self.residentMegabytes()) MB")
        return result
    }

    // MARK: Digests and repair

    private static func shape(_ mapping: String) -> ImageShape {
        switch mapping {
        case "Members": ImageShape(columns: ["Key1", "Key2"], keys: [0, 1], association: mapping)
        case "Team": ImageShape(columns: ["Name"], keys: [0], association: nil)
        case _:
            ImageShape(
                columns: header.trimmingCharacters(in: .newlines).components(separatedBy: ","), keys: [0],
                association: nil)
        }
    }

    /// When each point of a run was reached.
    private final class Times: Sendable {
        private let reached = Mutex<[StepPoint: ContinuousClock.Instant]>([:])

        func reach(_ point: StepPoint) {
            reached.withLock { $0[point] = ContinuousClock.now }
        }

        func seconds(from start: StepPoint, to end: StepPoint) -> Double {
            reached.withLock { reached in
                guard let start = reached[start], let end = reached[end] else { return .nan }
                return (end - start) / .seconds(1)
            }
        }

        /// Before, what rows leave the digests; after, what rows enter them. Each with a little more than that.
        var digests: Double {
            seconds(from: .changesHashed, to: .digestsLeft) + seconds(from: .linksApplied, to: .digestsKept)
        }

        func show(_ title: String) -> (digests: Double, apply: Double) {
            let apply = seconds(from: .runStarted, to: .runCommitted)
            print("\(title): digests \(digests) s of \(apply) s, \(Int(100 * digests / apply)) %")
            return (digests, apply)
        }
    }

    @Test func `three of a million resources changed by SQL are found and repaired, moving less than 1 %`() async throws
    {
        let count = Self.count
        let times = Times()
        let world = try await World(model: Self.model) { times.reach($0) }
        var file = Self.header
        for number in 0..<count { file += Self.person(number) }
        let people = Array(file.utf8)
        file = "Key1,Key2\n"
        for number in 0..<Self.memberCount { file += "all," + Self.key(number) + "\n" }
        let members = Array(file.utf8)
        file = ""
        let images = world.folder.path("images")
        try FileManager.default.createDirectory(atPath: images, withIntermediateDirectories: true)
        for (mapping, bytes) in [("Person", people), ("Members", members), ("Team", Array("Name\nall\n".utf8))] {
            try Data(bytes).write(to: URL(fileURLWithPath: "\(images)/\(mapping)"))
        }
        _ = try await run(
            world, .initial, .full, people: (people, count), teams: (Array("Name\nall\n".utf8), 1),
            members: (members, Self.memberCount), "first load")
        #expect(times.show("first load").digests < times.seconds(from: .runStarted, to: .runCommitted) / 4)

        var delta = "command," + Self.header
        for number in 0..<1_500 { delta += "update," + Self.person(number * 600, mark: "!") }
        for back in [Array(delta.utf8), Array(delta.replacing("!", with: "").utf8)] {
            let day = try await run(
                world, .incremental, .delta, people: (back, 1_500), teams: (Array("command,Name\n".utf8), 0),
                members: (Array("command,Key1,Key2\n".utf8), 0), "delta of 1,500")
            #expect(day.counters["Person"]?.updated == 1_500)
            // Of so short a run the digests are a large share: what they cost is shown, and the whole is bounded.
            #expect(times.show("delta of 1,500").apply < 1)
        }

        try await world.meddle("UPDATE UR_Resources SET C5 = 'x' WHERE Type = 'Person' AND Id % 400000 = 7")
        for (wanted, title) in [(3, "three changed by SQL"), (0, "after the repair")] {
            let (found, moved) = try await exchange(world, images, title)
            #expect(found == wanted)
            #expect(moved * 100 < people.count)
        }
    }

    /// Compares and repairs; how many rows differed, and how many bytes were moved.
    private func exchange(_ world: World, _ images: String, _ title: String) async throws -> (Int, bytes: Int) {
        let clock = ContinuousClock()
        let token = try await world.lease()
        var start = clock.now
        let server = try await world.engine.recompute(
            RecomputeContent(connector: "HR", leaseToken: token), in: world.model)
        print("\(title): recomputed in \(start.duration(to: clock.now))")
        start = clock.now
        var moved = 0
        var total = 0
        var roots: [String: String] = [:]
        var deltas: [(String, ImageDifference.Result)] = []
        for mapping in ["Person", "Team", "Members"] {
            let image = "\(images)/\(mapping)"
            let own = try Self.shape(mapping).digest(of: image).digest
            roots[mapping] = own.root
            var buckets: [Int] = []
            var rows: RowsFile?
            if server.mappings[mapping]?.root != own.root {
                let bytes = try await world.engine.buckets(
                    ContentBuckets(connector: "HR", leaseToken: token, mapping: mapping), in: world.model)
                buckets = own.differences(from: try #require(Digest(bytes: bytes)))
                rows = try await world.engine.rows(
                    ContentRows(connector: "HR", leaseToken: token, mapping: mapping, buckets: buckets),
                    in: world.model)
                moved += bytes.count + (rows?.byteCount ?? 0)
            }
            let result = try ImageDifference(Self.shape(mapping), buckets: buckets).write(
                image: image, rows: rows?.path, to: image + ".delta")
            total += result.total
            deltas.append((mapping, result))
        }
        if total > 0 { moved += deltas.reduce(0) { $0 + $1.1.delta.bytes } }
        print("\(title): compared in \(start.duration(to: clock.now)): \(total) differ, \(moved) bytes moved")
        guard total > 0 else { return (total, moved) }
        start = clock.now
        let session = try await world.open(.incremental, .delta, token: token)
        var seals: [SealedFile] = []
        for (mapping, result) in deltas {
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: result.delta.path)))
            try await world.send(bytes, as: mapping, to: session.id, token: token)
            var seal = world.sealed(
                mapping, bytes, rows: result.delta.rows, .delta, imageRows: Self.imageRows(mapping))
            seal.isEntityType = mapping != "Members"
            seals.append(seal)
        }
        _ = try await world.engine.seal(
            session: session.id, SealSession(leaseToken: token, files: seals, roots: roots), in: world.model)
        let applied = try await world.apply(session.id, token: token)
        #expect(applied.state == .applied, "\(applied.detail ?? "")")
        print("\(title): repaired in \(start.duration(to: clock.now))")
        return (total, moved)
    }

    private static func residentMegabytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? "0"
        return (line.split(separator: " ").compactMap { Int($0) }.first ?? 0) >> 10
    }
}
