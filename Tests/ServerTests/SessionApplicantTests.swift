import API
import Foundation
import HTTPTypes
import Storage
import Testing
import WeirConfiguration
import WeirSynchronization

@testable import Server

/// Who may have a session applied, and who lets it pass its thresholds (DESIGN §4, §8).
@Suite struct SessionApplicantTests {
    private static let jobs = """
        <Connector Identifier="Phones" DisplayName_L1="Phones" Agent="Local" />
        <Job Identifier="HR_Forced" DisplayName_L1="Forced" Agent="Local">
          <SynchronizeTask Identifier="Forced" DisplayName_L1="Forced" Connector="HR" ForceSynchronization="true"
            OpenIdClient="Job" />
        </Job>
        <Job Identifier="HR_Apply" DisplayName_L1="Apply" Agent="Local">
          <SynchronizeTask Identifier="Apply" DisplayName_L1="Apply" Connector="HR" OpenIdClient="Job" />
        </Job>
        <Job Identifier="Phones_Apply" DisplayName_L1="Phones" Agent="Local">
          <SynchronizeTask Identifier="Phones" DisplayName_L1="Phones" Connector="Phones" ForceSynchronization="true"
            OpenIdClient="Job" />
        </Job>
        """

    /// Forty persons are loaded; a session that leaves ten is over a threshold.
    private func withLoaded(_ test: @Sendable (TestServer) async throws -> Void) async throws {
        try await ReviewedCompany.withLoaded(
            adding: ConfigurationFile(path: "Conf/More.xml", text: Company.xml(Self.jobs)), test)
    }

    /// A running instance of one of the jobs above, with its task instance `<id>-t`.
    private func begin(
        _ job: String, _ id: String, _ server: TestServer, isSimulation: Bool? = nil
    ) async throws {
        try await move(job, id, .running, server, isSimulation: isSimulation)
        let task = try #require(try await server.model().job(job)?.tasks.first)
        let change = TaskInstanceChange(
            jobInstance: id, task: task.identifier, order: 0, installation: AgentWalk.installation, state: .running)
        let made = try await server.call(.patch, "/api/Jobs/TaskInstance/\(id)-t", as: "Job", body: change)
        #expect(made.status == 200, "\(made.body)")
    }

    private func move(
        _ job: String, _ id: String, _ state: RunState, _ server: TestServer, isSimulation: Bool? = nil
    ) async throws {
        let change = JobInstanceChange(
            job: job, state: state, agent: "Local", installation: AgentWalk.installation, isSimulation: isSimulation)
        let moved = try await server.call(.patch, "/api/Jobs/JobInstance/\(id)", as: "Job", body: change)
        #expect(moved.status == 200, "\(moved.body)")
    }

    /// A sealed session with ten persons: of a job instance, or of a tool, which has none.
    private func sealed(by instance: String, _ server: TestServer) async throws -> (Session, Lease) {
        try await AgentWalk(server: server, instance: instance).sealedSession(files: ReviewedCompany.files(10))
    }

    private func ask(
        _ session: Session, _ lease: Lease, by instance: String, _ server: TestServer, as client: String = "Job",
        force: Bool = false
    ) async throws -> TestResponse {
        try await server.call(
            .post, "/api/Connectors/SynchronizeSession/\(session.id)/Synchronize", as: client,
            body: SynchronizeSession(leaseToken: lease.token, taskInstance: "\(instance)-t", force: force))
    }

    /// How the session ended after it was asked for.
    private func end(of session: Session, _ server: TestServer) async throws -> Session {
        var current = try await server.application.engine.session(session.id)
        while current.state == .applying {
            current = try await server.application.engine.waitForChange(
                of: session.id, after: current, timeout: .seconds(20))
        }
        return current
    }

    private func forced(_ server: TestServer) async throws -> [String] {
        try await server.database.read { transaction in
            try transaction.rows("SELECT Actor FROM UA_Audit WHERE Action = 'forced' ORDER BY Id")
                .map { try $0.string("Actor") }
        }
    }

