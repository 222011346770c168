import API
import Foundation
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// A simulation changes nothing, so that what it sets aside waits with it.
extension QuarantineTests {
    /// A session of everything that is simulated, and sets these rows aside.
    private func simulated(_ world: World, _ content: Content, _ found: Found) async throws -> Session {
        let token = try await world.lease("plan")
        let session = try await world.open(.complete, token: token, job: "plan", isSimulation: true)
        let seals = try await world.send(content, to: session.id, token: token)
        let sent = try await upload(world, found, to: session.id, token: token)
        let seal = SealSession(leaseToken: token, files: seals, quarantine: sent)
        _ = try await world.engine.seal(session: session.id, seal, in: world.model)
        return try await world.apply(session.id, token: token)
    }

    @Test func `a simulation leaves the list, and its own takes the place once it is approved and applied`()
        async throws
    {
        let world = try await World()
        try await close(world, Self.two)
        let before = try await world.engine.quarantines()
        let found = Found(
            rejected: [Self.row(line: 5, raw: "x")], carried: [["HR_Person", "E7", "", "line 5 was rejected"]])
        let planned = try await simulated(world, SynchronizeTests.company(), found)
        #expect(planned.state == .planned)
        #expect(try await listed(world).map(\.line) == [3, 9])
        #expect(try await carried(world).count == 2)
        #expect(try await world.engine.quarantines() == before)

        // What was sent outlives the server's process.
        let later = try await world.restarted()
        try await later.engine.recover()
        _ = try await later.engine.approve(
            ApproveSession(session: planned.id, changeSet: planned.changeSet ?? ""), by: "user alice",
            in: later.model)
        #expect(try await later.apply(planned.id, token: try await later.lease("plan")).state == .applied)
        #expect(try await listed(later).map(\.line) == [5])
        #expect(try await carried(later) == [["HR_Person", "E7", nil, "line 5 was rejected"]])
        #expect(try await later.engine.quarantines().map(\.session) == [planned.id])
        #expect(!FileManager.default.fileExists(atPath: world.files + "/" + planned.id))
    }

    @Test func `a simulation that finds nothing, or is superseded, leaves the list and no file`() async throws {
        let world = try await World()
        try await close(world, Self.two)
        let token = try await world.lease()
        let session = try await world.open(.incremental, .full, token: token, isSimulation: true)
        let sent = try await upload(world, Found(rejected: [Self.row(line: 5, raw: "x")]), to: session.id, token: token)
        let closed = try await world.engine.close(
            session: session.id, CloseSession(leaseToken: token, quarantine: sent), in: world.model)
        #expect(closed.state == .unchanged)
        #expect(try await listed(world).map(\.line) == [3, 9])

        let planned = try await simulated(
            world, SynchronizeTests.company(), Found(rejected: [Self.row(line: 6, raw: "y")]))
        try await world.synchronize(SynchronizeTests.company(), mode: .complete)
        #expect(try await world.engine.session(planned.id).state == .superseded)
        #expect(try await listed(world).map(\.line) == [3, 9])
        for id in [session.id, planned.id] {
            #expect(!FileManager.default.fileExists(atPath: world.files + "/" + id))
        }
    }

    @Test func `a simulation's list that no agent writes is refused when it is sealed`() async throws {
        let world = try await World()
        try await close(world, Self.two)
        let token = try await world.lease()
        let session = try await world.open(.incremental, .full, token: token, isSimulation: true)
        let error = await #expect(throws: SynchronizationError.self) {
            try await world.engine.close(
                session: session.id,
                CloseSession(
                    leaseToken: token, quarantine: SentQuarantine(tables: [], rejectedSha256: World.sha256([]))),
                in: world.model)
        }
        #expect(error?.code == .checksum)
        #expect(try await listed(world).map(\.line) == [3, 9])
    }
}
