import API
import Foundation
import Storage
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// A simulation is made by the server, from the artifact that an apply would consume (DESIGN §1.10).
struct SimulationTests {
    private func world(
        _ model: Model = Company.model()
    ) async throws -> (world: World, before: Content, after: Content) {
        let world = try await World(model: model)
        var before = Content()
        for number in 0..<10 { before.person("\(number)", name: "Name \(number)", login: "login\(number)") }
        try await world.synchronize(before, mode: .initial)
        var after = before
        for number in 0..<5 { after.remove("HR_Person", "\(number)") }
        after.person("7", name: "Changed", login: "login7")
        after.person("x", name: "New")
        return (world, before, after)
    }

    private func approve(_ session: Session, in world: World, by caller: String = "user alice") async throws {
        _ = try await world.engine.approve(
            ApproveSession(session: session.id, changeSet: session.changeSet ?? ""), by: caller, in: world.model)
    }

    @Test func `a simulation shows what would change, and changes nothing`() async throws {
        let (world, before, after) = try await world()
        let planned = try await world.synchronize(after, since: before, mode: .incremental, isSimulation: true)

        #expect(planned.state == .planned)
        #expect(planned.isSimulation)
        #expect(planned.detail == nil)
        #expect(planned.changeSet?.count == 64)
        #expect(planned.counters["HR_Person"] == ChangeCounters(inserted: 1, updated: 1, deleted: 5, stored: 10))
        let shown = try await world.engine.resourceChanges(session: planned.id, pageSize: 100).items
        #expect(shown.map(\.operation) == ["update", "insert"] + Array(repeating: "delete", count: 5))
        #expect(try await world.stored() == before.stored)
        let state = try await world.engine.state(of: "HR", in: world.model)
        #expect(state.version?.number == 1)
        #expect(state.blockedSince == nil)
        #expect(state.waiting == [planned])
        // It does not go on by being asked again: somebody has to approve it.
        let asked = try await world.apply(planned.id, token: try await world.lease())
        #expect(asked.state == .planned)
        #expect(try await world.stored() == before.stored)
    }

