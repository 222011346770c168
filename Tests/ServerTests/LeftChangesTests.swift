import API
import Foundation
import HTTPTypes
import Storage
import Testing
import WeirSynchronization

@testable import Server

/// What waits for a decision while its run is at work, or when it is over (DESIGN §4).
@Suite struct LeftChangesTests {
    private static let poll = "/api/Jobs/JobInstance/Next?agent=Local&installation=one"

    /// Runs `test` with a blocked session of job instance `i`, which is still running.
    private func withBlockedWhileRunning(
        _ test: @Sendable (TestServer, AgentWalk, Session) async throws -> Void
    ) async throws {
        try await ReviewedCompany.withLoaded { server in
            let walk = AgentWalk(server: server)
            try await walk.move(to: .running)
            try await walk.task(2, .running)
            let (sealed, lease) = try await walk.sealedSession(files: ReviewedCompany.files(10))
            let session = try await walk.synchronize(sealed, lease)
            #expect(session.state == .blocked)
            try await walk.task(2, .blocked, session: session.id)
            try await test(server, walk, session)
        }
    }

    private func approve(_ session: Session, _ server: TestServer) async throws {
        let request = ApproveSession(session: session.id, changeSet: session.changeSet ?? "")
        #expect(try await server.call(.post, "/api/Jobs/RunJob/Repair", body: request).status == 200)
    }

    private func audit(_ server: TestServer) async throws -> Int {
        try await server.database.read { try $0.count("SELECT count(*) FROM UA_Audit WHERE Action = 'approved'") }
    }

    @Test func `what was approved while its run was at work goes on when that run waits`() async throws {
        try await withBlockedWhileRunning { server, walk, session in
            for _ in 1...2 { try await approve(session, server) }
            #expect(try await audit(server) == 1)
            #expect(try await server.call(.get, Self.poll, as: "Job").status == 204)
            try await walk.move(to: .blocked)
            await server.application.housekeeping.once()
            let next = try await server.call(.get, Self.poll, as: "Job").json(RequestedJob.self)
            #expect(next.instance.id == "i")
            #expect(next.resumes)
        }
    }

    @Test func `a run whose approved part is not worked on any more is not resumed for it again and again`()
        async throws
    {
        try await withBlockedWhileRunning { server, walk, session in
            try await approve(session, server)
            try await walk.task(2, .skipped)
            try await walk.move(to: .blocked)
            await server.application.housekeeping.once()
            #expect(try await server.call(.get, Self.poll, as: "Job").status == 204)
        }
    }

    @Test func `an approved run waits while another one of its job is at work`() async throws {
        try await ReviewedCompany.withBlocked { server, walk, session in
            try await approve(session, server)
            #expect(try await server.call(.get, Self.poll, as: "Job").status == 200)
            let other = AgentWalk(server: server, instance: "other")
            try await other.move(to: .running)
            #expect(try await server.call(.get, Self.poll, as: "Job").status == 204)
            try await other.move(to: .completed)
            let next = try await server.call(.get, Self.poll, as: "Job").json(RequestedJob.self)
            #expect(next.instance.id == "i")
        }
    }

    @Test func `a job is asked for one of its instances, and tells what waits in all`() async throws {
        try await ReviewedCompany.withBlocked { server, _, session in
            let other = AgentWalk(server: server, instance: "other")
            try await other.move(to: .running)
            let path = "/api/Jobs/Task?job=HR_Incremental"
            let open = try await server.call(.get, path, as: "Job").json(JobDefinition.self)
            #expect(open.openInstance?.id == "other")
            #expect(open.waiting.map(\.changeSet) == [session.changeSet])
            #expect(open.waiting.map(\.runState) == [.blocked])
            #expect(open.waiting.map(\.summary) == ["30 deletes of HR"])
            // It runs: a later one that waits does not hide it.
            try await other.move(to: .blocked)
            let asked = try await server.call(.get, path + "&instance=i", as: "Job").json(JobDefinition.self)
            #expect(asked.openInstance?.id == "i")
            #expect(asked.openTaskInstances.compactMap(\.session) == [session.id])
            #expect(try await server.call(.get, path + "&instance=first-2", as: "Job").status == 404)
            #expect(
                try await server.call(.get, "/api/Jobs/Task?job=HR_Complete&instance=i", as: "Job").status == 404)
        }
    }

    @Test func `the run that is at work is the open one, though a later one waits`() async throws {
        try await ReviewedCompany.withLoaded { server in
            let running = AgentWalk(server: server, instance: "running")
            try await running.move(to: .blocked)
            server.clock.advance(by: 60)
            try await AgentWalk(server: server, instance: "later").move(to: .blocked)
            try await running.move(to: .running)
            #expect(try await server.jobs.openInstance(of: AgentWalk.job)?.instance.id == "running")
        }
    }

    @Test func `pages lead to what a failed run left, and say what applies it`() async throws {
        try await withBlockedWhileRunning { server, walk, session in
            try await walk.move(to: .error)
            let browser = try await Browser.signedIn(server)
            let home = try await browser.get("/").body
            #expect(home.contains("href=\"/sessions/\(session.id)\""))
            #expect(home.contains("30 deletes of HR: it waits for a decision."))
            let page = try await browser.get("/runs/i").body
            #expect(Browser.field("changeSet", in: page) == session.changeSet)
            #expect(page.contains("the next run of the connector \u{201C}HR\u{201D} applies it"))
            _ = try await browser.post("/sessions/\(session.id)/approve", ["changeSet": session.changeSet ?? ""])
            #expect(try await browser.get("/").body.contains("approved by user alice; its run is over"))
            let review = try await browser.get("/sessions/\(session.id)").body
            #expect(review.contains("its run is over, so the next run of the connector"))
            #expect(!review.contains("as soon as its agent takes it"))
            #expect(try await server.call(.get, Self.poll, as: "Job").status == 204)
        }
    }

    @Test func `cancelling a blocked run rejects what it holds, and its page says so`() async throws {
        try await ReviewedCompany.withBlocked { server, _, session in
            try await approve(session, server)
            let browser = try await Browser.signedIn(server)
            _ = try await browser.post("/runs/i/cancel", [:])
            #expect(
                try await browser.get("/runs/i").body
                    .contains("cancelled by user alice, and the changes that waited were rejected"))
            #expect(try await server.application.engine.session(session.id).state == .rejected)
            let state = try await server.call(.get, "/api/Connectors/Connector/HR", as: "Job").json(ConnectorState.self)
            #expect(state.blockedSince == nil)
        }
    }
}
