import API
import Foundation
import Storage
import Synchronization
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// Which changes ThresholdScope Operation holds, threshold by threshold (DESIGN §8).
struct HeldKindTests {
    /// The held kinds of a run as text, `HR_Person delete 5+10`.
    private static func kinds(_ session: Session) -> [String] {
        session.held.map { "\($0.mapping) \($0.operation) \($0.count)+\($0.linkCount)" }
    }

    @Test func `a threshold of the connector holds that operation of all its entity types`() async throws {
        let world = try await World(
            model: Company.model(thresholds: Thresholds(maximumDeleted: 5), scope: .operation))
        try await world.synchronize(HeldStage.company(), mode: .initial)
        var after = HeldStage.day2()
        after.remove("HR_Group", "all")
        let session = try await world.synchronize(after, since: HeldStage.company(), mode: .incremental)
        // A pair goes with the end that is looked at first; that of somebody new comes.
        #expect(Self.kinds(session) == ["HR_Group delete 1+5", "HR_Person delete 5+5"])
        #expect(try await HeldStage.roots(world) == session.heldRoots)
        #expect(try await world.count("SELECT count(*) FROM UR_Resources WHERE Type = 'HR_Person'") == 11)
        #expect(try await world.count("SELECT count(*) FROM UR_Resources WHERE Type = 'HR_Group'") == 1)
    }

    @Test func `too few rows hold the deletes of that type, emptied values the updates that empty them`() async throws {
        let world = try await World(
            model: Company.model(
                safeguards: Safeguards(maximumEmptiedValues: 1, minimumPercentageRows: 90), scope: .operation))
        try await world.synchronize(HeldStage.company(), mode: .initial)
        var after = HeldStage.leaving(3, from: HeldStage.company())
        after.person("5", name: "Renamed", login: "login5", mail: "5@contoso.test")
        after.person("6", name: "Name 6", login: "login6")
        after.person("7", name: "Renamed", login: "login7")
        after.person("8", name: "Name 8", mail: "8@contoso.test")
        after.person("x", name: "New")
        let session = try await world.synchronize(after, since: HeldStage.company(), mode: .incremental)
        #expect(Self.kinds(session) == ["HR_Person delete 3+6", "HR_Person update 2+0"])
        var wanted = HeldStage.company()
        wanted.person("5", name: "Renamed", login: "login5", mail: "5@contoso.test")
        // Only one login is emptied: that is within the limit.
        wanted.person("8", name: "Name 8", mail: "8@contoso.test")
        wanted.person("x", name: "New")
        #expect(try await world.stored() == wanted.stored)
        #expect(try await HeldStage.roots(world) == wanted.roots)
    }

    @Test func `changed keys hold the deletes and inserts that belong together, and no others`() async throws {
        let world = try await World(
            model: Company.model(
                safeguards: Safeguards(minimumPercentageRows: 0, percentageChurnedKeys: 10), scope: .operation))
        try await world.synchronize(HeldStage.company(), mode: .initial)
        var after = HeldStage.leaving(3, from: HeldStage.company())
        for number in 0..<2 {
            after.person("k\(number)", name: "Name \(number)", login: "login\(number)", mail: "\(number)@contoso.test")
            after.link("Group_Members", "all", "k\(number)")
        }
        after.person("x", name: "New")
        let session = try await world.synchronize(after, since: HeldStage.company(), mode: .incremental)
        #expect(Self.kinds(session) == ["HR_Person delete 2+4", "HR_Person insert 2+2"])
        var wanted = HeldStage.company()
        wanted.remove("HR_Person", "2")
        wanted.unlink("Group_Members", "all", "2")
        wanted.unlink("Person_Organization", "IT", "2")
        wanted.person("x", name: "New")
        #expect(try await world.stored() == wanted.stored)
        #expect(try await HeldStage.roots(world) == wanted.roots)
    }

