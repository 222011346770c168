import Foundation
import ProcessSupport
import Testing

/// Administration › Quarantine, from the warning to the mended row.
struct QuarantineTests {
    private static let people = "sources/current/people.csv"

    /// Spoils two rows of the demo's people: a quote that is not closed, and a value that is markup and no date.
    private func spoil(_ company: Company) throws -> String {
        let good = try company.read(Self.people)
        var lines = good.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let first = try #require(lines.firstIndex { $0.hasPrefix("E00010;") })
        lines[first] = lines[first].replacing("E00010;", with: "E00010;\"")
        let second = try #require(lines.firstIndex { $0.hasPrefix("E00020;") })
        var fields = lines[second].split(separator: ";", omittingEmptySubsequences: false).map(String.init)
        let date = try #require(fields.lastIndex { $0.wholeMatch(of: /\d{4}-\d\d-\d\d/) != nil })
        fields[date] = "\"" + HostileValues.picture.replacing("\"", with: "\"\"") + HostileValues.reversed + "\""
        lines[second] = fields.joined(separator: ";")
        try company.write(lines.joined(separator: "\n"), to: Self.people)
        return good
    }

    @Test func `an operator finds a rejected row from the warning, mends it, and it is gone`() async throws {
        let site = try Site.demo()
        let good = try spoil(site.company)
        try await Browser.open(site) { browser in
            try await browser.signIn(site)
            #expect(try await browser.text("nav[aria-label=Main]").contains("Quarantine"))
            try await browser.launch(Site.job)
            try await browser.waitForState("Warning")
            try await browser.go("/")
            #expect(try await browser.texts("a.attention .badge") == ["Warning", "Quarantine"])
            try await browser.click(.css("a.attention:last-of-type"))
            try await browser.wait("the list") { try await $0.path() == "/quarantine/HR" }
            #expect(try await browser.texts(".quarantine .bad-text").count == 2)
            let raw = try await browser.texts(".quarantine .raw")
            #expect(raw[0].hasPrefix("E00010;\""))
            #expect(raw[1].contains("<img src=x onerror=") && raw[1].contains("user‹U+202E›gpj.exe"))
            #expect(try await browser.script("return document.querySelectorAll('main img, main script').length") == 0)
            try await looks(browser, "quarantine")

            // The resource says why it is not as its file says.
            try await browser.go("/resources/HR_Person?q=E00020")
            #expect(try await browser.texts("tbody .badge") == ["Kept"])
            try await looks(browser, "table")
            try await browser.click(.css("tbody th a"))
            try await browser.wait("the person") { try await $0.text(".notice.kept") != "" }
            #expect(try await browser.text(".notice.kept").contains("Kept because a source row was rejected"))
            try await looks(browser, "resource")
            try await browser.click(.link("See the rejected rows"))
            try await browser.wait("the list") { try await $0.path() == "/quarantine/HR" }
            try await browser.click(.xpath("//nav[@aria-label='Reason']/a[contains(., 'quote')]"))
            try await browser.wait("one reason") { try await $0.texts(".quarantine .raw").count == 1 }
            try await browser.click(.xpath("//nav[@aria-label='List']/a[contains(., 'Kept meanwhile')]"))
            try await browser.wait("what is kept") { try await $0.text(".quarantine").contains("E00020") }
            try await looks(browser, "kept")
            try await browser.go("/quarantine")
            try await looks(browser, "connectors")

            try site.company.write(good, to: Self.people)
            try await browser.launch(Site.job)
            try await browser.waitForState("No changes", "Completed")
            try await browser.go("/quarantine")
            #expect(try await browser.text("td.empty").contains("No row is set aside"))
            try await browser.go("/resources/HR_Person?q=E00020")
            #expect(try await browser.texts("tbody .badge") == [])
        }
    }

    /// Fits a narrow screen and can be read, in light and dark. With `WEIR_PICTURES` set, pictures are left there.
    private func looks(_ browser: Browser, _ name: String) async throws {
        for dark in [false, true] {
            for width in [360, 1280] {
                try await browser.show(width: width, dark: dark)
                let over = try await browser.script(
                    "return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                #expect(over == 0, "\(name) is \(over) px wider than a screen of \(width)")
                #expect(try await browser.script(Readable.faintTexts) == [], "\(name) \(width) px, dark: \(dark)")
                try await picture(browser, "\(name)-\(width)-\(dark ? "dark" : "light")")
            }
        }
        try await browser.show(width: 1280)
    }

    private func picture(_ browser: Browser, _ name: String) async throws {
        guard let folder = ProcessInfo.processInfo.environment["WEIR_PICTURES"] else { return }
        let shot = try await browser.command("Page.captureScreenshot", ["captureBeyondViewport": true])
        guard let data = shot["data"]?.text.flatMap({ Data(base64Encoded: $0) }) else { return }
        try data.write(to: URL(fileURLWithPath: "\(folder)/\(name).png"))
    }
}