    @Test func `an approved simulation is applied as it was shown, whatever the source has become`() async throws {
        let (world, before, after) = try await world()
        let planned = try await world.synchronize(after, since: before, mode: .incremental, isSimulation: true)
        try await approve(planned, in: world)
        try await approve(planned, in: world)
        let applied = try await world.apply(planned.id, token: try await world.lease("later"))

        #expect(applied.state == .applied)
        #expect(applied.changeSet == planned.changeSet)
        #expect(try await world.stored() == after.stored)
        let review = try await world.engine.review(of: planned.id)
        #expect(
            review.decisions == [
                SessionDecision(
                    kind: .approve, changeSet: planned.changeSet ?? "", decidedBy: "user alice",
                    decidedAt: world.clock.now)
            ])
    }

    @Test func `a simulation whose tasks force is approved and applied like every other`() async throws {
        let (world, before, after) = try await world(Company.model(person: Thresholds(maximumDeleted: 2)))
        let token = try await world.lease()
        let session = try await world.open(.incremental, .delta, token: token, isSimulation: true)
        try await world.sendAndSeal(after, since: before, session.id, token: token)
        // Whoever is named as forcing it: nothing is applied, so nobody let anything pass.
        let planned = try await world.apply(
            session.id, token: token, options: SynchronizeOptions(forcedBy: "task Forced", passesThresholds: true))
        #expect(planned.state == .planned)
        #expect(planned.detail == nil)
        #expect(planned.violations.map(\.attribute) == ["MaximumDeletedLines"])
        #expect(planned.approvedBy == nil)
        try await approve(planned, in: world)
        let applied = try await world.apply(
            planned.id, token: token, options: SynchronizeOptions(forcedBy: "task Forced", passesThresholds: true))
        #expect(applied.state == .applied)
        #expect(applied.approvedBy == "user alice")
        #expect(try await world.stored() == after.stored)
        #expect(try await world.engine.review(of: planned.id).decisions.map(\.kind) == [.approve])
    }

    @Test func `what a safeguard would hold is said, and the connector goes on`() async throws {
        let (world, before, after) = try await world(Company.model(person: Thresholds(maximumDeleted: 2)))
        let planned = try await world.synchronize(after, since: before, mode: .incremental, isSimulation: true)
        #expect(planned.state == .planned)
        #expect(planned.violations.map(\.attribute) == ["MaximumDeletedLines"])
        #expect(planned.detail?.hasPrefix("A safeguard would hold it: MaximumDeletedLines") == true)
        #expect(try await world.engine.state(of: "HR", in: world.model).blockedSince == nil)

        var other = before
        other.person("y", name: "Other")
        #expect(try await world.synchronize(other, since: before, mode: .incremental).state == .applied)
    }

    @Test func `what is applied later supersedes a simulation, which then refuses its approval with the reason`()
        async throws
    {
        let (world, before, after) = try await world()
        let planned = try await world.synchronize(after, since: before, mode: .incremental, isSimulation: true)
        var other = before
        other.person("y", name: "Other")
        let applied = try await world.synchronize(other, since: before, mode: .incremental)

        let superseded = try await world.engine.session(planned.id)
        #expect(superseded.state == .superseded)
        #expect(
            superseded.detail == "Session \(applied.id) was applied to connector \"HR\" after it was computed.")
        let error = await #expect(throws: SynchronizationError.self) { try await approve(planned, in: world) }
        #expect(error?.code == .sessionState)
        #expect(error?.detail.contains("is superseded") == true)
        #expect(error?.detail.contains(applied.id) == true)
        #expect(try await world.count("SELECT count(*) FROM UR_ResourceChanges") == 0)
        #expect(try await world.engine.state(of: "HR", in: world.model).waiting == [])
    }

    @Test func `of a connector's simulations the newest waits`() async throws {
        let (world, before, after) = try await world()
        let first = try await world.synchronize(after, since: before, mode: .incremental, isSimulation: true)
        let second = try await world.synchronize(
            before, mode: .complete, job: "other", isSimulation: true)
        #expect(try await world.engine.session(first.id).state == .superseded)
        #expect(try await world.engine.session(second.id).state == .planned)
        #expect(try await world.engine.waitingSessions(jobInstance: "job") == [])
        #expect(try await world.engine.sessionToReview(connector: "HR") == second.id)
    }

    @Test func `a rejected simulation is gone with its reason`() async throws {
        let (world, before, after) = try await world()
        let planned = try await world.synchronize(after, since: before, mode: .incremental, isSimulation: true)
        let rejected = try await world.engine.reject(
            RejectSession(session: planned.id, reason: "not today"), by: "user alice")
        #expect(rejected.state == .rejected)
        #expect(rejected.detail == "Rejected by user alice: not today")
        #expect(try await world.engine.review(of: planned.id).decisions.map(\.reason) == ["not today"])
        #expect(try await world.engine.review(of: planned.id).counts == [])
        await #expect(throws: SynchronizationError.self) { try await approve(planned, in: world) }
    }

    @Test func `a deployment that changes the mappings supersedes a simulation`() async throws {
        let (world, before, after) = try await world()
        let planned = try await world.synchronize(after, since: before, mode: .incremental, isSimulation: true)
        var changed = world.model
        changed.entityTypeMappings[2].properties[1].column = "family"
        try await world.deploy(from: world.model, to: changed)
        #expect(try await world.engine.session(planned.id).state == .superseded)
    }

    @Test func `a Complete simulation leaves what is blocked, until it is approved and applied`() async throws {
        let (world, before, after) = try await world(Company.model(person: Thresholds(maximumDeleted: 2)))
        let blocked = try await world.synchronize(after, since: before, mode: .incremental)
        let planned = try await world.synchronize(after, mode: .complete, job: "plan", isSimulation: true)
        #expect(try await world.engine.session(blocked.id).state == .blocked)
        #expect(planned.state == .planned)
        #expect(try await world.engine.sessionToReview(connector: nil) == blocked.id)

        try await approve(planned, in: world)
        #expect(try await world.apply(planned.id, token: try await world.lease("plan")).state == .applied)
        #expect(try await world.engine.session(blocked.id).state == .superseded)
        #expect(try await world.engine.state(of: "HR", in: world.model).blockedSince == nil)
        #expect(try await world.stored() == after.stored)
    }

    @Test func `a server that dies while it applies an approved simulation leaves it approved`() async throws {
        let (world, before, after) = try await world()
        let planned = try await world.synchronize(after, since: before, mode: .incremental, isSimulation: true)
        try await approve(planned, in: world)
        let token = try await world.lease()
        let dying = try await world.restarted { point in
            if point == .linksApplied { throw Interruption(at: point) }
        }
        await #expect(throws: Interruption.self) { try await dying.apply(planned.id, token: token) }
        let again = try await world.restarted()
        try await again.engine.recover()
        let waiting = try await again.engine.session(planned.id)
        #expect(waiting.state == .planned)
        #expect(waiting.approvedBy == "user alice")
        #expect(try await again.apply(planned.id, token: token).state == .applied)
        #expect(try await again.stored() == after.stored)
    }

    @Test func `simulations that nobody came back to end`() async throws {
        let (world, before, after) = try await world()
        let planned = try await world.synchronize(after, since: before, mode: .incremental, isSimulation: true)
        try await world.engine.expireSimulations(openedBefore: world.clock.now)
        #expect(try await world.engine.session(planned.id).state == .planned)
        try await world.engine.expireSimulations(openedBefore: world.clock.now.addingTimeInterval(1))
        let ended = try await world.engine.session(planned.id)
        #expect(ended.state == .superseded)
        #expect(ended.detail == "Nobody approved the simulation in time; simulate again.")
    }

    @Test func `with scope Operation a simulation says what would be held in part, and leaves what is held`()
        async throws
    {
        var model = Company.model(person: Thresholds(maximumDeleted: 2))
        model.connectors[0].thresholdScope = .operation
        let (world, before, after) = try await world(model)
        let run = try await world.synchronize(after, since: before, mode: .incremental)
        #expect(run.state == .applied)
        let held = try await world.engine.heldSets(connector: "HR")
        #expect(held.map(\.operation) == ["delete"])
        // What the agent's image is then: the deleted people are still there.
        var image = after
        for number in 0..<5 { image.person("\(number)", name: "Name \(number)", login: "login\(number)") }

        let planned = try await world.synchronize(
            after, since: image, mode: .incremental, job: "plan", isSimulation: true)
        #expect(planned.state == .planned)
        #expect(planned.detail?.hasPrefix("A safeguard would hold it in part: MaximumDeletedLines") == true)
        #expect(planned.counters["HR_Person"]?.deleted == 5)
        #expect(try await world.engine.heldSets(connector: "HR") == held)
        // Both are reviewed by their ids; what holds comes before what is only planned.
        let review = try await world.engine.review(of: held[0].id)
        #expect(review.heldSet == held[0])
        #expect(review.counts.map(\.count) == [5])
        #expect(review.counts.map(\.cause) == [.left])
        #expect(review.counters["HR_Person"]?.deleted == 5)
        #expect(try await world.engine.sessionToReview(connector: "HR") == held[0].id)

        // Approved, all of it is applied.
        try await approve(planned, in: world)
        #expect(try await world.apply(planned.id, token: try await world.lease("plan")).state == .applied)
        #expect(try await world.stored() == after.stored)
        #expect(try await world.engine.heldSets(connector: "HR") == [])
    }
}
