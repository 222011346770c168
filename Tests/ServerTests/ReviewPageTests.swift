import API
import Foundation
import HTTPTypes
import Storage
import Testing

@testable import Server

@Suite struct ReviewPageTests {
    private func withBlocked(_ test: @Sendable (TestServer, AgentWalk, Session) async throws -> Void) async throws {
        try await ReviewedCompany.withBlocked(test)
    }

    @Test func `a blocked run shows why, how much and what, and resumes with the hash that was shown`() async throws {
        try await withBlocked { server, walk, session in
            let browser = try await Browser.signedIn(server)
            let home = try await browser.get("/")
            #expect(home.body.contains("It waits for a decision."))
            let page = try await browser.get("/runs/i").body
            #expect(page.contains(" is 5 %, and 30 of 41 would be deleted."))
            // The export fell below MinPercentageRows; nothing is "more than" that.
            #expect(page.contains(" is 50 %, and the export has 10 rows of 40 stored."))
            #expect(!page.contains("are more than"))
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

    @Test func `the page filters by mapping, operation and key, and says when nothing is like that`() async throws {
        try await withBlocked { server, _, session in
            let browser = try await Browser.signedIn(server)
            let base = "/sessions/\(session.id)"
            let one = try await browser.get(base + "?key=e2&operation=delete&mapping=HR_Person").body
            // E20 to E29, the key in capitals.
            #expect(one.components(separatedBy: "class=\"op delete\"").count == 11)
            #expect(one.contains("Show all"))
            #expect(try await browser.get(base + "?key=%25").body.contains("No change is listed here."))
            #expect(try await browser.get(base + "?operation=drop").status == 400)
            #expect(try await browser.get(base + "?cause=magic").status == 400)
        }
    }

    @Test func `a session that waits no more says what became of it, who decided and when`() async throws {
        try await withBlocked { server, walk, session in
            let browser = try await Browser.signedIn(server)
            _ = try await browser.post(
                "/sessions/\(session.id)/approve", ["changeSet": session.changeSet ?? ""])
            try await walk.move(to: .running)
            let lease: Lease = try await walk.call(
                .post, "/api/Connectors/SynchronizeSession/Lease",
                body: LeaseRequest(connector: "HR", installation: "one", agent: "Local", jobInstance: "i"))
            #expect(try await walk.synchronize(session, lease).state == .applied)

            let page = try await browser.get("/sessions/\(session.id)").body
            #expect(page.contains("Applied: it made version 2"))
            #expect(page.contains("Approved by user alice, change set \(session.changeSet?.prefix(12) ?? "")"))
            #expect(page.contains("<time datetime=\"\(Moment(server.clock.now).iso)\""))
            // Its job keeps the list for SetRecentlyModifiedFlag.
            #expect(page.contains("Name &lt;20&gt;"))
            #expect(!page.contains("name=\"changeSet\""))
        }
    }

    @Test func `a rejected session tells its reason to whoever comes late`() async throws {
        try await withBlocked { server, _, session in
            let request = RejectSession(session: session.id, reason: "the file was cut")
            let refused = try await server.call(.post, "/api/Jobs/RunJob/Repair/Reject", as: "Job", body: request)
            #expect(refused.status == 403)
            for _ in 1...2 {
                let rejected = try await server.call(.post, "/api/Jobs/RunJob/Repair/Reject", as: "Op", body: request)
                    .json(Session.self)
                #expect(rejected.state == .rejected)
            }
            let late = try await server.call(
                .post, "/api/Jobs/RunJob/Repair", as: "Op",
                body: ApproveSession(session: session.id, changeSet: session.changeSet ?? ""))
            #expect(late.status == 409)
            #expect(late.code == .sessionState)
            #expect(late.body.contains("Rejected by client Op: the file was cut"))
            let review = try await server.call(.get, "/api/Connectors/ResourceChange/Review?session=\(session.id)")
                .json(ChangeReview.self)
            #expect(
                review.decisions == [
                    SessionDecision(
                        kind: .reject, changeSet: session.changeSet ?? "", decidedBy: "client Op",
                        decidedAt: server.clock.now, reason: "the file was cut")
                ])
            let audit = try await server.database.read { transaction in
                try transaction.count("SELECT count(*) FROM UA_Audit WHERE Action = 'rejected'")
            }
            #expect(audit >= 1)
        }
    }

    @Test func `the API finds the session by job or connector, and counts by mapping and operation`() async throws {
        try await withBlocked { server, _, session in
            let root = "/api/Connectors/ResourceChange"
            for query in ["session=\(session.id)", "job=HR_Incremental", "connector=HR", ""] {
                let review = try await server.call(.get, "\(root)/Review?\(query)", as: "Op").json(ChangeReview.self)
                #expect(review.session.id == session.id, "\(query)")
                #expect(review.job == "HR_Incremental")
                #expect(review.counts.map(\.count) == [30])
                #expect(review.counts.map(\.operation) == ["delete"])
            }
            #expect(try await server.call(.get, "\(root)/Review?job=Nightly").status == 404)
            #expect(try await server.call(.get, "\(root)/Review?job=Nothing").status == 404)
            #expect(try await server.call(.get, "\(root)/Review?connector=Nothing").status == 404)
            #expect(try await server.call(.get, "\(root)/Review?session=none").status == 404)
        }
    }

    @Test func `the API lists page by page, filters, and streams CSV with the values as they are`() async throws {
        try await withBlocked { server, _, session in
            let root = "/api/Connectors/ResourceChange"
            var keys: [String] = []
            var token = ""
            repeat {
                let page = try await server.call(
                    .get, "\(root)?session=\(session.id)&operation=delete&pageSize=7" + token
                ).json(Page<ResourceChange>.self)
                #expect(page.items.count <= 7)
                keys += page.items.map(\.key)
                token = page.continuationToken.map { "&continuationToken=\($0)" } ?? ""
            } while !token.isEmpty
            #expect(keys == (20..<50).map { "E\($0)" })
            let found = try await server.call(.get, "\(root)?session=\(session.id)&key=e4")
                .json(Page<ResourceChange>.self)
            #expect(found.items.map(\.key) == (40..<50).map { "E\($0)" })
            for wrong in ["operation=drop", "cause=magic", "continuationToken=x"] {
                let answer = try await server.call(.get, "\(root)?session=\(session.id)&\(wrong)")
                #expect(answer.status == 400, "\(wrong)")
            }
            let csv = try await server.call(.get, "\(root)/File?session=\(session.id)&key=E20")
            #expect(csv.headers[.contentType] == "text/csv; charset=utf-8")
            #expect(csv.body.hasPrefix(ChangeCSV.header))
            #expect(csv.body.contains(",HR_Person,E20,LastName,Name <20>,\n"))
            #expect(csv.body.split(separator: "\n").count == 3)
            let links = try await server.call(
                .get, "/api/Connectors/ResourceLinkChange/File?session=\(session.id)", as: "Op")
            #expect(links.body == ChangeCSV.header)
        }
    }
}
