import API
import Foundation
import Storage
import TestSupport
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// A million resources of twenty columns and half a million links, with figures printed. Asked for by WEIR_SCALE, and
/// meant for a release build.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["WEIR_SCALE"] != nil))
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

    private static let header =
        (0..<columnCount).map { $0 == 1 ? "LastName" : "P\($0)" }.joined(separator: ",") + "\n"

    private static func key(_ number: Int) -> String { "E" + String(10_000_000 + number) }

    private static func person(_ number: Int, mark: String = "") -> String {
        let values = (2..<columnCount).map { "v\($0)-\(number &* 2_654_435_761 % 1_000_003)" }
        let name = "\(number &* 40_503 % 999_983) name\(mark)"
        return key(number) + "," + name + "," + values.joined(separator: ",") + "\n"
    }

    @Test func `a million resources`() async throws {
        let count = 1_000_000
        let world = try await World(model: Self.model)
        var file = Self.header
        for number in 0..<count { file += Self.person(number) }
        let people = Array(file.utf8)
        file = "Key1,Key2\n"
        for number in 0..<500_000 { file += "all," + Self.key(number) + "\n" }
        let members = Array(file.utf8)
        print("people \(people.count >> 20) MB, members \(members.count >> 20) MB")

        let load = try await run(
            world, .initial, .full, people: (people, count), teams: (Array("Name\nall\n".utf8), 1),
            members: (members, 500_000), "first load")
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
            members: (members, 500_000), "Complete, 1,500 back")
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
            var seal = world.sealed(mapping, file.0, rows: file.1, content)
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

    private static func residentMegabytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? "0"
        return (line.split(separator: " ").compactMap { Int($0) }.first ?? 0) >> 10
    }
}
