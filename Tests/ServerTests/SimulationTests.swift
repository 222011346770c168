import API
import Foundation
import HTTPTypes
import Storage
import Testing
import WeirConfiguration
import WeirSynchronization

@testable import Server

/// Simulated runs as callers and pages see them (DESIGN §1.10).
@Suite struct SimulationTests {
    private func resources(_ server: TestServer) async throws -> Int {
        try await server.database.read { try $0.count("SELECT count(*) FROM UR_Resources") }
    }

    @Test func `a simulated run's session is planned, whoever asks for what`() async throws {
        try await ReviewedCompany.withLoaded { server in
            // Its agent forces: a simulation applies nothing all the same.
            let (_, session) = try await ReviewedCompany.ran(server, count: 10, isSimulation: true, force: true)
            #expect(session.state == .planned)
            #expect(session.isSimulation)
            #expect(try await resources(server) == 41)
            let state = try await server.call(.get, "/api/Connectors/Connector/HR", as: "Job").json(ConnectorState.self)
            #expect(state.blockedSince == nil)
            #expect(state.waiting.map(\.id) == [session.id])
        }
    }

    @Test func `its page shows what would change, and approving has its agent go on`() async throws {
        try await ReviewedCompany.withLoaded { server in
            let (walk, session) = try await ReviewedCompany.ran(server, count: 10, isSimulation: true)
            let browser = try await Browser.signedIn(server)
            #expect(try await browser.get("/").body.contains("Planned"))
            let page = try await browser.get("/runs/i").body
            #expect(page.contains("A simulation: it stops before the apply"))
            #expect(page.contains("Simulated: this would change"))
            #expect(page.contains("A run would be held, because:"))
            #expect(page.contains("is 5 %, and 30 of 41 would be deleted."))
            #expect(!page.contains("/runs/i/cancel"))
            #expect(Browser.field("changeSet", in: page) == session.changeSet)

            let poll = "/api/Jobs/JobInstance/Next?agent=Local&installation=one"
            #expect(try await server.call(.get, poll, as: "Job").status == 204)
            _ = try await browser.post("/sessions/\(session.id)/approve", ["changeSet": session.changeSet ?? ""])
            let next = try await server.call(.get, poll, as: "Job").json(RequestedJob.self)
            #expect(next.resumes)
            #expect(next.instance.isSimulation)
            try await walk.move(to: .running, isSimulation: false)
            let lease: Lease = try await walk.call(
                .post, "/api/Connectors/SynchronizeSession/Lease",
                body: LeaseRequest(connector: "HR", installation: "one", agent: "Local", jobInstance: "i"))
            #expect(try await walk.synchronize(session, lease).state == .applied)
            #expect(try await resources(server) == 11)
            try await walk.move(to: .completed)
            let review = try await browser.get("/sessions/\(session.id)").body
            #expect(review.contains("simulation, Complete"))
            #expect(review.contains("Approved by user alice"))
        }
    }

    @Test func `a later run ends the simulated one, which says which`() async throws {
        try await ReviewedCompany.withLoaded { server in
            let (_, planned) = try await ReviewedCompany.ran(server, count: 10, isSimulation: true)
            let later = AgentWalk(server: server, instance: "later")
            try await later.move(to: .running)
            try await later.task(2, .running)
            let (sealed, lease) = try await later.sealedSession(files: ReviewedCompany.files(39))
            let applied = try await later.synchronize(sealed, lease)
            #expect(applied.state == .applied)
            await server.application.housekeeping.once()
            let instance = try #require(try await server.jobs.instance("i")?.instance)
            #expect(instance.state == .cancelled)
            #expect(instance.message?.contains("Session \(applied.id) was applied") == true)
            let page = try await Browser.signedIn(server).get("/sessions/\(planned.id)").body
            #expect(page.contains("Nothing of it was applied, and nothing can be any more."))
            let late = try await server.call(
                .post, "/api/Jobs/RunJob/Repair",
                body: ApproveSession(session: planned.id, changeSet: planned.changeSet ?? ""))
            #expect(late.status == 409)
            #expect(late.body.contains(applied.id))
        }
    }

