import ProcessSupport
import Testing

/// A server whose agent is not there.
struct AgentAwayTests {
    @Test func `a launched job that no agent takes ends in an error that says what to start`() async throws {
        let site = try Site.withoutAgent()
        try await Browser.open(site) { browser in
            try await browser.signIn(site, to: "/jobs")
            try await browser.launch(Site.job)
            #expect(try await browser.text("#live").contains("waits for its agent"))
            try await browser.waitForState("Error")
            let message = try await browser.text("#live .notice")
            #expect(message.contains("AgentIdentifier"), "\(message)")
            #expect(message.contains("JobLaunchTimeout"), "\(message)")
            #expect(message.contains("Local"), "\(message)")
            // The next step: with an agent there, it can be launched again from here.
            try await browser.click(.link(Site.job))
            try await browser.wait("the job's page") { try await $0.path() == "/jobs/\(Site.jobIdentifier)" }
            #expect(try await browser.texts("tbody .badge") == ["Error"])
            try await browser.click(.button("Launch"))
            try await browser.wait("a second run") { try await $0.path().hasPrefix("/runs/") }
            #expect(try site.runs() == "2")
            try await browser.waitForState("Error")
            try await browser.go("/")
            #expect(try await browser.texts("a.attention .badge") == ["Error"])
        }
    }
}
