import API
import Storage
import Synchronization
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// A company of which five people leave while two may: what held changes are tested with.
enum HeldStage {
    /// Fault points that only a run with held changes reaches.
    static let points: [StepPoint] = [.changesHeld, .heldKept, .releaseChecked, .heldApproveBeforeCommit]

    static let model = Company.model(person: Thresholds(maximumDeleted: 2), scope: .operation)

    /// 10 people in a group, one organization with half of them; nobody is alike.
    static func company() -> Content {
        var content = Content()
        content.set("HR_Group", "all")
        content.set("HR_Organization", "IT")
        for number in 0..<10 {
            content.person("\(number)", name: "Name \(number)", login: "login\(number)", mail: "\(number)@contoso.test")
            content.link("Group_Members", "all", "\(number)")
            if number < 5 { content.link("Person_Organization", "IT", "\(number)") }
        }
        return content
    }

    /// People 0 to `count` leave, with everything that names them.
    static func leaving(_ count: Int, from content: Content) -> Content {
        var after = content
        for number in 0..<count {
            after.remove("HR_Person", "\(number)")
            after.unlink("Group_Members", "all", "\(number)")
            after.unlink("Person_Organization", "IT", "\(number)")
        }
        return after
    }

    /// Five leave, one changes, one is new.
    static func day2() -> Content {
        var after = leaving(5, from: company())
        after.person("7", name: "Changed", login: "login7", mail: "7@contoso.test")
        after.person("x", name: "New")
        after.link("Group_Members", "all", "x")
        return after
    }

    /// What the server shall hold when the five are held.
    static func withoutDeletes() -> Content {
        var content = company()
        content.person("7", name: "Changed", login: "login7", mail: "7@contoso.test")
        content.person("x", name: "New")
        content.link("Group_Members", "all", "x")
        return content
    }

    static func world(
        faults: @escaping @Sendable (StepPoint) throws -> Void = { _ in }
    ) async throws -> (world: World, session: Session) {
        let world = try await World(model: model, faults: faults)
        try await world.synchronize(company(), mode: .initial)
        let session = try await world.synchronize(day2(), since: company(), mode: .incremental, job: "day 2")
        return (world, session)
    }

    static func roots(_ world: World) async throws -> [String: String] {
        try await world.engine.state(of: "HR", in: world.model).roots
    }

    /// What an agent does with an approved set: its rows as changes, in a session of their own.
    static func release(
        _ set: HeldSet, _ after: Content, since before: Content, _ world: World
    ) async throws -> Session {
        let token = try await world.lease(set.jobInstance)
        let state = try await world.engine.state(of: "HR", in: world.model)
        let session = try await world.engine.open(
            OpenSession(
                connector: "HR", mode: .incremental, content: .delta, base: state.version,
                fingerprint: state.fingerprint, leaseToken: token, jobInstance: set.jobInstance,
                taskInstance: "synchronize \(set.id)", releases: set.id), in: world.model, caller: "client Job")
        if session.state == .open { try await world.sendAndSeal(after, since: before, session.id, token: token) }
        return try await world.apply(session.id, token: token)
    }

    static func approve(_ set: HeldSet, _ world: World) async throws {
        _ = try await world.engine.approve(
            ApproveSession(session: set.session, changeSet: set.changeSet), by: "user alice", in: world.model)
    }
}
