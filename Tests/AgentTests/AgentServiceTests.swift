import API
import Foundation
import Logging
import Synchronization
import Testing

@testable import Agent

struct AgentServiceTests {
    private let folder = TemporaryFolder()

    /// A server that offers the same job at every poll, and knows nothing else.
    private final class EagerServer: Transport {
        let polls = Mutex(0)

        func send(_ request: APIRequest) async throws -> APIResponse {
            if request.path == "/connect/token" {
                return APIResponse(status: 200, body: Data("{\"access_token\":\"t\",\"expires_in\":3600}".utf8))
            }
            if request.path.hasPrefix("/api/Jobs/Task/Schedules") {
                return APIResponse(status: 200, body: Data("[]".utf8))
            }
            if request.path.hasPrefix("/api/Jobs/JobInstance/Next") {
                polls.withLock { $0 += 1 }
                let instance = JobInstance(
                    id: "i", job: "J", state: .blocked, agent: "Local", requestedBy: "user alice", requestedAt: .now)
                return APIResponse(
                    status: 200,
                    body: try JSONCoding.encoder().encode(RequestedJob(instance: instance, resumes: true)))
            }
            let problem = Problem(title: "Not found", status: 404, detail: "There is no job.", code: .notFound)
            return APIResponse(status: 404, body: try JSONCoding.encoder().encode(problem))
        }
    }

    @Test func `a job that cannot be taken is left alone for a while before the next poll`() async throws {
        let server = EagerServer()
        let pauses = Mutex<[(pause: Duration, polls: Int)]>([])
        let environment = RunEnvironment(
            settings: AgentSettings(agentIdentifier: "Local"),
            workspace: try Workspace(tempFolder: "\(folder.path)/Temp", workFolder: "\(folder.path)/Work") { "one" },
            client: APIClient(
                server: "http://localhost", transport: server, credentials: Credentials(clientId: "Job", secret: "s")),
            exporters: [],
            sleep: { pause in
                let polls = server.polls.withLock { $0 }
                pauses.withLock { $0.append((pause, polls)) }
            })
        let service = AgentService(
            environment: environment, isSchedulerEnabled: false,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let task = Task { try await service.run() }
        while pauses.withLock({ $0.count }) < 3 { await Task.yield() }
        task.cancel()
        _ = await task.result
        let first = pauses.withLock { Array($0.prefix(3)) }
        #expect(first.map(\.pause) == [.seconds(5), .seconds(5), .seconds(5)])
        #expect(first.map(\.polls) == [1, 2, 3])
    }
}
