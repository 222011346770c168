import API
import HTTPTypes
import Testing
import WeirConfiguration

@testable import Server

/// What a threshold holds while the rest is applied, through the routes, and the job that waits for it (DESIGN §8).
@Suite struct HeldRouteTests {
    private static let files = [
        ConfigurationFile(
            path: "Conf/HR.xml",
            text: Company.xml(
                Company.connector.replacing(
                    "<Connector Identifier=\"HR\"",
                    with: "<Connector Identifier=\"HR\" ThresholdScope=\"Operation\" MaximumInsertedLines=\"1\""))),
        ConfigurationFile(path: "Conf/Access.xml", text: Company.xml(Company.access)),
        ConfigurationFile(path: "Conf/Jobs.xml", text: Company.xml(Company.jobs)),
    ]

    /// A first run of two persons in one organization: all of them are held. The job instance is in this state.
    private static func held(
        jobState: RunState, _ test: @escaping @Sendable (TestServer, AgentWalk, Session) async throws -> Void
    ) async throws {
        try await TestServer.run(files: files) { server in
            try await server.withEngine {
                let walk = AgentWalk(server: server)
                try await walk.move(to: .running)
                let (session, lease) = try await walk.sealedSession()
                try await walk.task(2, .running, session: session.id)
                let applied = try await walk.synchronize(session, lease)
                #expect(applied.state == .applied, "\(applied.detail ?? "")")
                try await walk.task(2, .blocked, session: session.id)
                if jobState != .running { try await walk.move(to: jobState) }
                try await test(server, walk, applied)
            }
        }
    }

    private static func job(_ walk: AgentWalk) async throws -> RunState {
        let instance: JobInstance = try await walk.call(.get, "/api/Jobs/JobInstance/\(walk.instance)")
        return instance.state
    }

    @Test func `an agent reads what is held with its seven permissions`() async throws {
        try await Self.held(jobState: .blocked) { _, walk, session in
            let list: Page<HeldSet> = try await walk.call(
                .get, "/api/Connectors/SynchronizeSession/Held?connector=HR")
            #expect(list.items == session.held)
            #expect(
                list.items.map { "\($0.mapping) \($0.operation) \($0.count)+\($0.linkCount)" }
                    == ["HR_Organization insert 1+2", "HR_Person insert 2+0"])
            let rows: Page<HeldRow> = try await walk.call(
                .get, "/api/Connectors/SynchronizeSession/Held/Row?set=\(list.items[1].id)")
            #expect(
                rows.items == [
                    HeldRow(
                        mapping: "HR_Person", operation: "insert", before: nil,
                        after: ["EmployeeId": "E1", "LastName": "Ångström"]),
                    HeldRow(
                        mapping: "HR_Person", operation: "insert", before: nil,
                        after: ["EmployeeId": "E2", "LastName": "O'Neill"]),
                ])
            let state: ConnectorState = try await walk.call(.get, "/api/Connectors/Connector/HR")
            #expect(state.held == session.held)
            #expect(state.blockedSince == nil)
        }
    }

    @Test func `a job waits until everything that it holds is decided, and ends with the last rejection`() async throws
    {
        try await Self.held(jobState: .blocked) { server, walk, session in
            for (set, wanted) in zip(session.held, [RunState.blocked, .cancelled]) {
                let request = RejectSession(session: session.id, reason: "a test", changeSet: set.changeSet)
                let refused = try await server.call(.post, "/api/Jobs/RunJob/Repair/Reject", as: "Job", body: request)
                #expect(refused.status == 403)
                let rejected = try await server.call(.post, "/api/Jobs/RunJob/Repair/Reject", as: "Op", body: request)
                #expect(rejected.status == 200, "\(rejected.body)")
                await server.application.housekeeping.once()
                #expect(try await Self.job(walk) == wanted)
            }
        }
    }

    @Test func `what is approved while the job still runs is gone on with once it has ended blocked`() async throws {
        try await Self.held(jobState: .running) { server, walk, session in
            let request = ApproveSession(session: session.id, changeSet: session.held[1].changeSet)
            let approved = try await server.call(.post, "/api/Jobs/RunJob/Repair", as: "Op", body: request)
            #expect(approved.status == 200, "\(approved.body)")
            await server.application.housekeeping.once()
            let nobody = try await server.call(
                .get, "/api/Jobs/JobInstance/Next?agent=Local&installation=one&wait=0", as: "Job")
            #expect(nobody.status == 204)

            try await walk.move(to: .blocked)
            await server.application.housekeeping.once()
            let next: RequestedJob = try await walk.call(
                .get, "/api/Jobs/JobInstance/Next?agent=Local&installation=one&wait=0")
            #expect(next.instance.id == walk.instance)
            #expect(next.resumes)
        }
    }
}
