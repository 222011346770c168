import API
import Foundation
import HTTPTypes
import Storage
import Testing
import WeirConfiguration

@testable import Server

@Suite struct SessionRouteTests {
    @Test func `the seven permissions suffice for everything that an agent does while it runs a job`() async throws {
        try await TestServer.run { server in
            try await server.withEngine {
                let profile = try #require(try await server.model().openIdClient("Job")).profile
                let granted = try await server.model().accessControlRules.filter { $0.profile == profile }
                    .flatMap(\.entries).filter(\.canExecute).map(\.permission)
                #expect(
                    Set(granted) == [
                        "/Jobs/Task/Query", "/Jobs/JobInstance/Query", "/Jobs/JobInstance/Update",
                        "/Jobs/TaskInstance/Query", "/Jobs/TaskInstance/Update", "/Connectors/Connector/Query",
                        "/Connectors/SynchronizeSession",
                    ])
                let walk = AgentWalk(server: server)
                let definition: JobDefinition = try await walk.call(.get, "/api/Jobs/Task?job=\(AgentWalk.job)")
                #expect(definition.openInstance == nil)
                let _: [JobSummary] = try await walk.call(.get, "/api/Jobs/Task/Schedules?agent=Local")
                try await walk.move(to: .running)
                try await walk.task(0, .completed)
                try await walk.task(1, .running)
                let (session, lease) = try await walk.sealedSession()
                #expect(session.state == .sealed)
                try await walk.task(1, .completed, session: session.id)
                try await walk.task(2, .running, session: session.id)
                let applied = try await walk.synchronize(session, lease)
                #expect(applied.state == .applied, "\(applied.detail ?? "")")
                #expect(applied.counters["HR_Person"]?.inserted == 2)
                try await walk.task(2, .completed, session: session.id)
                try await walk.task(3, .running)
                let flags: ServerTaskOutcome = try await walk.call(.patch, "/api/Jobs/TaskInstance/i-3/Run")
                #expect(flags.state == .completed)
                let release = try await server.call(
                    .post, "/api/Connectors/SynchronizeSession/Lease/Release", as: "Job",
                    body: LeaseRelease(connector: "HR", token: lease.token))
                #expect(release.status == 204)
                try await walk.move(to: .completed)
                let tasks: Page<TaskInstance> = try await walk.call(.get, "/api/Jobs/TaskInstance?jobInstance=i")
                #expect(tasks.items.map(\.state) == [.completed, .completed, .completed, .completed])
                let count = try await server.database.read { try $0.count("SELECT count(*) FROM UR_Resources") }
                #expect(count == 3)
            }
        }
    }

    @Test func `a file whose checksum is wrong is refused, and nothing of it stays`() async throws {
        try await TestServer.run { server in
            let walk = AgentWalk(server: server)
            let lease: Lease = try await walk.call(
                .post, "/api/Connectors/SynchronizeSession/Lease",
                body: LeaseRequest(connector: "HR", installation: "one", agent: "Local", jobInstance: "i"))
            let state: ConnectorState = try await walk.call(.get, "/api/Connectors/Connector/HR")
            let session: Session = try await walk.call(
                .post, "/api/Connectors/SynchronizeSession",
                body: OpenSession(
                    connector: "HR", mode: .complete, content: .full, base: nil, fingerprint: state.fingerprint,
                    leaseToken: lease.token, jobInstance: "i", taskInstance: "i-1"))
            let path = "/api/Connectors/SynchronizeSession/\(session.id)/File/HR_Person?leaseToken=\(lease.token)"
            let wrong = String(repeating: "0", count: 64)
            let response = try await server.put(path + "&sha256=\(wrong)", as: "Job", text: AgentWalk.persons)
            #expect(response.status == 400)
            #expect(response.code == .checksum)
            let unnamed = try await server.put(path, as: "Job", text: AgentWalk.persons)
            #expect(unnamed.code == .invalidRequest)
        }
    }

    @Test func `a connector that somebody else synchronizes is refused, naming them`() async throws {
        try await TestServer.run { server in
            let path = "/api/Connectors/SynchronizeSession/Lease"
            let first = LeaseRequest(connector: "HR", installation: "one", agent: "Local", jobInstance: "i")
            #expect(try await server.call(.post, path, as: "Job", body: first).status == 200)
            let second = LeaseRequest(connector: "HR", installation: "two", agent: "Other", jobInstance: "j")
            let refused = try await server.call(.post, path, as: "Job", body: second)
            #expect(refused.status == 409)
            #expect(refused.code == .leaseHeld)
            let unknown = LeaseRequest(connector: "XX", installation: "one", agent: "Local", jobInstance: "i")
            #expect(try await server.call(.post, path, as: "Job", body: unknown).code == .notFound)
        }
    }

    @Test func `forcing needs the right to repair`() async throws {
        try await TestServer.run { server in
            let walk = AgentWalk(server: server)
            try await walk.move(to: .running)
            try await walk.task(2, .running)
            let (session, lease) = try await walk.sealedSession()
            let path = "/api/Connectors/SynchronizeSession/\(session.id)/Synchronize"
            let forced = SynchronizeSession(leaseToken: lease.token, taskInstance: "i-2", force: true)
            #expect(try await server.call(.post, path, as: "Job", body: forced).code == .forbidden)
            #expect(try await server.call(.post, path, as: "Admin", body: forced).status == 200)
            let audit = try await server.database.read { transaction in
                try transaction.rows("SELECT Actor, Subject FROM UA_Audit WHERE Action = 'forced'")
                    .map { [try $0.string("Actor"), try $0.string("Subject")] }
            }
            #expect(audit == [["client Admin", "HR"]])
            let wrongTask = SynchronizeSession(leaseToken: lease.token, taskInstance: "nothing")
            #expect(try await server.call(.post, path, as: "Job", body: wrongTask).code == .notFound)
        }
    }
}
