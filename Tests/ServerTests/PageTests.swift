import API
import Foundation
import HTTPTypes
import Storage
import Testing

@testable import Server

@Suite struct PageTests {
    private static let job = "HR_Incremental"

    @Test func `every page asks who is there, and most for a permission`() async throws {
        try await TestServer.run { server in
            let visitor = Browser(server)
            let nobody = try await Browser.signedIn(server, profile: "Nobody")
            let token = Browser.formToken(try await nobody.get("/").body)
            for route in server.application.features.pages.routes {
                let path =
                    "/"
                    + route.path.split(separator: "/").map { $0.hasPrefix("{") ? "1" : $0 }
                    .joined(separator: "/")
                let fields = ["formToken": token]
                let unknown = route.method == .get ? try await visitor.get(path) : try await visitor.post(path, fields)
                #expect(unknown.status == 303, "\(route.path)")
                #expect(unknown.headers[.location]?.hasPrefix("/signin") == true)
                if path == "/" { continue }
                let refused = route.method == .get ? try await nobody.get(path) : try await nobody.post(path, fields)
                #expect(refused.status == 403, "\(route.path)")
                #expect(refused.body.contains("This is not allowed"))
            }
        }
    }

    @Test func `the menu shows what the visitor may see`() async throws {
        try await TestServer.run { server in
            let home = try await Browser.signedIn(server, profile: "Nobody").get("/").body
            #expect(!home.contains("Job Execution"))
            #expect(!home.contains("/resources/"))
        }
        try await TestServer.run { server in
            let home = try await Browser.signedIn(server).get("/").body
            #expect(home.contains("Job Execution"))
            #expect(home.contains("/resources/HR_Person"))
        }
    }

    @Test func `pages load nothing from elsewhere and are not framed`() async throws {
        try await TestServer.run { server in
            let browser = try await Browser.signedIn(server)
            for path in ["/", "/jobs", "/signin", "/nothing/at/all"] {
                let page = try await browser.get(path)
                let policy = try #require(page.headers[.contentSecurityPolicy])
                #expect(policy.contains("default-src 'none'"))
                #expect(policy.contains("frame-ancestors 'none'"))
                #expect(page.headers[.xContentTypeOptions] == "nosniff")
                #expect(!page.body.contains("style=\""))
                #expect(!page.body.contains("onclick"))
            }
            #expect(try await browser.get("/assets/weir.css").headers[.contentType] == "text/css; charset=utf-8")
            let script = try await browser.get("/assets/weir.js")
            #expect(script.body.contains("EventSource"))
        }
    }

    @Test func `a form without its token does nothing`() async throws {
        try await TestServer.run { server in
            let browser = try await Browser.signedIn(server)
            let path = "/jobs/\(Self.job)/launch"
            let forged = try await browser.post(path, ["formToken": "guess", "instance": "i"])
            #expect(forged.status == 403)
            #expect(forged.body.contains("nothing was done"))
            let crossSite = try await browser.post(path, ["instance": "i"], headers: [.secFetchSite: "cross-site"])
            #expect(crossSite.status == 403)
            #expect(try await server.jobs.instance("i") == nil)
        }
    }

    @Test func `two clicks on Launch are one run`() async throws {
        try await TestServer.run { server in
            let browser = try await Browser.signedIn(server)
            let list = try await browser.get("/jobs?q=Synchronize")
            let instance = Browser.field("instance", in: list.body)
            for _ in 1...2 {
                let launched = try await browser.post("/jobs/\(Self.job)/launch", ["instance": instance])
                #expect(launched.status == 303)
                #expect(launched.headers[.location] == "/runs/\(instance)")
            }
            #expect(try await server.jobs.history(job: Self.job, before: nil, limit: 9).count == 1)
            let page = try await browser.get("/runs/\(instance)")
            #expect(page.body.contains("Requested"))
            #expect(page.body.contains("waits for its agent"))
            let second = try await browser.post("/jobs/\(Self.job)/launch", ["instance": "another"])
            #expect(second.status == 409)
            #expect(second.body.contains("The job is running already"))
            let cancelled = try await browser.post("/runs/\(instance)/cancel", [:])
            #expect(cancelled.status == 303)
            #expect(try await browser.get("/runs/\(instance)").body.contains("cancelled by user alice"))
        }
    }

    @Test func `an agent that is not there is explained on the run's page`() async throws {
        try await TestServer.run { server in
            let browser = try await Browser.signedIn(server)
            _ = try await browser.post("/jobs/\(Self.job)/launch", ["instance": "i"])
            server.clock.advance(by: 8)
            await server.application.housekeeping.once()
            let page = try await browser.get("/runs/i")
            #expect(page.body.contains("The agent &quot;Local&quot; did not take the job within"))
        }
    }

    @Test(arguments: [
        "/jobs/Nothing", "/runs/nothing", "/runs/nothing/log/x", "/sessions/nothing", "/resources/Nothing",
        "/resources/HR_Person/4711", "/resources/HR_Person/x", "/resources/HR_Person/1/links/Nothing", "/nothing",
    ])
    func `an unknown address is a page that leads on`(path: String) async throws {
        try await TestServer.run { server in
            let page = try await Browser.signedIn(server).get(path)
            #expect(page.status == 404)
            #expect(page.body.contains("There is nothing here"))
            #expect(page.body.contains("class=\"button\""))
        }
    }

    @Test func `what a task does not say is not taken from the run`() async throws {
        try await TestServer.run { server in
            let walk = AgentWalk(server: server)
            try await walk.move(to: .running)
            try await walk.task(0, .completed)
            let change = JobInstanceChange(
                job: Self.job, state: .error, agent: "Local", installation: "one", message: "the whole run failed")
            _ = try await server.call(.patch, "/api/Jobs/JobInstance/i", as: "Job", body: change)
            let page = try await Browser.signedIn(server).get("/runs/i").body
            #expect(page.components(separatedBy: "the whole run failed").count == 2)
            #expect(page.contains("ExportTask · HRPeople"))
        }
    }

    @Test func `the events of a run bring its page's live part and end with it`() async throws {
        try await TestServer.run { server in
            let walk = AgentWalk(server: server)
            try await walk.move(to: .running)
            try await walk.task(0, .completed)
            try await walk.move(to: .completed)
            let events = try await Browser.signedIn(server).get("/runs/i/events")
            #expect(events.headers[.contentType] == "text/event-stream")
            #expect(events.body.hasPrefix("event: live\ndata: "))
            #expect(events.body.hasSuffix("event: state\ndata: completed\n\n"))
            let log = try await Browser.signedInAgain(server).get("/runs/i/log/i-0")
            #expect(log.body.contains("completed"))
        }
    }

    @Test func `an event holds only what changed`() {
        let first = RunEvents.Snapshot(state: .running, html: "a\nb")
        #expect(
            RunEvents.text(first, after: nil)
                == "event: live\ndata: a\ndata: b\n\nevent: state\ndata: running\n\n")
        #expect(
            RunEvents.text(RunEvents.Snapshot(state: .running, html: "c"), after: first) == "event: live\ndata: c\n\n")
        #expect(RunEvents.text(first, after: first) == "")
    }
}
