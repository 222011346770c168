import API
import Agent
import CSVConnector
import ConnectorKit
import Foundation
import HTTPTypes
import HummingbirdTesting
import Jobs
import NIOCore
import NIOFoundationCompat
import Synchronization

/// The real agent of one installation. It dies at a request, or between two changes of its folders, where a test says;
/// a later run is another process on the same folders.
struct WholeAgent: Sendable {
    let server: WholeServer
    let clock: WholeClock
    let name: String
    /// `Work` and `Temp` of this installation stand in it.
    let folder: String
    let sources: String

    /// Where a run's process dies.
    enum AgentDeath: Sendable, Equatable {
        /// Before the request with that number, counted from 0, is sent.
        case beforeRequest(Int)
        /// After the server answered it; the answer is lost.
        case afterAnswer(Int)
        case inFolders(AgentPoint, passes: Int)
    }

    enum End: Sendable, Equatable {
        case ended(JobOutcome, String?)
        case died
    }

    /// Runs a job in a process of its own.
    func run(_ job: String, dying death: AgentDeath? = nil) async throws -> End {
        let life = AgentLife(death)
        do {
            let runner = JobRunner(environment: try environment(life)) { _ in }
            let result = try await runner.run(RunRequest(job: job), cancel: CancelSwitch())
            return life.isDead ? .died : .ended(result.outcome, result.message)
        } catch {
            if life.isDead { return .died }
            throw error
        }
    }

    /// The session that a job would apply; nil: it would change nothing.
    func simulate(_ job: String) async throws -> Session? {
        let runner = JobRunner(environment: try environment(AgentLife(nil))) { _ in }
        let result = try await runner.run(RunRequest(job: job, isSimulation: true), cancel: CancelSwitch())
        guard [.completed, .noProcessing, .warning].contains(result.outcome) else {
            throw WholeFailure("the simulation of \(job) ended as \(result.outcome): \(result.message ?? "")")
        }
        return result.planned.first
    }

    /// Approves what a simulation showed, and has it applied.
    func approve(_ job: String, changeSet: String) async throws -> End {
        let runner = JobRunner(environment: try environment(AgentLife(nil))) { _ in }
        let result = try await runner.run(
            RunRequest(job: job, resume: .approving(changeSet: changeSet)), cancel: CancelSwitch())
        return .ended(result.outcome, result.message)
    }

    /// What `weir verify` does; nil when it died.
    func verify(
        _ connector: String, repairs: Bool, dying death: AgentDeath? = nil
    ) async throws -> VerificationReport? {
        let life = AgentLife(death)
        do {
            let verifier = Verifier(environment: try environment(life)) { _ in }
            let report = try await verifier.verify(connector, isDeep: true, repairs: repairs, cancel: CancelSwitch())
            return life.isDead ? nil : report
        } catch {
            if life.isDead { return nil }
            throw error
        }
    }

    private func environment(_ life: AgentLife) throws -> RunEnvironment {
        let slept = Mutex(0.0)
        let clock = clock
        let client = APIClient(
            server: "http://127.0.0.1:5000", transport: WholeTransport(server: server, life: life),
            credentials: Credentials(clientId: "Job", secret: "secret"),
            now: { clock.now.addingTimeInterval(slept.withLock { $0 }) },
            sleep: { duration in
                try Task.checkCancellation()
                slept.withLock { $0 += duration.seconds }
            })
        let tables = WholeConfiguration.connectors.flatMap { RandomSource.tables(of: $0) }
        let settings = AgentSettings(
            agentIdentifier: WholeConfiguration.agent, tempFolder: "\(folder)/Temp", workFolder: "\(folder)/Work",
            clients: ["Job": "secret"], defaultClient: "Job", sourcesRootPaths: [sources],
            connections: Dictionary(
                uniqueKeysWithValues: tables.map { ($0, .object(["Path": .string("\(sources)/\($0).csv")])) }),
            memoryBudget: 8 << 20)
        return RunEnvironment(
            settings: settings,
            workspace: try Workspace(tempFolder: settings.tempFolder, workFolder: settings.workFolder) {
                UUID().uuidString.lowercased()
            }, client: client, exporters: [CSVExporter()], faults: { try life.reach($0) })
    }
}

/// Whether an agent's process lives. A dead one sends nothing and changes nothing.
final class AgentLife: Sendable {
    private struct State {
        var death: WholeAgent.AgentDeath?
        var isDead = false
        var requests = 0
    }

    private let state: Mutex<State>

    init(_ death: WholeAgent.AgentDeath?) {
        state = Mutex(State(death: death))
    }

    var isDead: Bool { state.withLock { $0.isDead } }

    /// - Returns: the request's number.
    func beginRequest() throws -> Int {
        try state.withLock { state in
            let number = state.requests
            state.requests += 1
            if state.death == .beforeRequest(number) { state.isDead = true }
            if state.isDead { throw TransportFailure(reason: "the agent is dead") }
            return number
        }
    }

    func endRequest(_ number: Int) throws {
        try state.withLock { state in
            if state.death == .afterAnswer(number) { state.isDead = true }
            if state.isDead { throw TransportFailure(reason: "the agent is dead") }
        }
    }

    func reach(_ point: AgentPoint) throws {
        try state.withLock { state in
            if case .inFolders(point, let passes) = state.death {
                state.isDead = passes == 0
                state.death = .inFolders(point, passes: passes - 1)
            }
            if state.isDead { throw TransportFailure(reason: "the agent is dead") }
        }
    }
}

/// Requests go to the server's router as they are; a server that dies meanwhile gives no answer.
struct WholeTransport: Transport {
    let server: WholeServer
    let life: AgentLife

    func send(_ request: APIRequest) async throws -> APIResponse {
        let number = try life.beginRequest()
        let process = try await server.process()
        var headers = HTTPFields()
        for header in request.headers {
            if let name = HTTPField.Name(header.name) { headers[name] = header.value }
        }
        var body: ByteBuffer?
        switch request.body {
        case .none: break
        case .json(let data):
            headers[.contentType] = "application/json"
            body = ByteBuffer(data: data)
        case .form(let text):
            headers[.contentType] = "application/x-www-form-urlencoded"
            body = ByteBuffer(string: text)
        case .file(let path, _):
            headers[.contentType] = "text/csv"
            body = ByteBuffer(data: try Data(contentsOf: URL(fileURLWithPath: path)))
        }
        let (fields, content) = (headers, body)
        let answer = try await withThrowingTaskGroup(of: APIResponse?.self) { group in
            group.addTask {
                let response = try await process.client.executeRequest(
                    uri: request.path, method: HTTPRequest.Method(rawValue: request.method) ?? .get, headers: fields,
                    body: content)
                return APIResponse(status: response.status.code, body: Data(buffer: response.body))
            }
            group.addTask {
                await process.death.come()
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        guard let answer, !process.death.isDead else { throw TransportFailure(reason: "the server died") }
        try life.endRequest(number)
        if let file = request.answerFile, answer.status == 200 {
            try answer.body.write(to: URL(fileURLWithPath: file), options: .atomic)
            return APIResponse(status: answer.status, body: Data(), byteCount: answer.body.count)
        }
        return answer
    }
}
