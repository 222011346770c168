import ProcessSupport
import Testing

/// Simulating on the pages, and what a live page keeps for the one who uses it.
struct SimulationTests {
    @Test func `a simulation is launched, looked at by cause, and approved as it is`() async throws {
        let site = try Site.demo()
        try site.company.day(2)
        try await Browser.open(site) { browser in
            try await browser.signIn(site, to: "/jobs/\(Site.jobIdentifier)")
            try await browser.click(.button("Simulate"))
            try await browser.wait("the run's page") { try await $0.path().hasPrefix("/runs/") }
            let run = try await browser.path()
            try await browser.waitForState("Planned")
            #expect(try site.company.query("select count(*) from UR_Resources where Type = 'HR_Person'") == "500")
            #expect(try await browser.text("section.held h2") == "Simulated: this would change")

            try await browser.click(.link("See all changes, with before and after"))
            try await browser.wait("the review") { try await $0.path().hasPrefix("/sessions/") }
            #expect(try await browser.text("h1 .badge") == "Planned")
            let causes = try await browser.texts("ul.causes a")
            #expect(causes.contains("5 inserts of HR - Person"))
            try await browser.click(.link("4 updates of HR - Person"))
            try await browser.wait("the updates") { Set(try await $0.texts("ul.changes .op")) == ["update"] }
            #expect(try await browser.texts("ul.changes ins").contains("Szabó-Lefèvre"))
            try await browser.type("51", into: .css("input[name=key]"))
            try await browser.click(.button("Show"))
            try await browser.wait("one person") { try await $0.texts("ul.changes strong") == ["E00051"] }

            // The source goes on; what was looked at is applied.
            try site.company.day(3)
            try await browser.click(.button("Approve: apply these changes"))
            try await browser.wait("the run") { try await $0.path() == run }
            try await browser.waitForState("Completed", "Warning")
            #expect(try site.company.query("select count(*) from UR_Resources where Type = 'HR_Person'") == "501")
            #expect(try site.audited("approved") == "1")
            try await browser.click(.link("Changes"))
            try await browser.wait("what became of it") { try await $0.text("h1 .badge") == "Applied" }
            #expect(try await browser.text(".verdict").hasPrefix("Approved by user admin"))
        }
    }

    /// Events come from a source that the test speaks for, so that it knows when.
    @Test func `what moves on a run's page leaves focus and open parts where they are`() async throws {
        let site = try Site.demo()
        try site.company.day(3)
        try await Browser.open(site) { browser in
            try await browser.signIn(site, to: "/jobs")
            try await browser.launch(Site.job)
            try await browser.waitForState("Blocked")
            try await browser.command(
                "Page.addScriptToEvaluateOnNewDocument",
                [
                    "source": """
                    window.EventSource = class {
                      constructor() { window.source = this; this.heard = {}; }
                      addEventListener(name, listener) { this.heard[name] = listener; }
                      close() {}
                    };
                    """
                ])
            try await browser.go(try await browser.path())
            try await browser.script(
                """
                const live = document.querySelector("[data-events]");
                live.insertAdjacentHTML("beforeend", "<details><summary>More</summary>Text</details>");
                live.querySelector("details").open = true;
                [...live.querySelectorAll("a")].at(-1).focus();
                window.focused = document.activeElement;
                const next = live.cloneNode(true);
                next.querySelector("details").open = false;
                next.querySelector(".task strong").textContent = "Another title";
                next.querySelector(".log").insertAdjacentHTML("beforeend", "<li>one line more</li>");
                source.heard.live({ data: next.innerHTML });
                """)
            #expect(try await browser.script("return document.activeElement === focused && focused.tagName") == "A")
            #expect(try await browser.script("return document.querySelector('details').open") == true)
            #expect(try await browser.text(".task strong") == "Another title")
            #expect(try await browser.texts(".log li").last == "one line more")
        }
    }
}