    @Test func `links over a threshold are held by association, a moved pair whole`() async throws {
        let world = try await World(
            model: Company.model(linkThresholds: Thresholds(maximumInserted: 1), scope: .operation))
        var before = HeldStage.company()
        before.set("HR_Organization", "RH")
        try await world.synchronize(before, mode: .initial)
        var after = before
        after.unlink("Person_Organization", "IT", "0")
        after.link("Person_Organization", "RH", "0")
        after.link("Person_Organization", "RH", "9")
        after.unlink("Person_Organization", "IT", "1")
        after.unlink("Group_Members", "all", "2")
        let session = try await world.synchronize(after, since: before, mode: .incremental)
        // Two inserts, and the delete of the pair that moved.
        #expect(Self.kinds(session) == ["Person_Organization insert 3+0"])
        var wanted = before
        wanted.unlink("Person_Organization", "IT", "1")
        wanted.unlink("Group_Members", "all", "2")
        #expect(try await world.stored() == wanted.stored)
        #expect(try await HeldStage.roots(world) == wanted.roots)
    }

    @Test func `pairs that go with a held resource do not count against the links' thresholds again`() async throws {
        let world = try await World(
            model: Company.model(
                linkThresholds: Thresholds(maximumDeleted: 2), person: Thresholds(maximumDeleted: 2),
                scope: .operation))
        try await world.synchronize(HeldStage.company(), mode: .initial)
        var after = HeldStage.day2()
        after.unlink("Group_Members", "all", "8")
        let session = try await world.synchronize(after, since: HeldStage.company(), mode: .incremental)
        #expect(Self.kinds(session) == ["HR_Person delete 5+10"])
        var wanted = HeldStage.withoutDeletes()
        wanted.unlink("Group_Members", "all", "8")
        #expect(try await world.stored() == wanted.stored)
    }

    @Test func `somebody who moves away from a held manager moves`() async throws {
        let world = try await World(model: HeldStage.model)
        var before = HeldStage.company()
        before.link("Person_Manager", "login0", "9")
        try await world.synchronize(before, mode: .initial)
        var after = HeldStage.leaving(3, from: before)
        after.unlink("Person_Manager", "login0", "9")
        after.link("Person_Manager", "login8", "9")
        let session = try await world.synchronize(after, since: before, mode: .incremental)
        #expect(Self.kinds(session) == ["HR_Person delete 3+6"])
        var wanted = before
        wanted.unlink("Person_Manager", "login0", "9")
        wanted.link("Person_Manager", "login8", "9")
        #expect(try await world.stored() == wanted.stored)
    }

    @Test func `a first load over a threshold is held as well, and released`() async throws {
        let world = try await World(
            model: Company.model(person: Thresholds(maximumInserted: 5), scope: .operation))
        let content = HeldStage.company()
        let session = try await world.synchronize(content, mode: .complete)
        #expect(Self.kinds(session) == ["HR_Person insert 10+15"])
        var wanted = Content()
        wanted.set("HR_Group", "all")
        wanted.set("HR_Organization", "IT")
        #expect(try await world.stored() == wanted.stored)
        let set = try #require(session.held.first)
        try await HeldStage.approve(set, world)
        #expect(try await HeldStage.release(set, content, since: wanted, world).state == .applied)
        #expect(try await world.stored() == content.stored)
        #expect(try await HeldStage.roots(world) == content.roots)
    }

    @Test func `one of several held sets can be approved, and the others stay held`() async throws {
        let world = try await World(
            model: Company.model(
                safeguards: Safeguards(maximumEmptiedValues: 1, minimumPercentageRows: 90), scope: .operation))
        try await world.synchronize(HeldStage.company(), mode: .initial)
        var after = HeldStage.leaving(3, from: HeldStage.company())
        after.person("6", name: "Name 6", login: "login6")
        after.person("7", name: "Name 7", login: "login7")
        let session = try await world.synchronize(after, since: HeldStage.company(), mode: .incremental)
        #expect(Self.kinds(session) == ["HR_Person delete 3+6", "HR_Person update 2+0"])
        let deletes = try #require(session.held.first)
        try await HeldStage.approve(deletes, world)
        let wanted = HeldStage.leaving(3, from: HeldStage.company())
        #expect(try await HeldStage.release(deletes, wanted, since: HeldStage.company(), world).state == .applied)
        #expect(try await world.stored() == wanted.stored)
        #expect(try await world.engine.session(session.id).held.map(\.state) == [.released, .held])

        let next = try await world.synchronize(after, since: wanted, mode: .incremental, job: "next")
        #expect(next.held.map(\.id) == [session.held[1].id])
    }
}
