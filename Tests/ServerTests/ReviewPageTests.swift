import API
import Foundation
import HTTPTypes
import Storage
import Testing

@testable import Server

@Suite struct ReviewPageTests {
    /// 40 persons, of whom the second session takes 30 away: over MaxPercentageDeletedLines.
    private static func persons(_ count: Int) -> String {
        "EmployeeId,LastName\n" + (10..<10 + count).map { "E\($0),Name <\($0)>\n" }.joined()
    }

    private static func files(_ count: Int) -> [(mapping: String, isEntityType: Bool, text: String)] {
        [
            ("HR_Person", true, persons(count)), ("HR_Organization", true, AgentWalk.organizations),
            ("HR_Person_Organization", false, "Key1,Key2\nHQ,E10\nHQ,E11\n"),
        ]
    }

    /// Runs `test` with a blocked session of job instance `i`.
    private func withBlocked(_ test: @Sendable (TestServer, AgentWalk, Session) async throws -> Void) async throws {
        try await TestServer.run { server in
            try await server.withEngine {
                let first = AgentWalk(server: server, instance: "first")
                try await first.move(to: .running)
                try await first.task(2, .running)
                let (whole, lease) = try await first.sealedSession(files: Self.files(40))
                #expect(try await first.synchronize(whole, lease).state == .applied)
                try await first.move(to: .completed)
                let walk = AgentWalk(server: server)
                try await walk.move(to: .running)
                try await walk.task(2, .running)
                let (cut, second) = try await walk.sealedSession(files: Self.files(10))
                let blocked = try await walk.synchronize(cut, second)
                #expect(blocked.state == .blocked)
                try await walk.task(2, .blocked, session: blocked.id)
                try await walk.move(to: .blocked)
                try await test(server, walk, blocked)
            }
        }
    }

    @Test func `a blocked run shows why, how much and what, and resumes with the hash that was shown`() async throws {
        try await withBlocked { server, walk, session in
            let browser = try await Browser.signedIn(server)
            let home = try await browser.get("/")
            #expect(home.body.contains("It waits for a decision."))
            let page = try await browser.get("/runs/i").body
            #expect(
                page.contains("30 deletes of 41 stored (73 %) are more than the 5 % that MaxPercentageDeletedLines"))
            #expect(page.contains("Name &lt;20&gt;"))
            #expect(!page.contains("Name <20>"))
            let changeSet = Browser.field("changeSet", in: page)
            #expect(changeSet == session.changeSet)
            let poll = "/api/Jobs/JobInstance/Next?agent=Local&installation=one"
            #expect(try await server.call(.get, poll, as: "Job").status == 204)
            let stale = try await browser.post("/sessions/\(session.id)/approve", ["changeSet": "0000"])
            #expect(stale.status == 409)
            #expect(stale.body.contains("The changes are not the ones you looked at"))
            for _ in 1...2 {
                let approved = try await browser.post("/sessions/\(session.id)/approve", ["changeSet": changeSet])
                #expect(approved.headers[.location] == "/runs/i")
            }
            let next = try await server.call(.get, poll, as: "Job").json(RequestedJob.self)
            #expect(next.resumes)
            #expect(next.instance.id == "i")
            #expect(try await browser.get("/runs/i").body.contains("Approved by"))
            try await walk.move(to: .running)
            let lease: Lease = try await walk.call(
                .post, "/api/Connectors/SynchronizeSession/Lease",
                body: LeaseRequest(connector: "HR", installation: "one", agent: "Local", jobInstance: "i"))
            #expect(try await walk.synchronize(session, lease).state == .applied)
            let persons = try await server.database.read { transaction in
                try transaction.count("SELECT count(*) FROM UR_Resources WHERE Type = 'HR_Person'")
            }
            #expect(persons == 10)
        }
    }

    @Test func `rejecting ends the run and leaves everything as it was`() async throws {
        try await withBlocked { server, _, session in
            let browser = try await Browser.signedIn(server)
            let rejected = try await browser.post("/sessions/\(session.id)/reject", ["reason": "the file was cut"])
            #expect(rejected.headers[.location] == "/runs/i")
            let page = try await browser.get("/runs/i").body
            #expect(page.contains("rejected by user alice: the file was cut"))
            let late = try await browser.post(
                "/sessions/\(session.id)/approve", ["changeSet": session.changeSet ?? ""])
            #expect(late.status == 409)
            #expect(late.body.contains("There is nothing to decide any more"))
            let count = try await server.database.read { transaction in
                try transaction.count("SELECT count(*) FROM UR_Resources")
            }
            #expect(count == 41)
            let audit = try await server.database.read { transaction in
                try transaction.rows("SELECT Actor FROM UA_Audit WHERE Action = 'rejected'").map {
                    try $0.string("Actor")
                }
            }
            #expect(audit == ["user alice"])
        }
    }

    @Test func `all changes are listed, filtered, and downloaded as CSV`() async throws {
        try await withBlocked { server, _, session in
            let browser = try await Browser.signedIn(server)
            let all = try await browser.get("/sessions/\(session.id)").body
            #expect(all.components(separatedBy: "class=\"op delete\"").count == 31)
            let inserts = try await browser.get("/sessions/\(session.id)?of=resources&operation=insert").body
            #expect(inserts.contains("No change is listed here."))
            let csv = try await browser.get("/sessions/\(session.id)/changes.csv")
            #expect(csv.headers[.contentType] == "text/csv; charset=utf-8")
            #expect(csv.body.hasPrefix("kind,operation,cause,mapping,key,property,before,after\n"))
            #expect(csv.body.contains(",HR_Person,E20,LastName,Name <20>,\n"))
        }
    }

    @Test func `a blocked run whose changes were superseded ends`() async throws {
        try await withBlocked { server, _, session in
            var files = Company.files
            files[0].text = files[0].text.replacing(
                "ConnectionColumn=\"Last name\"", with: "ConnectionColumn=\"Last name\" Format=\"MultivaluedText\"")
            let report = try await server.application.deployment.deploy(
                files: files, simulateOnly: false, forceCascadeDelete: true, by: "test")
            #expect(report.errors == [])
            await server.application.housekeeping.once()
            let instance = try #require(try await server.jobs.instance("i")?.instance)
            #expect(instance.state == .cancelled)
            #expect(instance.message?.contains("superseded") == true)
            let page = try await Browser.signedIn(server).get("/sessions/\(session.id)").body
            #expect(page.contains("Superseded"))
        }
    }
}
