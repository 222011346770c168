import API
import Foundation
import Storage
import Synchronization
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// ThresholdScope Operation: only the offending kind of change is held, and decided on by itself (DESIGN §8).
struct HeldTests {
    @Test func `what exceeds a threshold is held, and the rest of the run is live`() async throws {
        let (world, session) = try await HeldStage.world()

        #expect(session.state == .applied)
        #expect(session.result?.number == 2)
        let set = try #require(session.held.first)
        #expect(
            session.held == [
                HeldSet(
                    id: set.id, connector: "HR", mapping: "HR_Person", isLinks: false, operation: "delete",
                    changeSet: set.changeSet, since: world.clock.now, session: session.id, jobInstance: "day 2",
                    count: 5, linkCount: 10,
                    violations: [
                        Violation(
                            element: "EntityTypeMapping", identifier: "HR_Person", attribute: "MaximumDeletedLines",
                            limit: 2, number: 5)
                    ])
            ])
        #expect(
            session.detail
                == "5 deletes of \"HR_Person\" with 10 links are held since \(world.clock.now.formatted(.iso8601)): "
                + "MaximumDeletedLines of EntityTypeMapping \"HR_Person\" is 2, and 5 would be deleted.")
        #expect(session.counters["HR_Person"] == ChangeCounters(inserted: 1, updated: 1, stored: 10))
        #expect(session.counters["Group_Members"] == ChangeCounters(isLinks: true, inserted: 1, stored: 10))
        #expect(try await world.stored() == HeldStage.withoutDeletes().stored)
        // The digests are those of what is stored, and the agent is told.
        #expect(try await HeldStage.roots(world) == HeldStage.withoutDeletes().roots)
        #expect(session.heldRoots == HeldStage.withoutDeletes().roots)
        let state = try await world.engine.state(of: "HR", in: world.model)
        #expect(state.blockedSince == nil)
        #expect(state.held == session.held)
        #expect(state.verifiedAt == world.clock.now)
        #expect(try await world.count("SELECT Stored FROM US_Counters WHERE Mapping = 'HR_Person'") == 11)
        #expect(try await world.engine.heldSets(jobInstance: "day 2") == session.held)
    }

    @Test func `a held set is reviewed like a session, and its rows are given whole`() async throws {
        let (world, session) = try await HeldStage.world()
        let set = try #require(session.held.first)
        let changes = try await world.engine.resourceChanges(session: set.id, pageSize: 100).items
        let told = changes.map { "\($0.operation) \($0.key) \($0.cause?.rawValue ?? "")" }
        #expect(told == ["delete 0 left", "delete 1 left", "delete 2 left", "delete 3 left", "delete 4 left"])
        let links = try await world.engine.linkChanges(session: set.id, pageSize: 100).items
        #expect(links.count == 10)
        #expect(try await world.engine.resourceChanges(session: session.id, pageSize: 100).items == [])

        var rows: [HeldRow] = []
        var token: String?
        repeat {
            let page = try await world.engine.heldRows(of: set.id, pageSize: 4, continuationToken: token)
            rows += page.items
            token = page.continuationToken
        } while token != nil
        #expect(rows.count == 15)
        #expect(
            rows[0]
                == HeldRow(
                    mapping: "HR_Person", operation: "delete",
                    before: [
                        "EmployeeId": "0", "LastName": "Name 0", "Login": "login0", "Mail": "0@contoso.test",
                    ], after: nil))
        #expect(
            rows[5]
                == HeldRow(
                    mapping: "Group_Members", operation: "delete", before: ["Key1": "all", "Key2": "0"], after: nil))
    }

    @Test func `the next runs go on, and the same held set keeps its age`() async throws {
        let (world, session) = try await HeldStage.world()
        let set = try #require(session.held.first)
        world.clock.advance(by: 3600)
        // The agent's image is what the server holds; its source lacks the five, and has one more.
        var next = HeldStage.day2()
        next.person("y", name: "Newer")
        let second = try await world.synchronize(
            next, since: HeldStage.withoutDeletes(), mode: .incremental, job: "day 3")

        var expected = set
        expected.session = second.id
        expected.jobInstance = "day 3"
        #expect(second.held == [expected])
        var wanted = HeldStage.withoutDeletes()
        wanted.person("y", name: "Newer")
        #expect(try await world.stored() == wanted.stored)
        #expect(try await HeldStage.roots(world) == wanted.roots)
        #expect(try await world.engine.heldSets(jobInstance: "day 2") == [])
        #expect(
            try await world.count("SELECT count(*) FROM UR_ResourceChanges WHERE Session = \(set.id)") == 5)
    }

    @Test func `another hash supersedes the held set, and starts at age 0`() async throws {
        let (world, session) = try await HeldStage.world()
        let set = try #require(session.held.first)
        world.clock.advance(by: 3600)
        let second = try await world.synchronize(
            HeldStage.leaving(6, from: HeldStage.day2()), since: HeldStage.withoutDeletes(), mode: .incremental,
            job: "day 3")

        let newer = try #require(second.held.first)
        #expect(newer.id != set.id)
        #expect(newer.count == 6)
        #expect(newer.since == world.clock.now)
        let former = try await world.engine.heldSet(set.id)
        #expect(former.state == .superseded)
        #expect(former.detail == "Session \(second.id) holds other deletes of \"HR_Person\"; look at those.")
        #expect(try await world.engine.session(session.id).held == [former])
        let error = await #expect(throws: SynchronizationError.self) {
            try await world.engine.approve(
                ApproveSession(session: session.id, changeSet: set.changeSet), by: "user alice", in: world.model)
        }
        #expect(error?.code == .changeSetMismatch)
        #expect(error?.detail.contains("look at those") == true)
    }

    @Test func `nothing of that kind any more clears the held set`() async throws {
        let (world, session) = try await HeldStage.world()
        let set = try #require(session.held.first)
        let second = try await world.synchronize(
            HeldStage.withoutDeletes(), since: HeldStage.withoutDeletes(), mode: .incremental, job: "day 3")
        #expect(second.held == [])
        #expect(try await world.engine.heldSet(set.id).state == .cleared)
        #expect(try await world.count("SELECT count(*) FROM UR_ResourceChanges") == 0)
    }

    @Test func `a run without anything to send clears what was held`() async throws {
        let (world, session) = try await HeldStage.world()
        let token = try await world.lease("day 3")
        let empty = try await world.open(.incremental, .delta, token: token, job: "day 3")
        let closed = try await world.engine.close(
            session: empty.id, CloseSession(leaseToken: token, roots: HeldStage.withoutDeletes().roots), in: world.model
        )
        #expect(closed.state == .unchanged)
        #expect(try await world.engine.session(session.id).held.map(\.state) == [.cleared])
    }

    @Test func `an approved set is applied by a session of its own, over the thresholds`() async throws {
        let (world, session) = try await HeldStage.world()
        let set = try #require(session.held.first)
        let approved = try await world.engine.approve(
            ApproveSession(session: session.id, changeSet: set.changeSet), by: "user alice", in: world.model)
        #expect(approved.held.map(\.state) == [.approved])
        #expect(approved.held.first?.approvedBy == "user alice")

        let final = HeldStage.leaving(5, from: HeldStage.withoutDeletes())
        let released = try await HeldStage.release(set, final, since: HeldStage.withoutDeletes(), world)

        #expect(released.state == .applied)
        #expect(released.changeSet == set.changeSet)
        #expect(released.approvedBy == "user alice")
        #expect(released.result?.number == 3)
        #expect(try await world.stored() == final.stored)
        #expect(try await HeldStage.roots(world) == final.roots)
        let ended = try await world.engine.heldSet(set.id)
        #expect(ended.state == .released)
        #expect(ended.detail == "Session \(released.id) applied them.")
        #expect(try await world.engine.heldSets(connector: "HR") == [])
        #expect(try await world.count("SELECT count(*) FROM UR_ResourceChanges") == 0)
        #expect(try await world.count("SELECT count(*) FROM UR_ResourceLinkChanges") == 0)
        #expect(try await world.count("SELECT Stored FROM US_Counters WHERE Mapping = 'HR_Person'") == 6)
        #expect(try await world.count("SELECT count(*) FROM US_Approvals WHERE Decision = 'approve'") == 1)
    }

    @Test func `approving names only what is held, twice is once, and nobody releases what is not approved`()
        async throws
    {
        let (world, session) = try await HeldStage.world()
        let set = try #require(session.held.first)
        await #expect(throws: SynchronizationError.self) {
            try await world.engine.approve(
                ApproveSession(session: session.id, changeSet: "0123"), by: "user alice", in: world.model)
        }
        let error = await #expect(throws: SynchronizationError.self) {
            try await HeldStage.release(set, HeldStage.day2(), since: HeldStage.withoutDeletes(), world)
        }
        #expect(error?.code == .sessionState)
        try await HeldStage.approve(set, world)
        try await HeldStage.approve(set, world)
        #expect(try await world.count("SELECT count(*) FROM US_Approvals") == 1)
    }

    @Test func `who approved a held set stays known when a later run keeps it, and with what releases it`() async throws
    {
        let (world, session) = try await HeldStage.world()
        let set = try #require(session.held.first)
        try await HeldStage.approve(set, world)
        let approved = try await world.engine.review(of: set.id).decisions
        #expect(approved.map(\.decidedBy) == ["user alice"])
        world.clock.advance(by: 60)
        _ = try await world.synchronize(
            HeldStage.day2(), since: HeldStage.withoutDeletes(), mode: .incremental, job: "day 3")
        let kept = try await world.engine.heldSet(set.id)
        #expect(kept.session != set.session)
        #expect(try await world.engine.review(of: set.id).decisions == approved)

        let released = try await HeldStage.release(
            kept, HeldStage.leaving(5, from: HeldStage.withoutDeletes()), since: HeldStage.withoutDeletes(), world)
        #expect(released.state == .applied)
        #expect(try await world.engine.review(of: released.id).decisions == approved)
    }

    @Test func `an approved set is refused when a row that it names was changed since`() async throws {
        let (world, session) = try await HeldStage.world()
        let set = try #require(session.held.first)
        try await HeldStage.approve(set, world)
        // A run in between changes one of the five: what would be deleted is not what was approved.
        try await world.database.write { transaction in
            _ = try transaction.execute("UPDATE UR_Resources SET C5 = 'Married' WHERE C4 = '3'")
        }
        let final = HeldStage.leaving(5, from: HeldStage.withoutDeletes())
        let released = try await HeldStage.release(set, final, since: HeldStage.withoutDeletes(), world)

        #expect(released.state == .failed)
        let reason = """
            The held deletes of "HR_Person" cannot be applied as they were shown: "3" has changed since. \
            Run the job again and look at what it holds then.
            """
        #expect(released.detail == reason)
        let refused = try await world.engine.heldSet(set.id)
        #expect(refused.state == .held)
        #expect(refused.approvedBy == nil)
        #expect(refused.detail == reason)
        #expect(try await world.count("SELECT count(*) FROM UR_Resources WHERE C4 = '3'") == 1)
        // The refusal comes at once, where it can.
        let error = await #expect(throws: SynchronizationError.self) { try await HeldStage.approve(set, world) }
        #expect(error?.detail == reason)
    }

    @Test func `an approved set is refused when anything else is sent with it`() async throws {
        let (world, session) = try await HeldStage.world()
        let set = try #require(session.held.first)
        try await HeldStage.approve(set, world)
        let more = HeldStage.leaving(6, from: HeldStage.withoutDeletes())
        let released = try await HeldStage.release(set, more, since: HeldStage.withoutDeletes(), world)
        #expect(released.state == .failed)
        #expect(try await world.stored() == HeldStage.withoutDeletes().stored)
    }

    @Test func `a run between approval and release keeps the approval of the same changes`() async throws {
        let (world, session) = try await HeldStage.world()
        let set = try #require(session.held.first)
        try await HeldStage.approve(set, world)
        let second = try await world.synchronize(
            HeldStage.day2(), since: HeldStage.withoutDeletes(), mode: .incremental, job: "day 3")
        #expect(second.held.map(\.state) == [.approved])
        // Its job instance is the one in which it was approved.
        #expect(second.held.map(\.jobInstance) == ["day 2"])
        let final = HeldStage.leaving(5, from: HeldStage.withoutDeletes())
        #expect(try await HeldStage.release(set, final, since: HeldStage.withoutDeletes(), world).state == .applied)
    }

    @Test func `rejecting discards a held set, and the next run holds it anew`() async throws {
        let (world, session) = try await HeldStage.world()
        let set = try #require(session.held.first)
        let request = RejectSession(session: session.id, reason: "the file was cut", changeSet: set.changeSet)
        let rejected = try await world.engine.reject(request, by: "user alice")
        #expect(rejected.state == .applied)
        #expect(rejected.held.map(\.state) == [.rejected])
        #expect(rejected.held.map(\.detail) == ["Rejected by user alice: the file was cut"])
        #expect(try await world.engine.reject(request, by: "user alice").held == rejected.held)
        #expect(try await world.engine.heldSets(connector: "HR") == [])
        // An agent that died after the apply still learns which rows its image keeps.
        #expect(try await world.engine.heldRows(of: set.id, pageSize: 100).items.count == 15)

        world.clock.advance(by: 60)
        let second = try await world.synchronize(
            HeldStage.day2(), since: HeldStage.withoutDeletes(), mode: .incremental, job: "day 3")
        let anew = try #require(second.held.first)
        #expect(anew.changeSet == set.changeSet)
        #expect(anew.id != set.id)
        #expect(anew.since == world.clock.now)
        #expect(try await world.engine.heldRows(of: set.id, pageSize: 100).items == [])
    }

    @Test func `a forced run applies what was held, and ends it`() async throws {
        let (world, session) = try await HeldStage.world()
        let forced = try await world.synchronize(
            HeldStage.day2(), since: HeldStage.withoutDeletes(), mode: .incremental, job: "day 3",
            options: SynchronizeOptions(forcedBy: "user alice"))
        #expect(forced.held == [])
        #expect(try await world.stored() == HeldStage.day2().stored)
        let held = try await world.engine.session(session.id).held
        #expect(held.map(\.state) == [.cleared])
        #expect(held.map(\.detail) == ["Session \(forced.id) applied them, forced by user alice."])
    }

    @Test func `a Complete run holds in the same way, and keeps the age`() async throws {
        let (world, session) = try await HeldStage.world()
        world.clock.advance(by: 60)
        let complete = try await world.synchronize(HeldStage.day2(), mode: .complete, job: "complete")
        #expect(complete.held.map(\.id) == session.held.map(\.id))
        #expect(complete.held.map(\.since) == session.held.map(\.since))
        #expect(try await world.stored() == HeldStage.withoutDeletes().stored)
        #expect(try await HeldStage.roots(world) == HeldStage.withoutDeletes().roots)
        #expect(try await world.count("SELECT Stored FROM US_Counters WHERE Mapping = 'HR_Person'") == 11)
        #expect(try await world.count("SELECT Stored FROM US_Counters WHERE Mapping = 'Group_Members'") == 11)
    }

    @Test func `a deployment that changes the mappings ends what is held`() async throws {
        let (world, session) = try await HeldStage.world()
        var changed = world.model
        changed.entityTypeMappings[2].properties[3].column = "e-mail"
        try await world.deploy(from: world.model, to: changed)
        #expect(try await world.engine.session(session.id).held.map(\.state) == [.superseded])
        #expect(try await world.count("SELECT count(*) FROM UR_ResourceChanges") == 0)
    }

    @Test func `a run that is blocked as a whole takes the place of what was held`() async throws {
        let (world, session) = try await HeldStage.world()
        var whole = world.model
        whole.connectors[0].thresholdScope = .connector
        try await world.deploy(from: world.model, to: whole)
        let again = try await world.restarted(model: whole)
        let blocked = try await again.synchronize(
            HeldStage.day2(), since: HeldStage.withoutDeletes(), mode: .incremental, job: "day 3")
        #expect(blocked.state == .blocked)
        #expect(try await again.engine.session(session.id).held.map(\.state) == [.superseded])
    }

    // MARK: Death

    /// Dies once at the point, starts again and asks again, until the five are held, approved and gone.
    @Test(arguments: HeldStage.points + [.applyBeforeCommit, .digestsKept, .runCommitted])
    func `a death anywhere leaves what is held as it was, or as it becomes`(point: StepPoint) async throws {
        let isDue = Mutex(false)
        let faults: @Sendable (StepPoint) throws -> Void = { reached in
            try isDue.withLock { isDue in
                guard isDue, reached == point else { return }
                isDue = false
                throw Interruption(at: point)
            }
        }
        var world = try await World(model: HeldStage.model, faults: faults)
        try await world.synchronize(HeldStage.company(), mode: .initial)
        isDue.withLock { $0 = true }
        let final = HeldStage.leaving(5, from: HeldStage.withoutDeletes())
        var isOver = false
        while !isOver {
            do {
                try await Self.run(world, final)
                isOver = true
            } catch is Interruption {
                let stored = try await world.stored()
                #expect([HeldStage.company().stored, HeldStage.withoutDeletes().stored, final.stored].contains(stored))
                world = try await world.restarted(faults: faults)
                try await world.engine.recover()
            }
        }
        #expect(isDue.withLock { $0 } == false)
        #expect(try await world.stored() == final.stored)
        #expect(try await HeldStage.roots(world) == final.roots)
        #expect(try await world.count("SELECT count(*) FROM US_HeldSets") == 1)
        #expect(try await world.count("SELECT count(*) FROM US_HeldSets WHERE State = 'released'") == 1)
        #expect(try await world.count("SELECT count(*) FROM UR_ResourceChanges") == 0)
        #expect(try await world.count("SELECT count(*) FROM UR_ResourceLinkChanges") == 0)
        #expect(try await world.engine.state(of: "HR", in: world.model).version?.number == 3)
    }

    /// The two runs of an agent, each step asked again as after a restart.
    private static func run(_ world: World, _ final: Content) async throws {
        let token = try await world.lease("day 2")
        let session = try await world.open(.incremental, .delta, token: token, task: "prepare", job: "day 2")
        if session.state == .open {
            try await world.sendAndSeal(HeldStage.day2(), since: HeldStage.company(), session.id, token: token)
        }
        let applied = try await world.apply(session.id, token: token)
        let set = try #require(applied.held.first)
        if set.state == .held { try await HeldStage.approve(set, world) }
        if try await world.engine.heldSet(set.id).state == .approved {
            _ = try await HeldStage.release(set, final, since: HeldStage.withoutDeletes(), world)
        }
    }
}
