import Foundation
import ProcessSupport
import Testing

/// The ways out of a held run, with a browser that runs no scripts.
struct DecisionTests {
    @Test func `without JavaScript one launches, watches, reviews and rejects`() async throws {
        let site = try Site.demo()
        try await Browser.open(site) { browser in
            try await browser.setScripts(false)
            try await browser.signIn(site, to: "/jobs")
            // No script stops the second click: both reach the server, with one instance.
            try await browser.doubleClick(.css("button[aria-label='Launch \(Site.job)']"))
            try await browser.wait("the run's page") { try await $0.path().hasPrefix("/runs/") }
            try await browser.waitForState("Completed", "No changes")
            #expect(try site.runs() == "1")
            #expect(try await browser.texts("time").first?.hasSuffix("UTC") == true)

            try site.company.day(3)
            try await browser.launch(Site.job)
            try await browser.waitForState("Blocked")
            let run = try await browser.path()
            try await mismatched(browser, run)
            try await rejected(browser, run, site)
        }
    }

    /// What is approved is what was shown: another change set is refused.
    private func mismatched(_ browser: Browser, _ run: String) async throws {
        try await browser.script(
            "document.querySelector('input[name=changeSet]').value = '0'.repeat(64)")
        try await browser.click(.button("Resume: apply these changes"))
        try await browser.wait("an explanation") { try await $0.path().hasSuffix("/approve") }
        #expect(try await browser.text("h1") == "The changes are not the ones you looked at")
        try await browser.expectNextStep()
        try await browser.go(run)
        #expect(try await browser.state() == "Blocked")
    }

    private func rejected(_ browser: Browser, _ run: String, _ site: Site) async throws {
        let other = Visitor(site)
        try await other.signIn(site)
        let asSeenBefore = try await other.get(run)

        let reason = "The file of <day 3> was cut"
        try await browser.type(reason, into: .css("#reason"))
        try await browser.click(.button("Reject"))
        try await browser.wait("the run") { try await $0.path() == run }
        try await browser.waitForState("Cancelled")
        #expect(try await browser.text("#live .notice").contains(reason))
        #expect(try site.company.query("select count(*) from UR_Resources where Type = 'HR_Person'") == "500")
        #expect(try site.company.waitingChanges() == "0")

        // Somebody else still has the page with its buttons open.
        let action = try #require(asSeenBefore.html.firstMatch(of: /action="(\/sessions\/[^"]+\/approve)"/)?.output.1)
        let late = try await other.post(
            String(action),
            [
                "formToken": asSeenBefore.hidden("formToken") ?? "",
                "changeSet": asSeenBefore.hidden("changeSet") ?? "",
            ])
        #expect(late.status == 409)
        #expect(late.html.contains("<h1>There is nothing to decide any more</h1>"))
        #expect(try site.audited("approved") == "0")

        // The next run starts from what the rejected one left: the same cut file is held again.
        try await browser.launch(Site.job)
        try await browser.waitForState("Blocked")
        let held = try await browser.path()

        // A run after that leaves the connector out, and does not hide what waits.
        try await browser.launch(Site.job)
        try await browser.waitForState("Warning")
        try await browser.go("/")
        #expect(try await browser.texts("a.attention .badge") == ["Blocked", "Warning", "Quarantine"])
        try await browser.click(.css("a.attention:nth-of-type(2)"))
        try await browser.wait("the last run") { try await $0.state() == "Warning" }
        try await browser.click(.link("Review what is held"))
        try await browser.wait("what is held") { try await $0.path() == held }
    }

    @Test func `a hundred clicks on Launch and on Resume are one`() async throws {
        let site = try Site.demo()
        let visitor = Visitor(site)
        try await visitor.signIn(site)
        try site.company.day(3)
        let page = try await visitor.get("/jobs/\(Site.jobIdentifier)")
        let launch = ["formToken": page.hidden("formToken") ?? "", "instance": page.hidden("instance") ?? ""]
        let launched = try await answers(visitor, "/jobs/\(Site.jobIdentifier)/launch", launch)
        #expect(Set(launched.map(\.status)) == [303])
        let run = try #require(launched[0].location)
        #expect(Set(launched.map(\.location)) == [run])
        #expect(try site.runs() == "1")

        try await Browser.open(site) { browser in
            try await browser.signIn(site, to: run)
            try await browser.waitForState("Blocked")
        }
        let held = try await visitor.get(run)
        let action = try #require(held.html.firstMatch(of: /action="(\/sessions\/[^"]+\/approve)"/)?.output.1)
        let resumed = try await answers(
            visitor, String(action),
            ["formToken": held.hidden("formToken") ?? "", "changeSet": held.hidden("changeSet") ?? ""])
        #expect(resumed.filter { $0.status == 303 }.isEmpty == false)
        try await Browser.open(site) { browser in
            try await browser.signIn(site, to: run)
            try await browser.waitForState("Completed", "Warning")
        }
        #expect(try site.company.query("select count(*) < 400 from UR_Resources where Type = 'HR_Person'") == "1")
        #expect(try site.runs() == "1")
    }

    private func answers(
        _ visitor: Visitor, _ path: String, _ fields: [String: String]
    ) async throws -> [Visitor.Answer] {
        try await withThrowingTaskGroup(of: Visitor.Answer.self) { group in
            for _ in 0..<100 { group.addTask { try await visitor.post(path, fields) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}
