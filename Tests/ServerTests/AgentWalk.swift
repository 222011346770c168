import API
import Crypto
import Foundation
import HTTPTypes
import NIOCore
import Testing
import WeirConfiguration

@testable import Server

/// The calls that an agent makes while it runs a synchronization job, as a client of ``Company``.
struct AgentWalk: Sendable {
    static let job = "HR_Incremental"
    static let installation = "one"

    let server: TestServer
    var client = "Job"
    var instance = "i"

    static let persons = "EmployeeId,LastName\nE1,Ångström\nE2,O'Neill\n"
    static let organizations = "Code\nHQ\n"
    static let links = "Key1,Key2\nHQ,E1\nHQ,E2\n"

    func call<Answer: Decodable>(
        _ method: HTTPRequest.Method, _ path: String, body: (any Encodable)? = nil, answer: Answer.Type = Answer.self
    ) async throws -> Answer {
        let response = try await server.call(method, path, as: client, body: body)
        #expect(response.status == 200, "\(method) \(path): \(response.body)")
        return try response.json(answer)
    }

    func task(_ order: Int, _ state: RunState, session: String? = nil) async throws {
        let model = try await server.model()
        let task = try #require(model.job(Self.job)?.tasks[order])
        let change = TaskInstanceChange(
            jobInstance: instance, task: task.identifier, order: order, installation: Self.installation, state: state,
            produced: state == .completed, session: session, log: ["\(task.identifier) \(state.rawValue)"])
        let _: RunStatus = try await call(.patch, "/api/Jobs/TaskInstance/\(instance)-\(order)", body: change)
    }

    func move(to state: RunState, isSimulation: Bool? = nil) async throws {
        let change = JobInstanceChange(
            job: Self.job, state: state, agent: "Local", installation: Self.installation, isSimulation: isSimulation)
        let _: RunStatus = try await call(.patch, "/api/Jobs/JobInstance/\(instance)", body: change)
    }

    /// Lease, open, send, seal: the sealed session.
    func sealedSession(
        mode: SynchronizationMode = .complete,
        files: [(mapping: String, isEntityType: Bool, text: String)] = [
            ("HR_Person", true, persons), ("HR_Organization", true, organizations),
            ("HR_Person_Organization", false, links),
        ]
    ) async throws -> (session: Session, lease: Lease) {
        let state: ConnectorState = try await call(.get, "/api/Connectors/Connector/HR")
        let lease: Lease = try await call(
            .post, "/api/Connectors/SynchronizeSession/Lease",
            body: LeaseRequest(
                connector: "HR", installation: Self.installation, agent: "Local", jobInstance: instance))
        let opened: Session = try await call(
            .post, "/api/Connectors/SynchronizeSession",
            body: OpenSession(
                connector: "HR", mode: mode, content: .full, base: state.version, fingerprint: state.fingerprint,
                leaseToken: lease.token, jobInstance: instance, taskInstance: "\(instance)-1"))
        var sealed: [SealedFile] = []
        for file in files {
            let hash = SHA256.hash(data: Data(file.text.utf8)).map { String(format: "%02x", $0) }.joined()
            let response = try await server.put(
                "/api/Connectors/SynchronizeSession/\(opened.id)/File/\(file.mapping)"
                    + "?leaseToken=\(lease.token)&sha256=\(hash)", as: client, text: file.text)
            #expect(response.status == 204, "\(response.body)")
            let rows = file.text.split(separator: "\n").count - 1
            sealed.append(
                SealedFile(
                    mapping: file.mapping, isEntityType: file.isEntityType, content: .full, rows: rows,
                    bytes: file.text.utf8.count, sha256: hash, imageRows: rows))
        }
        let session: Session = try await call(
            .post, "/api/Connectors/SynchronizeSession/\(opened.id)/Seal",
            body: SealSession(leaseToken: lease.token, files: sealed))
        return (session, lease)
    }

    /// Asks for the apply and waits for its end.
    func synchronize(_ session: Session, _ lease: Lease, force: Bool = false) async throws -> Session {
        let path = "/api/Connectors/SynchronizeSession/\(session.id)"
        var current: Session = try await call(
            .post, path + "/Synchronize",
            body: SynchronizeSession(leaseToken: lease.token, taskInstance: "\(instance)-2", force: force))
        while current.state == .applying {
            let phase = current.progress.map { "&phase=\($0.phase)&rows=\($0.rows)" } ?? ""
            current = try await call(.get, path + "?wait=20&state=applying" + phase)
        }
        return current
    }
}
