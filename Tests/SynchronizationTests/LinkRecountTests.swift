import API
import Storage
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// Links that no pair can stand for, and what the server knows of them (DESIGN §6).
struct LinkRecountTests {
    /// Two people share the key by which managers are found: it names the one whose primary key comes first.
    private static let shared: Content = {
        var content = Content()
        content.person("E0", name: "N0", login: "boss")
        content.person("E1", name: "N1", login: "l1")
        content.person("E9", name: "N9", login: "boss")
        content.link("Person_Manager", "boss", "E1")
        return content
    }()

    @Test func `a link to the other resource of a shared key is found and repaired`() async throws {
        let world = try await World()
        #expect(try await world.synchronize(Self.shared, mode: .complete).state == .applied)
        try await world.meddle(
            """
            UPDATE UR_Resources SET I4O = (SELECT Id FROM UR_Resources WHERE C4 = 'E9' AND Type = 'HR_Person')
            WHERE C4 = 'E1' AND Type = 'HR_Person'
            """)
        // The pair whose link is another, and the link that stands there.
        let (found, session) = try await world.repair(Self.shared)
        #expect(found == World.Exchanged(resources: 0, links: 2))
        #expect(session?.state == .applied, "\(session?.detail ?? "")")
        #expect(try await world.stored() == Self.shared.stored)
        #expect(try await world.repair(Self.shared).found == World.Exchanged())
    }

    @Test func `equal roots are no proof while links are known to be bound wrongly`() async throws {
        let world = try await World()
        #expect(try await world.synchronize(Self.shared, mode: .complete).state == .applied)
        func state() async throws -> ConnectorState {
            try await world.engine.state(of: Company.connector, in: world.model)
        }
        let verified = try await state().verifiedAt
        #expect(try await !state().hasWrongLinks)
        try await world.meddle("INSERT INTO UR_ResourceLinks VALUES ('Group_Members', 99999, 99998)")
        // Somebody looked, and never said what came of it.
        let token = try await world.lease()
        let found = try await world.compare(Self.shared, token: token).0
        #expect(found == World.Exchanged(resources: 0, links: 1))
        #expect(try await state().hasWrongLinks)
        world.clock.advance(by: 60)
        let error = await #expect(throws: SynchronizationError.self) {
            _ = try await world.engine.record(
                VerificationResult(
                    connector: Company.connector, leaseToken: token, isDeep: false, resources: 0, links: 0,
                    roots: Self.shared.roots), in: world.model)
        }
        #expect(error?.code == .staleVersion)
        #expect(error?.detail.contains("Group_Members") == true)
        #expect(try await state().verifiedAt == verified)
        #expect(try await world.repair(Self.shared).session?.state == .applied)
        #expect(try await !state().hasWrongLinks)
    }
}