    @Test func `a planned run that is cancelled holds its change set no more`() async throws {
        try await ReviewedCompany.withLoaded { server in
            let (_, planned) = try await ReviewedCompany.ran(server, count: 10, isSimulation: true)
            let cancelled = try await server.call(
                .post, "/api/Jobs/RunJob/Launch/Cancel", body: CancelLaunch(instance: "i"))
            #expect(cancelled.status == 200)
            let session = try await server.application.engine.session(planned.id)
            #expect(session.state == .rejected)
            #expect(session.detail == "Rejected by client Admin: its run was cancelled")
        }
    }

    @Test func `a simulation is launched by API and page, and neither forced nor of a job without synchronization`()
        async throws
    {
        try await TestServer.run { server in
            let request = LaunchJob(job: "HR_Complete", instance: "s1", isSimulation: true)
            let launched = try await server.call(.post, "/api/Jobs/RunJob/Launch", as: "Op", body: request)
                .json(JobInstance.self)
            #expect(launched.isSimulation)
            let browser = try await Browser.signedIn(server)
            #expect(try await browser.get("/jobs/HR_Incremental").body.contains("name=\"simulate\""))
            let sent = try await browser.post("/jobs/HR_Incremental/launch", ["instance": "s2", "simulate": "1"])
            #expect(sent.headers[.location] == "/runs/s2")
            #expect(try await server.jobs.instance("s2")?.instance.isSimulation == true)
            #expect(try await browser.get("/runs/s2").body.contains("A simulation: it stops before the apply"))
            #expect(try await browser.get("/jobs/HR_Incremental").body.contains("simulation</span>"))

            let forced = LaunchJob(job: "HR_Complete", instance: "s3", isForced: true, isSimulation: true)
            #expect(try await server.call(.post, "/api/Jobs/RunJob/Launch", body: forced).status == 400)
            let files = Company.files.map { file in
                ConfigurationFile(
                    path: file.path, text: file.text.replacing("UserStartDenied=\"true\"", with: ""))
            }
            _ = try await server.application.deployment.deploy(
                files: files, simulateOnly: false, forceCascadeDelete: false, by: "test")
            let nothing = LaunchJob(job: "Nightly", instance: "s4", isSimulation: true)
            let refused = try await server.call(.post, "/api/Jobs/RunJob/Launch", body: nothing)
            #expect(refused.status == 400)
            #expect(refused.body.contains("there is nothing to simulate"))
            let audit = try await server.database.read { transaction in
                try transaction.rows("SELECT Detail FROM UA_Audit WHERE Action = 'launched' ORDER BY Id").map {
                    try $0.string("Detail")
                }
            }
            #expect(audit == ["s1, simulation", "s2, simulation"])
        }
    }

    @Test func `what was forced shows who approved it in advance`() async throws {
        try await ReviewedCompany.withLoaded { server in
            let (_, session) = try await ReviewedCompany.ran(server, count: 10, force: true)
            #expect(session.state == .applied)
            let page = try await Browser.signedIn(server).get("/sessions/\(session.id)").body
            #expect(page.contains("Approved in advance (forced) by client Admin"))
            #expect(page.contains(session.changeSet ?? "none"))
            #expect(page.contains("It was over:"))
        }
    }

    @Test func `the jobs are summed up in one query`() async throws {
        try await TestServer.run { server in
            let model = try await server.model()
            #expect(try await server.jobs.summaries(of: []).isEmpty)
            for (number, job) in model.jobs.enumerated() {
                for run in 0...number {
                    let change = JobInstanceChange(
                        job: job.identifier, state: .completed, agent: "Local", installation: "one")
                    _ = try await server.jobs.change("\(job.identifier) \(run)", change, by: "client Job")
                }
            }
            let found = try await server.jobs.summaries(of: model.jobs)
            #expect(found.map(\.identifier) == model.jobs.map(\.identifier))
            #expect(
                found.map { $0.lastInstance?.id }
                    == model.jobs.enumerated().map { "\($0.element.identifier) \($0.offset)" })
        }
    }
}
