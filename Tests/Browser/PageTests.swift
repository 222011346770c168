import ProcessSupport
import Testing

/// What every page keeps: stored values are text, mistakes are explained, small and dark screens work.
@Suite(.sharedSite, .serialized) struct PageTests {
    private static let invisible = "/resources/HR_Person/9999999"

    @Test func `stored values with markup and hidden characters are shown as text`() async throws {
        let site = try SharedSite.site()
        try await Browser.open(site) { browser in
            try await browser.signIn(site, to: "/resources/HR_Person?q=X00001")
            #expect(try await browser.texts("tbody tr").count == 1)
            try await browser.click(.css("tbody th a"))
            try await browser.wait("the person") { try await $0.texts("dl.properties dd").first == "X00001" }
            #expect(
                try await browser.texts("dl.properties dd").prefix(6) == [
                    "X00001", HostileValues.script, HostileValues.picture, HostileValues.template, "—",
                    "user‹U+202E›gpj.exe",
                ])
            #expect(try await browser.texts("section.card ul.links a").contains { $0.contains("ad‹U+200B›min") })
            try await browser.go("/jobs")
            #expect(try await browser.texts("tbody th a").contains(HostileValues.jobTitle))
            for path in ["/resources/HR_Person?q=%3Cscript%3E", "/jobs?q=%22%3E%3Cimg+src%3Dx%3E", "/runs/%3Cb%3E"] {
                try await browser.go(path)
                #expect(
                    try await browser.script("return document.querySelectorAll('main script, main img, main b').length")
                        == 0)
            }
            let title = try await browser.script("return document.title")
            #expect(title.text?.contains("owned") == false)
        }
    }

    /// Everything that one can come to from the menu, signed in.
    private func paths(_ browser: Browser, _ site: Site) async throws -> [String] {
        let run = try site.company.query("select Id from UJ_JobInstances where State = 'blocked'")
        let loaded = try site.company.query("select Id from UJ_JobInstances where Job = 'InitializationJob'")
        let session = try site.company.query(
            "select Session from UJ_TaskInstances where JobInstance = '\(run)' and Session is not null limit 1")
        let task = try site.company.query("select Id from UJ_TaskInstances where JobInstance = '\(loaded)' limit 1")
        let person = try site.company.query("select Id from UR_Resources where C4 = 'E00001'")
        return [
            "/", "/jobs", "/jobs/\(Site.jobIdentifier)", "/runs/\(loaded)", "/runs/\(run)", "/sessions/\(session)",
            "/sessions/\(session)?of=links", "/runs/\(loaded)/log/\(task)", "/resources/HR_Person",
            "/resources/HR_Group", "/resources/HR_Person?q=X0", "/resources/HR_Person/\(person)",
            "/resources/HR_Person/\(person)/links/Reports", Self.invisible, "/runs/none", "/quarantine",
            "/quarantine/HR", "/quarantine/HR?of=carried",
        ]
    }

    @Test func `every page fits 360 pixels and can be read, in light and in dark`() async throws {
        let site = try SharedSite.site()
        try await Browser.open(site) { browser in
            try await browser.go("/signin")
            try await readable(browser, "/signin")
            try await browser.signIn(site)
            try await browser.wait("a held run") { browser in
                try await browser.go("/")
                return try await browser.text("a.attention .badge") == "Blocked"
            }
            for path in try await paths(browser, site) {
                try await browser.go(path)
                try await readable(browser, path)
            }
            // The menu opens without a script.
            try await browser.show(width: 360)
            try await browser.go("/")
            let isShown = "return document.querySelector('nav[aria-label=Main]').checkVisibility()"
            #expect(try await browser.script(isShown) == false)
            try await browser.click(.css(".menu-button"))
            #expect(try await browser.script(isShown) == true)
        }
    }

    private func readable(_ browser: Browser, _ path: String) async throws {
        var grounds: [JSON] = []
        for dark in [false, true] {
            for width in [360, 1280] {
                try await browser.show(width: width, dark: dark)
                let over = try await browser.script(
                    "return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                #expect(over == 0, "\(path) is \(over) px wider than a screen of \(width)")
                #expect(try await browser.script(Readable.faintTexts) == [], "\(path) \(width) px, dark: \(dark)")
            }
            grounds.append(try await browser.script("return getComputedStyle(document.body).backgroundColor"))
        }
        #expect(grounds[0] != grounds[1], "\(path) is the same in light and in dark")
    }

    @Test(arguments: [
        "/jobs/Nothing", "/runs/none", "/runs/none/log/none", "/sessions/none", "/resources/Nothing", invisible,
        "/resources/HR_Person/12x", "/resources/HR_Person?after=cut", "/nowhere",
    ])
    func `an address that leads nowhere is explained, with a way on`(path: String) async throws {
        let site = try SharedSite.site()
        let visitor = Visitor(site)
        try await visitor.signIn(site)
        let answer = try await visitor.get(path)
        #expect((400..<500).contains(answer.status))
        #expect(answer.html.contains("<h1>"), "\(answer.html)")
        #expect(answer.html.contains(#"<a class="button" href="/"#), "\(answer.html)")
    }

    @Test func `forms that are old, foreign or sent after the session ended do nothing, and say so`() async throws {
        let site = try SharedSite.site()
        try await Browser.open(site) { browser in
            try await browser.signIn(site, to: "/jobs")
            let runs = try site.runs()
            let launch = Browser.Place.css("button[aria-label='Launch \(Site.job)']")

            for change in ["field.value = 'x'.repeat(field.value.length)", "field.value = ''", "field.remove()"] {
                try await browser.go("/jobs")
                try await browser.script(
                    "for (const field of document.querySelectorAll('input[name=formToken]')) \(change)")
                try await browser.click(launch)
                try await browser.wait("an explanation") { try await $0.path().hasSuffix("/launch") }
                #expect(try await browser.text("main p").contains("nothing was done"), "\(change)")
                try await browser.expectNextStep()
            }

            try await browser.go("/jobs")
            try await browser.setCookie("weir", "ended")
            try await browser.click(launch)
            try await browser.wait("the sign-in page") { try await $0.path().hasPrefix("/signin") }
            #expect(try await browser.text("[role=status]").contains("Your session has ended"))
            #expect(try site.runs() == runs)
            // Signing in again leads back to where one was.
            try await browser.type("admin", into: .css("#user"))
            try await browser.type(site.password, into: .css("#password"))
            try await browser.click(.button("Sign in"))
            try await browser.wait("where one was") { try await $0.path() == "/jobs" }

            try await browser.click(.button("Sign out"))
            try await browser.wait("signed out") { try await $0.path() == "/signin" }
            try await browser.go("/jobs")
            #expect(try await browser.path().hasPrefix("/signin"))
        }
    }
}