    @Test func `what a tool prepared is refused to a simulation, and becomes the session of the run that applies it`()
        async throws
    {
        try await withLoaded { server in
            let (session, lease) = try await sealed(by: "tool", server)
            try await begin("HR_Apply", "s", server, isSimulation: true)
            let refused = try await ask(session, lease, by: "s", server)
            #expect(refused.status == 409)
            #expect(refused.code == .jobState)
            #expect(refused.body.contains("weir invoke-job -j HR_Apply -c SynchronizeTask"))
            #expect(try await server.application.engine.session(session.id).state == .sealed)
            try await move("HR_Apply", "s", .completed, server)

            try await begin("HR_Apply", "r", server)
            #expect(try await ask(session, lease, by: "r", server).status == 200)
            let blocked = try await end(of: session, server)
            #expect(blocked.state == .blocked)
            #expect(blocked.jobInstance == "r")
            try await move("HR_Apply", "r", .blocked, server)
            // So the approval reaches the job's agent, which goes on with it.
            let approved = try await server.call(
                .post, "/api/Jobs/RunJob/Repair", as: "Op",
                body: ApproveSession(session: session.id, changeSet: blocked.changeSet ?? ""))
            #expect(approved.status == 200)
            let next = try await server.call(
                .get, "/api/Jobs/JobInstance/Next?agent=Local&installation=one", as: "Job"
            ).json(RequestedJob.self)
            #expect(next.instance.id == "r")
            try await move("HR_Apply", "r", .running, server)
            #expect(try await ask(session, lease, by: "r", server).status == 200)
            #expect(try await end(of: session, server).state == .applied)
        }
    }

    @Test func `a run's own session is refused to it once it says that it is a simulation`() async throws {
        try await withLoaded { server in
            try await begin("HR_Apply", "i", server)
            let (session, lease) = try await sealed(by: "i", server)
            try await move("HR_Apply", "i", .running, server, isSimulation: true)
            #expect(try await ask(session, lease, by: "i", server).code == .jobState)
        }
    }

    @Test func `a simulated Complete does not cancel what was prepared for a run`() async throws {
        try await withLoaded { server in
            let tool = AgentWalk(server: server, instance: "tool")
            let (session, lease) = try await tool.sealedSession(
                mode: .incremental, files: ReviewedCompany.files(39))
            try await begin("HR_Apply", "s", server, isSimulation: true)
            let state: ConnectorState = try await tool.call(.get, "/api/Connectors/Connector/HR")
            let refused = try await server.call(
                .post, "/api/Connectors/SynchronizeSession", as: "Job",
                body: OpenSession(
                    connector: "HR", mode: .complete, content: .full, base: state.version,
                    fingerprint: state.fingerprint, leaseToken: lease.token, jobInstance: "s", taskInstance: "s-1"))
            #expect(refused.code == .sessionLive)
            #expect(try await server.application.engine.session(session.id).state == .sealed)
        }
    }

    @Test func `a task of another connector applies nothing, whatever it forces`() async throws {
        try await withLoaded { server in
            try await begin("Phones_Apply", "p", server)
            let (session, lease) = try await sealed(by: "tool", server)
            let refused = try await ask(session, lease, by: "p", server)
            #expect(refused.code == .invalidRequest)
            #expect(refused.body.contains("Phones") && refused.body.contains("HR"))
            #expect(try await server.application.engine.session(session.id).state == .sealed)
        }
    }

    @Test func `a run that has ended lets nothing pass, though its launch was forced`() async throws {
        try await withLoaded { server in
            let launch = LaunchJob(job: "HR_Apply", instance: "old", isForced: true)
            #expect(try await server.call(.post, "/api/Jobs/RunJob/Launch", body: launch).status == 200)
            try await begin("HR_Apply", "old", server)
            try await move("HR_Apply", "old", .completed, server)
            try await begin("HR_Apply", "new", server)
            let (session, lease) = try await sealed(by: "new", server)
            let refused = try await ask(session, lease, by: "old", server)
            #expect(refused.code == .jobState)
            #expect(refused.body.contains("has ended"))
            #expect(try await ask(session, lease, by: "new", server).status == 200)
            #expect(try await end(of: session, server).state == .blocked)
            #expect(try await forced(server).isEmpty)
        }
    }

    @Test func `a forced launch lets pass what its run prepared`() async throws {
        try await withLoaded { server in
            let launch = LaunchJob(job: "HR_Apply", instance: "i", isForced: true)
            #expect(try await server.call(.post, "/api/Jobs/RunJob/Launch", body: launch).status == 200)
            try await begin("HR_Apply", "i", server)
            let (session, lease) = try await sealed(by: "i", server)
            #expect(try await ask(session, lease, by: "i", server).status == 200)
            #expect(try await end(of: session, server).state == .applied)
            #expect(try await forced(server) == ["client Admin"])
        }
    }

