import API
import Storage
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// A run that exceeds a threshold is an artifact: approved, rejected or superseded, never recomputed (DESIGN §8).
struct BlockedTests {
    /// A world with 10 people, in which at most 2 deletions pass, and a run that wants 5.
    private func blockedWorld(
        job: String = "job", options: SynchronizeOptions = SynchronizeOptions()
    ) async throws -> (world: World, before: Content, after: Content, session: Session) {
        let world = try await World(model: Company.model(person: Thresholds(maximumDeleted: 2)))
        var before = Content()
        before.set("HR_Group", "all")
        for number in 0..<10 {
            before.person("\(number)", name: "Name \(number)", login: "login\(number)")
            before.link("Group_Members", "all", "\(number)")
        }
        try await world.synchronize(before, mode: .initial)
        var after = before
        for number in 0..<5 {
            after.remove("HR_Person", "\(number)")
            after.unlink("Group_Members", "all", "\(number)")
        }
        after.person("7", name: "Changed", login: "login7")
        after.person("x", name: "New")
        let session = try await world.synchronize(after, since: before, mode: .incremental, job: job, options: options)
        return (world, before, after, session)
    }

    @Test func `a run over a threshold changes nothing and shows what it would`() async throws {
        let (world, before, _, session) = try await blockedWorld()

        #expect(session.state == .blocked)
        #expect(
            session.violations == [
                Violation(
                    element: "EntityTypeMapping", identifier: "HR_Person", attribute: "MaximumDeletedLines", limit: 2,
                    number: 5)
            ])
        #expect(
            session.detail
                == "MaximumDeletedLines of EntityTypeMapping \"HR_Person\" is 2, and 5 would be deleted.")
        #expect(session.counters["HR_Person"] == ChangeCounters(inserted: 1, updated: 1, deleted: 5, stored: 10))
        #expect(try await world.stored() == before.stored)
        let state = try await world.engine.state(of: "HR", in: world.model)
        #expect(state.version?.number == 1)
        #expect(state.blockedSince == world.clock.now)
        #expect(try await world.engine.waitingSessions(jobInstance: "job").map(\.id) == [session.id])

        let changes = try await world.engine.resourceChanges(session: session.id, pageSize: 3)
        #expect(changes.items.map(\.operation) == ["update", "insert", "delete"])
        #expect(changes.items.map(\.key) == ["7", "x", "0"])
        #expect(changes.items[0].before == ["LastName": "Name 7"])
        #expect(changes.items[0].after == ["LastName": "Changed"])
        #expect(changes.items[1].after == ["EmployeeId": "x", "LastName": "New"])
        #expect(changes.items[2].before == ["EmployeeId": "0", "LastName": "Name 0", "Login": "login0"])
        let rest = try await world.engine.resourceChanges(
            session: session.id, pageSize: 100, continuationToken: changes.continuationToken)
        #expect(rest.items.map(\.key) == ["1", "2", "3", "4"])
        #expect(rest.continuationToken == nil)
        let links = try await world.engine.linkChanges(
            session: session.id, ChangeFilter(operation: "delete"), pageSize: 100)
        #expect(links.items.map(\.key2) == ["0", "1", "2", "3", "4"])
    }

    @Test func `what was approved is applied, and nothing else`() async throws {
        let (world, _, after, session) = try await blockedWorld()
        let approved = try await world.engine.approve(
            ApproveSession(session: session.id, changeSet: session.changeSet ?? ""), by: "user alice", in: world.model)
        #expect(approved.state == .blocked)
        #expect(approved.approvedBy == "user alice")

        let applied = try await world.apply(session.id, token: try await world.lease("repair"))

        #expect(applied.state == .applied)
        #expect(applied.approvedBy == "user alice")
        #expect(try await world.stored() == after.stored)
        let state = try await world.engine.state(of: "HR", in: world.model)
        #expect(state.version == ImageVersion(number: 2, session: session.id))
        #expect(state.blockedSince == nil)
        #expect(try await world.count("SELECT count(*) FROM UR_ResourceChanges") == 0)
        #expect(try await world.count("SELECT count(*) FROM US_Approvals WHERE Decision = 'approve'") == 1)
    }

    @Test func `a blocked run is not applied without approval`() async throws {
        let (world, before, _, session) = try await blockedWorld()
        let asked = try await world.apply(session.id, token: try await world.lease("repair"))
        #expect(asked.state == .blocked)
        #expect(try await world.stored() == before.stored)
    }

    @Test func `another hash approves nothing`() async throws {
        let (world, _, _, session) = try await blockedWorld()
        await #expect(throws: SynchronizationError.self) {
            try await world.engine.approve(
                ApproveSession(session: session.id, changeSet: "0123"), by: "user alice", in: world.model)
        }
        #expect(try await world.engine.session(session.id).approvedBy == nil)
    }

    @Test func `change rows that somebody changed after the approval are not applied`() async throws {
        let (world, before, _, session) = try await blockedWorld()
        _ = try await world.engine.approve(
            ApproveSession(session: session.id, changeSet: session.changeSet ?? ""), by: "user alice", in: world.model)
        try await world.database.write { transaction in
            _ = try transaction.execute("UPDATE UR_ResourceChanges SET C5 = 'Mallory' WHERE Operation = 'update'")
        }
        let applied = try await world.apply(session.id, token: try await world.lease("repair"))
        #expect(applied.state == .failed)
        #expect(try await world.stored() == before.stored)
    }

    @Test func `an incremental session is refused while the connector is blocked`() async throws {
        let (world, _, _, _) = try await blockedWorld()
        let token = try await world.lease("next")
        let error = await #expect(throws: SynchronizationError.self) {
            try await world.open(.incremental, token: token, job: "next")
        }
        #expect(error?.code == .connectorBlocked)
        #expect(error?.detail.contains(world.clock.now.timestamp) == true)
    }

    @Test func `a rejected run is gone, and the next one computes anew`() async throws {
        let (world, before, after, session) = try await blockedWorld()
        let rejected = try await world.engine.reject(
            RejectSession(session: session.id, reason: "file was cut"), by: "user alice")
        #expect(rejected.state == .rejected)
        #expect(rejected.detail == "Rejected by user alice: file was cut")
        #expect(try await world.count("SELECT count(*) FROM UR_ResourceChanges") == 0)

        let again = try await world.synchronize(after, since: before, mode: .incremental, job: "next")
        #expect(again.state == .blocked)
        #expect(again.changeSet == session.changeSet)
        await #expect(throws: SynchronizationError.self) {
            try await world.engine.approve(
                ApproveSession(session: session.id, changeSet: session.changeSet ?? ""), by: "user alice",
                in: world.model)
        }
    }

    @Test func `a Complete session supersedes the blocked one at its seal`() async throws {
        let (world, before, _, session) = try await blockedWorld()
        let token = try await world.lease("complete")
        let complete = try await world.open(.complete, token: token, job: "complete")
        #expect(try await world.engine.session(session.id).state == .blocked)
        try await world.sendAndSeal(before, since: nil, complete.id, token: token)

        let superseded = try await world.engine.session(session.id)
        #expect(superseded.state == .superseded)
        #expect(superseded.detail?.contains(complete.id) == true)
        #expect(try await world.engine.state(of: "HR", in: world.model).blockedSince == nil)
        #expect(try await world.apply(complete.id, token: token).state == .applied)
        #expect(try await world.stored() == before.stored)
    }

    @Test func `a deployment that changes the mappings supersedes, one that does not leaves it`() async throws {
        let (world, _, _, session) = try await blockedWorld()
        var other = world.model
        other.connectors[0].thresholds.maximumDeleted = 50
        try await world.deploy(from: world.model, to: other)
        #expect(try await world.engine.session(session.id).state == .blocked)

        var changed = other
        changed.entityTypeMappings[2].properties[3].column = "e-mail"
        try await world.deploy(from: other, to: changed)
        #expect(try await world.engine.session(session.id).state == .superseded)
        #expect(try await world.engine.state(of: "HR", in: changed).blockedSince == nil)
    }

    @Test func `a forced run passes, and who forced it is recorded with the hash`() async throws {
        let (world, _, after, session) = try await blockedWorld(
            options: SynchronizeOptions(forcedBy: "client Job"))
        #expect(session.state == .applied)
        #expect(session.violations.count == 1)
        #expect(session.approvedBy == "client Job")
        #expect(try await world.stored() == after.stored)
        let recorded = try await world.database.read { transaction in
            try transaction.row("SELECT ChangeSet, Decision, DecidedBy FROM US_Approvals")?.values
        }
        #expect(recorded == [.text(session.changeSet ?? ""), .text("force"), .text("client Job")])
    }

    @Test func `a first load over a threshold can be reviewed and approved too`() async throws {
        let world = try await World(model: Company.model(thresholds: .connectorDefault))
        var content = Content()
        for number in 0..<101 { content.person("\(number)", name: "Name") }
        content.set("HR_Group", "all")
        content.link("Group_Members", "all", "5")

        let session = try await world.synchronize(content, mode: .complete)
        #expect(session.state == .blocked)
        #expect(session.violations.map(\.attribute) == ["MaximumInsertedLines"])
        #expect(
            try await world.engine.resourceChanges(
                session: session.id, ChangeFilter(mapping: "HR_Person"), pageSize: 200
            ).items.count
                == 101)

        _ = try await world.engine.approve(
            ApproveSession(session: session.id, changeSet: session.changeSet ?? ""), by: "user alice", in: world.model)
        #expect(try await world.apply(session.id, token: try await world.lease("repair")).state == .applied)
        #expect(try await world.stored() == content.stored)
    }

    @Test func `a moved pair is one link less and one link more, and no update`() async throws {
        let world = try await World(model: Company.model())
        var content = Content()
        content.set("HR_Organization", "IT")
        content.set("HR_Organization", "RH")
        content.person("1", name: "Jo")
        content.link("Person_Organization", "IT", "1")
        try await world.synchronize(content, mode: .initial)
        var moved = content
        moved.unlink("Person_Organization", "IT", "1")
        moved.link("Person_Organization", "RH", "1")

        let session = try await world.synchronize(moved, since: content, mode: .incremental)

        #expect(session.counters["HR_Person"] == ChangeCounters(stored: 1))
        #expect(
            session.counters["Person_Organization"] == ChangeCounters(isLinks: true, inserted: 1, deleted: 1, stored: 1)
        )
        #expect(try await world.stored() == moved.stored)
    }
}
