import API
import Foundation
import Synchronization
import Testing
import WeirConfiguration

@testable import Agent

/// Waiting for an apply ends, whatever the server says.
struct SessionApplyingTests {
    /// A server that knows one session, and gives it the next of these states at each request. After the last it fails, so
    /// that whoever asks on and on ends all the same.
    private final class Server: Transport {
        private let states: [SessionState]
        private let approvedBy: String?
        private let asked = Mutex<[String]>([])

        init(_ states: [SessionState], approvedBy: String? = nil) {
            self.states = states
            self.approvedBy = approvedBy
        }

        /// `GET`, or `POST` for a request to apply.
        var requests: [String] { asked.withLock { $0 } }

        func send(_ request: APIRequest) async throws -> APIResponse {
            guard request.path != "/connect/token" else {
                return APIResponse(status: 200, body: Data(#"{"access_token":"t","expires_in":3600}"#.utf8))
            }
            let number = asked.withLock { asked in
                asked.append(request.method)
                return asked.count - 1
            }
            let session = Session(
                id: "s", connector: "HR", mode: .incremental, content: .delta,
                state: number < states.count ? states[number] : .failed, openedAt: .distantPast, approvedBy: approvedBy)
            return APIResponse(status: 200, body: try JSONCoding.encoder().encode(session))
        }
    }

    private let folder = TemporaryFolder()

    private func apply(_ server: Server) async throws -> SessionState {
        let client = APIClient(
            server: "test", transport: server, credentials: Credentials(clientId: "Job", secret: "secret"))
        let definition = ConnectorDefinition(
            connector: Connector(identifier: "HR", displayName: "HR", agent: "Local"), connections: [],
            entityTypes: [], associations: [], entityTypeMappings: [], associationMappings: [])
        let run = ConnectorRun(
            connector: "HR", images: ImageStore(folder: "\(folder.path)/HR"),
            state: ConnectorState(definition: definition, fingerprint: "f"), image: nil, leaseToken: 1)
        return try await SessionApplying(client: client, run: run, jobInstance: "i", memoryBudget: 1 << 20)
            .apply("s", SynchronizeSession(leaseToken: 1, taskInstance: "t"), LatestProgress()).state
    }

    @Test func `a sealed session is asked for once, and waited for`() async throws {
        let server = Server([.sealed, .applying, .applying, .applied])
        #expect(try await apply(server) == .applied)
        #expect(server.requests == ["GET", "POST", "GET", "GET"])
    }

    @Test(arguments: [SessionState.blocked, .planned])
    func `one that waits for a decision is not asked for`(state: SessionState) async throws {
        let server = Server([state])
        #expect(try await apply(server) == state)
        #expect(server.requests == ["GET"])
    }

    @Test func `one that a dying server gave back is asked for again`() async throws {
        let server = Server([.sealed, .applying, .sealed, .applying, .applied])
        #expect(try await apply(server) == .applied)
        #expect(server.requests == ["GET", "POST", "GET", "POST", "GET"])
    }

    @Test(arguments: [SessionState.blocked, .planned])
    func `one that was approved and that the server does not begin is an error`(state: SessionState) async throws {
        let server = Server(Array(repeating: state, count: 50), approvedBy: "user alice")
        let error = await #expect(throws: AgentError.self) { try await apply(server) }
        #expect(error?.description.contains("does not apply session s of connector \"HR\"") == true)
        #expect(server.requests == ["GET", "POST"])
    }

    @Test func `one that is given back for ever is an error`() async throws {
        let server = Server((0..<50).map { $0.isMultiple(of: 2) ? .sealed : .applying })
        let error = await #expect(throws: AgentError.self) { try await apply(server) }
        #expect(error?.description.contains("back 5 times without applying it") == true)
    }
}