    @Test func `ForceSynchronization speaks for what its own job or a tool prepared, and for no other job's`()
        async throws
    {
        try await withLoaded { server in
            try await begin("HR_Forced", "f", server)
            try await begin("HR_Apply", "other", server)
            let (session, lease) = try await sealed(by: "other", server)
            let running = try await ask(session, lease, by: "f", server)
            #expect(running.code == .jobRunning)
            #expect(running.body.contains("HR_Apply"))
            try await move("HR_Apply", "other", .error, server)
            let foreign = try await ask(session, lease, by: "f", server)
            #expect(foreign.code == .forbidden)
            #expect(foreign.body.contains("HR_Apply"))
            #expect(try await server.application.engine.session(session.id).state == .sealed)
            #expect(try await forced(server).isEmpty)
            // A later run of the job that prepared it applies it, through its thresholds.
            try await begin("HR_Apply", "later", server)
            #expect(try await ask(session, lease, by: "later", server).status == 200)
            #expect(try await end(of: session, server).state == .blocked)

            let (prepared, again) = try await sealed(by: "tool", server)
            #expect(try await ask(prepared, again, by: "f", server).status == 200)
            #expect(try await end(of: prepared, server).state == .applied)
            #expect(try await forced(server) == ["task Forced (ForceSynchronization)"])
        }
    }

    @Test func `what was approved is applied by whichever run of its connector comes next, and by no simulation`()
        async throws
    {
        try await withLoaded { server in
            try await begin("HR_Apply", "i", server)
            let (session, lease) = try await sealed(by: "i", server)
            #expect(try await ask(session, lease, by: "i", server).status == 200)
            let blocked = try await end(of: session, server)
            try await move("HR_Apply", "i", .error, server)
            try await begin("HR_Forced", "f", server)
            // Forced or not: before anybody decided, nothing is applied.
            #expect(try await ask(session, lease, by: "f", server, as: "Admin", force: true).status == 200)
            #expect(try await end(of: session, server).state == .blocked)
            let approved = try await server.call(
                .post, "/api/Jobs/RunJob/Repair", as: "Op",
                body: ApproveSession(session: session.id, changeSet: blocked.changeSet ?? ""))
            #expect(approved.status == 200)
            try await begin("HR_Apply", "s", server, isSimulation: true)
            #expect(try await ask(session, lease, by: "s", server).code == .jobState)
            #expect(try await ask(session, lease, by: "f", server).status == 200)
            let applied = try await end(of: session, server)
            #expect(applied.state == .applied)
            #expect(applied.jobInstance == "i")
            #expect(applied.approvedBy == "client Op")
        }
    }

    @Test func `a simulation of a forcing task is held by nothing, forced by nobody, and applied once it is approved`()
        async throws
    {
        try await withLoaded { server in
            try await begin("HR_Forced", "f", server, isSimulation: true)
            let (session, lease) = try await sealed(by: "f", server)
            #expect(try await ask(session, lease, by: "f", server, force: true).status == 200)
            let planned = try await end(of: session, server)
            #expect(planned.state == .planned)
            // The run would pass its thresholds; which ones is shown all the same.
            #expect(planned.detail == nil)
            #expect(planned.violations.map(\.attribute) == ["MaxPercentageDeletedLines", "MinPercentageRows"])
            #expect(planned.approvedBy == nil)
            #expect(try await forced(server).isEmpty)
            try await move("HR_Forced", "f", .planned, server)

            let approved = try await server.call(
                .post, "/api/Jobs/RunJob/Repair", as: "Op",
                body: ApproveSession(session: session.id, changeSet: planned.changeSet ?? ""))
            #expect(approved.status == 200)
            try await move("HR_Forced", "f", .running, server, isSimulation: false)
            let answer = try await ask(session, lease, by: "f", server, force: true).json(Session.self)
            #expect(answer.state != .planned)
            #expect(try await end(of: session, server).state == .applied)
            let review = try await server.application.engine.review(of: session.id)
            #expect(review.decisions.map(\.kind) == [.approve])
            #expect(try await forced(server).isEmpty)
        }
    }
}
