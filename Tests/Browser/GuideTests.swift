import ProcessSupport
import Testing

/// The last steps of the guide (REFERENCE §19): one opens the dashboard, launches, watches, looks at what came.
struct GuideTests {
    @Test func `sign in, launch, watch it end, walk to a manager; a held run is reviewed and resumed`() async throws {
        let site = try Site.demo()
        try await Browser.open(site) { browser in
            try await refused(browser, site)
            try await launched(browser, site)
            try await walked(browser)
            try await secondDay(browser, site)
            try await held(browser, site)
        }
    }

    /// A wrong password is explained, and the name is not typed again.
    private func refused(_ browser: Browser, _ site: Site) async throws {
        try await browser.go("/jobs")
        #expect(try await browser.path() == "/signin?next=%2Fjobs")
        try await browser.type("admin", into: .css("#user"))
        try await browser.type("wrong", into: .css("#password"))
        try await browser.click(.button("Sign in"))
        try await browser.wait("the refusal") { try await $0.text("[role=alert]") != "" }
        #expect(try await browser.text("[role=alert]") == "User name or password is wrong.")
        #expect(try await browser.script("return document.querySelector('#user').value") == "admin")

        try await browser.type(site.password, into: .css("#password"))
        try await browser.click(.button("Sign in"))
        try await browser.wait("where one wanted to go") { try await $0.path() == "/jobs" }
        let cookie = try await browser.cookie("weir")
        #expect(cookie["httpOnly"] == true)
        #expect(cookie["sameSite"] == "Lax")
    }

    /// The job is found by its display name, launched by an impatient hand, and moves without anybody touching the page.
    private func launched(_ browser: Browser, _ site: Site) async throws {
        try await browser.go("/")
        try await browser.click(.link("Job Execution"))
        try await browser.type("synchronize ch", into: .css("input[name=q]"))
        try await browser.click(.button("Find"))
        try await browser.wait("one job") { try await $0.texts("tbody th a") == [Site.job] }
        // Every page of this browser notes what its live part shows.
        try await browser.command(
            "Page.addScriptToEvaluateOnNewDocument",
            [
                "source": """
                addEventListener("DOMContentLoaded", () => {
                  const live = document.querySelector("[data-events]");
                  if (live) new MutationObserver(() => {
                    sessionStorage.moved = 1 + Number(sessionStorage.moved ?? 0);
                  }).observe(live, { childList: true, subtree: true, characterData: true, attributes: true });
                });
                """
            ])
        try await browser.doubleClick(.css("button[aria-label='Launch \(Site.job)']"))
        try await browser.wait("the run's page") { try await $0.path().hasPrefix("/runs/") }
        let page = try await browser.path()
        try await browser.waitForState("Completed", "No changes")
        #expect(try await browser.path() == page)
        #expect(try await browser.script("return Number(sessionStorage.moved) > 1") == true)
        #expect(try site.runs() == "1")
        #expect(try await browser.texts(".task strong").contains("HR - Synchronization (server side)"))
    }

    private func walked(_ browser: Browser) async throws {
        try await browser.click(.link("People"))
        try await browser.type("E00003", into: .css("input[name=q]"))
        try await browser.click(.button("Find"))
        try await browser.wait("one person") { try await $0.texts("tbody th a").count == 1 }
        try await browser.click(.css("tbody th a"))
        try await browser.wait("the person") { try await $0.texts("dl.properties dd").first == "E00003" }
        #expect(try await browser.texts("dl.properties dd").contains("Head of Accounting"))
        try await browser.click(Self.manager)
        try await browser.wait("the manager") { try await $0.texts("dl.properties dd").first == "E00002" }
        try await browser.click(Self.manager)
        try await browser.wait("the manager's manager") { try await $0.texts("dl.properties dd").first == "E00001" }
        #expect(try await browser.texts("dl.properties dd").contains("Managing Director"))
    }

    private func secondDay(_ browser: Browser, _ site: Site) async throws {
        try site.company.day(2)
        try await browser.launch(Site.job)
        try await browser.waitForState("Completed")
        #expect(try site.company.query("select count(*) from UR_Resources where Type = 'HR_Person'") == "501")
        try await browser.go("/resources/HR_Person?q=E00051")
        try await browser.click(.css("tbody th a"))
        try await browser.wait("the new title") {
            try await $0.texts("dl.properties dd").contains(#"Senior Expert, "level 3""#)
        }
    }

    /// Held with threshold, limit and number; before and after are there to see; a double click resumes once.
    private func held(_ browser: Browser, _ site: Site) async throws {
        try site.company.day(3)
        let people = try site.company.read("sources/current/people.csv")
        try site.company.write(
            people.replacing("Managing Director", with: "Chief Executive"), to: "sources/current/people.csv")
        try await browser.launch(Site.job)
        try await browser.waitForState("Blocked")
        #expect(try site.company.query("select count(*) from UR_Resources where Type = 'HR_Person'") == "501")
        #expect(
            try await browser.texts("ul.violations li").first
                == "MaximumDeletedLines of Connector \"HR\" is 100, and 151 would be deleted.")
        let run = try await browser.path()

        try await browser.go("/")
        #expect(try await browser.text("a.attention .badge") == "Blocked")
        try await browser.click(.css("a.attention"))
        try await browser.wait("the run again") { try await $0.path() == run }
        try await browser.click(.css("section.held a[href^='/sessions/']"))
        try await browser.wait("the review") { try await $0.path().hasPrefix("/sessions/") }
        try await show("delete", browser)
        try await browser.wait("the deletes") {
            Set(try await $0.texts("ul.changes .op")) == ["delete"]
        }
        #expect(try await browser.text("ul.changes dl.values").contains("@contoso.example"))
        try await show("update", browser)
        try await browser.wait("the update") { try await $0.texts("ul.changes .op") == ["update"] }
        #expect(try await browser.texts("ul.changes del") == ["Managing Director"])
        #expect(try await browser.texts("ul.changes ins") == ["Chief Executive"])

        try await browser.doubleClick(.button("Resume: apply these changes"))
        try await browser.wait("the run once more") { try await $0.path() == run }
        try await browser.waitForState("Completed", "Warning")
        #expect(try site.audited("approved") == "1")
        #expect(try site.company.query("select count(*) < 400 from UR_Resources where Type = 'HR_Person'") == "1")
        #expect(try site.runs() == "3")
        try await browser.go("/")
        #expect(try await browser.texts("a.attention").contains { $0.contains("Blocked") } == false)
    }

    private func show(_ operation: String, _ browser: Browser) async throws {
        try await browser.script("document.querySelector('select[name=operation]').value = '\(operation)'")
        try await browser.script("document.querySelector('select[name=cause]').value = ''")
        try await browser.script("document.querySelector('select[name=mapping]').value = ''")
        try await browser.click(.button("Show"))
    }

    /// The link of the card that is headed Manager.
    private static let manager = Browser.Place.xpath("//section[h2[normalize-space()='Manager']]//a")
}
