import API
import Foundation
import Storage
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// Leases, and what a session takes in which state (DESIGN §4).
struct SessionTests {
    private func code(_ body: () async throws -> Void) async -> ProblemCode? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? SynchronizationError)?.code
        }
    }

    // MARK: Leases

    @Test func `a lease keeps others out until it runs out or is given back`() async throws {
        let world = try await World()
        let token = try await world.lease("a", installation: "one")
        #expect(await code { _ = try await world.lease("b", installation: "two") } == .leaseHeld)

        try await world.engine.release(LeaseRelease(connector: "HR", token: token))
        #expect(try await world.lease("b", installation: "two") == token + 1)
        world.clock.advance(by: 31)
        #expect(try await world.lease("c", installation: "one") == token + 2)
    }

    @Test func `a lease is renewed by its token, and not by an old one`() async throws {
        let world = try await World()
        func renew(_ token: Int) async throws -> Lease {
            try await world.engine.lease(
                LeaseRequest(connector: "HR", installation: "one", agent: "Local", jobInstance: "a", token: token))
        }
        let token = try await world.lease("a", installation: "one")
        world.clock.advance(by: 20)
        let renewed = try await renew(token)
        #expect(renewed.token == token)
        #expect(renewed.expiresAt == world.clock.now.addingTimeInterval(30))
        world.clock.advance(by: 31)
        _ = try await world.lease("b", installation: "two")
        #expect(await code { _ = try await renew(token) } == .leaseLost)
    }

    @Test func `the same installation takes its own lease back at once`() async throws {
        let world = try await World()
        let token = try await world.lease("a", installation: "one")
        #expect(try await world.lease("b", installation: "one") == token + 1)
    }

    @Test func `every step of a replaced holder is refused`() async throws {
        let world = try await World()
        let old = try await world.lease("a", installation: "one")
        let session = try await world.open(.complete, token: old, job: "a")
        world.clock.advance(by: 31)
        _ = try await world.lease("b", installation: "two")

        #expect(await code { _ = try await world.open(.complete, token: old, job: "a") } == .leaseLost)
        #expect(
            await code { try await world.send(Array("Name\n".utf8), as: "HR_Group", to: session.id, token: old) }
                == .leaseLost)
        #expect(
            await code {
                _ = try await world.engine.seal(
                    session: session.id, SealSession(leaseToken: old, files: []), in: world.model)
            } == .leaseLost)
        #expect(
            await code {
                _ = try await world.engine.close(session: session.id, CloseSession(leaseToken: old), in: world.model)
            } == .leaseLost)
        #expect(
            await code {
                _ = try await world.engine.abort(
                    session: session.id, AbortSession(leaseToken: old, reason: "tired"))
            } == .leaseLost)
        #expect(await code { _ = try await world.apply(session.id, token: old) } == .leaseLost)
    }

    @Test func `a lease that ran out leaves an abandoned session behind`() async throws {
        let world = try await World()
        let old = try await world.lease("a", installation: "one")
        let session = try await world.open(.complete, token: old, job: "a")
        try await world.send(Array("Name\n".utf8), as: "HR_Group", to: session.id, token: old)
        world.clock.advance(by: 31)
        let token = try await world.lease("b", installation: "two")

        #expect(try await world.engine.session(session.id).state == .abandoned)
        #expect(!FileManager.default.fileExists(atPath: world.files + "/" + session.id))
        #expect(try await world.open(.complete, token: token, job: "b").state == .open)
    }

    // MARK: Opening

    @Test func `opening again for one task instance gives the same session`() async throws {
        let world = try await World()
        let token = try await world.lease()
        let first = try await world.open(.complete, token: token, task: "t")
        #expect(try await world.open(.complete, token: token, task: "t") == first)
    }

    @Test func `a second session is refused with the state of the first`() async throws {
        let world = try await World()
        let token = try await world.lease()
        let first = try await world.open(.complete, token: token)
        let error = await #expect(throws: SynchronizationError.self) { try await world.open(.complete, token: token) }
        #expect(error?.code == .sessionLive)
        #expect(error?.detail.contains("\(first.id) of connector \"HR\"") == true)
        #expect(error?.detail.contains("is open") == true)
    }

    @Test func `a Complete session cancels what waits with changes`() async throws {
        let world = try await World()
        let token = try await world.lease()
        let first = try await world.open(.incremental, token: token)
        try await world.sendAndSeal(Content(), since: nil, first.id, token: token)
        _ = try await world.open(.complete, token: token)
        #expect(try await world.engine.session(first.id).state == .cancelled)
    }

    @Test func `an Initial session is refused when there are resources`() async throws {
        let world = try await World()
        try await world.synchronize(SynchronizeTests.company(), mode: .initial)
        let token = try await world.lease("b")
        let error = await #expect(throws: SynchronizationError.self) { try await world.open(.initial, token: token) }
        #expect(error?.code == .initialRefused)
        #expect(try await world.stored() == SynchronizeTests.company().stored)
    }

    @Test func `files that stand on another version are refused`() async throws {
        let world = try await World()
        try await world.synchronize(SynchronizeTests.company(), mode: .initial)
        let token = try await world.lease("b")
        for base in [nil, ImageVersion(number: 1, session: "another"), ImageVersion(number: 2, session: "x")] {
            let code = await code {
                _ = try await world.open(.incremental, .delta, token: token, base: .some(base))
            }
            #expect(code == .staleVersion)
        }
    }

    @Test func `another fingerprint is refused`() async throws {
        let world = try await World()
        let token = try await world.lease()
        var changed = world.model
        changed.entityTypeMappings[2].properties[3].format = "Bool"
        try await world.deploy(from: world.model, to: changed)
        #expect(await code { _ = try await world.open(.complete, token: token) } == .staleFingerprint)
    }

    @Test func `the order of the XML, names, thresholds and jobs do not change the fingerprint`() async throws {
        let world = try await World()
        var other = world.model
        other.connectors[0].thresholds = .connectorDefault
        other.connectors[0].displayName = "Human resources"
        other.entityTypeMappings.reverse()
        other.entityTypeMappings[0].properties.reverse()
        other.associationMappings.reverse()
        other.jobs = [Job(identifier: "J", displayName: "J")]
        let fingerprint = world.engine.fingerprint(of: "HR", in: world.model)
        #expect(fingerprint.count == 64)
        #expect(world.engine.fingerprint(of: "HR", in: other) == fingerprint)
    }

    // MARK: Receiving and sealing

    @Test func `a file with another checksum is refused and not kept`() async throws {
        let world = try await World()
        let token = try await world.lease()
        let session = try await world.open(.complete, token: token)
        let body = AsyncStream<[UInt8]> { continuation in
            continuation.yield(Array("Name\nall\n".utf8))
            continuation.finish()
        }
        let code = await code {
            try await world.engine.receive(
                session: session.id, mapping: "HR_Group", leaseToken: token, body: body,
                sha256: World.sha256(Array("Name\n".utf8)))
        }
        #expect(code == .checksum)
        #expect(try FileManager.default.contentsOfDirectory(atPath: world.files + "/\(session.id)/received") == [])
    }

    @Test func `received files are for their owner's eyes, and go with the session`() async throws {
        let world = try await World()
        let token = try await world.lease()
        let session = try await world.open(.complete, token: token)
        try await world.send(Array("Name\n".utf8), as: "HR_Group", to: session.id, token: token)
        try await world.send(Array("Name\nall\n".utf8), as: "HR_Group", to: session.id, token: token)
        let folder = world.files + "/\(session.id)"
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(folder) == 0o700)
        #expect(try mode(folder + "/received/HR_Group") == 0o600)
        #expect(try String(contentsOfFile: folder + "/received/HR_Group", encoding: .utf8) == "Name\nall\n")

        let aborted = try await world.engine.abort(
            session: session.id, AbortSession(leaseToken: token, reason: "The export failed."))
        #expect(aborted.state == .abandoned)
        #expect(aborted.detail == "The export failed.")
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test(arguments: ["../../etc/passwd", "Nothing", ""]) func `a file of no mapping is refused`(mapping: String)
        async throws
    {
        let world = try await World()
        let token = try await world.lease()
        let session = try await world.open(.complete, token: token)
        #expect(
            await code { try await world.send([], as: mapping, to: session.id, token: token) } == .invalidRequest)
    }

    @Test func `a seal names every mapping once, as it arrived`() async throws {
        let world = try await World()
        let token = try await world.lease()
        let session = try await world.open(.complete, token: token)
        var seals: [SealedFile] = []
        for mapping in Content.columns.keys.sorted() + Content.associations {
            let bytes = World.csv(Content().file(mapping))
            try await world.send(bytes, as: mapping, to: session.id, token: token)
            seals.append(world.sealed(mapping, bytes, rows: 0, .full))
        }
        func seal(_ files: [SealedFile]) async -> ProblemCode? {
            await code {
                _ = try await world.engine.seal(
                    session: session.id, SealSession(leaseToken: token, files: files), in: world.model)
            }
        }
        #expect(await seal(Array(seals.dropLast())) == .invalidRequest)
        #expect(await seal(seals + [seals[0]]) == .invalidRequest)
        var other = seals
        other[0].mapping = "Nothing"
        #expect(await seal(other) == .invalidRequest)
        other = seals
        other[0].isEntityType.toggle()
        #expect(await seal(other) == .invalidRequest)
        other = seals
        other[0].content = .delta
        #expect(await seal(other) == .invalidRequest)
        other = seals
        other[0].bytes += 1
        #expect(await seal(other) == .checksum)
        other = seals
        other[0].sha256 = World.sha256([1])
        #expect(await seal(other) == .checksum)
        #expect(try await world.engine.session(session.id).state == .open)
        #expect(await seal(seals) == nil)
        #expect(await seal(seals.reversed()) == nil)
        other = seals
        other[0].imageRows += 1
        #expect(await seal(other) == .sessionState)
        #expect(
            await code { try await world.send([], as: "HR_Group", to: session.id, token: token) } == .sessionState)
    }

    @Test func `a seal with a file that did not arrive is refused`() async throws {
        let world = try await World()
        let token = try await world.lease()
        let session = try await world.open(.complete, token: token)
        let seals = (Content.columns.keys.sorted() + Content.associations).map {
            world.sealed($0, World.csv(Content().file($0)), rows: 0, .full)
        }
        #expect(
            await code {
                _ = try await world.engine.seal(
                    session: session.id, SealSession(leaseToken: token, files: seals), in: world.model)
            } == .checksum)
    }

    @Test func `a session with nothing to send makes no version`() async throws {
        let world = try await World()
        try await world.synchronize(SynchronizeTests.company(), mode: .initial)
        let token = try await world.lease("b")
        let session = try await world.open(.incremental, .delta, token: token)
        for _ in 0..<2 {
            let closed = try await world.engine.close(
                session: session.id, CloseSession(leaseToken: token), in: world.model)
            #expect(closed.state == .unchanged)
        }
        #expect(try await world.engine.state(of: "HR", in: world.model).version?.number == 1)
    }

    @Test func `sessions are listed, the newest first`() async throws {
        let world = try await World()
        var ids: [String] = []
        for job in ["a", "b", "c"] {
            ids.append(try await world.synchronize(Content(), mode: .complete, job: job).id)
        }
        let first = try await world.engine.sessions(connector: "HR", limit: 2)
        #expect(first.items.map(\.id) == [ids[2], ids[1]])
        let second = try await world.engine.sessions(connector: "HR", limit: 2, before: first.continuationToken)
        #expect(second.items.map(\.id) == [ids[0]])
        #expect(second.continuationToken == nil)
    }

    @Test func `an apply whose version moved meanwhile is stale and changes nothing`() async throws {
        let world = try await World()
        try await world.synchronize(SynchronizeTests.company(), mode: .initial)
        let before = try await world.stored()
        let token = try await world.lease("b")
        let session = try await world.open(.complete, token: token)
        try await world.sendAndSeal(Content(), since: nil, session.id, token: token)
        try await world.database.write { transaction in
            _ = try transaction.execute("UPDATE US_Connectors SET VersionSession = 'restored'")
        }
        let applied = try await world.apply(session.id, token: token)
        #expect(applied.state == .stale)
        #expect(try await world.stored() == before)
    }
}
