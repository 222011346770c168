import API
import Foundation
import Storage
import Testing
import WeirConfiguration

@testable import Server

@Suite struct ResourcePageTests {
    /// 120 persons named `Name 000` …, in one organization, and one with a dangerous name.
    private func withPeople(_ test: @Sendable (TestServer, Browser) async throws -> Void) async throws {
        try await TestServer.run { server in
            try await server.withEngine {
                let numbers = (0..<120).map { String(format: "%03d", $0) }
                let persons =
                    "EmployeeId,LastName\n" + numbers.map { "E\($0),Name \($0)\n" }.joined()
                    + "X1,\"\u{202E}<script>alert(1)</script>\"\nX2,\n"
                let links = "Key1,Key2\n" + numbers.map { "HQ,E\($0)\n" }.joined()
                let walk = AgentWalk(server: server)
                try await walk.move(to: .running)
                try await walk.task(2, .running)
                let (session, lease) = try await walk.sealedSession(
                    mode: .initial,
                    files: [
                        ("HR_Person", true, persons), ("HR_Organization", true, AgentWalk.organizations),
                        ("HR_Person_Organization", false, links),
                    ])
                let applied = try await walk.synchronize(session, lease)
                #expect(applied.state == .applied, "\(applied.detail ?? "")")
                try await test(server, try await Browser.signedIn(server))
            }
        }
    }

    /// The names of a table page, in order.
    private func names(_ html: String) -> [String] {
        html.components(separatedBy: "<th scope=\"row\"><a href=\"").dropFirst().compactMap { part in
            part.components(separatedBy: "<bdi>").dropFirst().first?.components(separatedBy: "</bdi>").first
        }
    }

    private func link(_ title: String, in html: String) -> String? {
        let parts = html.components(separatedBy: "\">\(title)</a>")
        guard parts.count > 1 else { return nil }
        return parts[0].components(separatedBy: "href=\"").last?.replacing("&amp;", with: "&")
    }

    @Test func `resources are paged by name, each once`() async throws {
        try await withPeople { _, browser in
            var seen: [String] = []
            var path: String? = "/resources/HR_Person"
            while let next = path {
                let page = try await browser.get(next).body
                #expect(page.contains("122 resources in all"))
                seen += names(page)
                path = link("Next page", in: page)
            }
            #expect(seen.count == 122)
            #expect(Set(seen).count == 122)
            #expect(seen.dropFirst(1).prefix(2) == ["Name 000", "Name 001"])
        }
    }

    @Test(arguments: [
        ("name 11", ["Name 110", "Name 111", "Name 112"]), ("E005", ["Name 005"]), ("Nothing", []),
    ])
    func `a search finds names and keys by their beginning`(text: String, found: [String]) async throws {
        try await withPeople { _, browser in
            let page = try await browser.get("/resources/HR_Person?q=" + PagePath.segment(text)).body
            #expect(Array(names(page).prefix(3)) == found)
        }
    }

    @Test func `a resource shows its properties and leads to its links and back`() async throws {
        try await withPeople { server, browser in
            let list = try await browser.get("/resources/HR_Person?q=E007").body
            let person = try #require(
                list.components(separatedBy: "<th scope=\"row\"><a href=\"").dropFirst().first?
                    .components(separatedBy: "\"").first)
            let page = try await browser.get(person).body
            #expect(page.contains("<bdi>E007</bdi>"))
            let organization = try #require(
                page.components(separatedBy: "/resources/HR_Organization/").dropFirst().first?
                    .components(separatedBy: "\"").first)
            let back = try await browser.get("/resources/HR_Organization/\(organization)").body
            #expect(back.contains("Name 000"))
            let all = try #require(link("Show all", in: back))
            #expect(names(try await browser.get(all).body).count == 50)
        }
    }

    @Test func `a stored value with a script is shown as text`() async throws {
        try await withPeople { _, browser in
            let page = try await browser.get("/resources/HR_Person?q=X1").body
            #expect(page.contains("‹U+202E›&lt;script&gt;alert(1)&lt;/script&gt;"))
            #expect(!page.contains("<script>alert"))
        }
    }

    @Test func `an entity type is shown only to those who may view it`() async throws {
        try await TestServer.run { server in
            let browser = try await Browser.signedIn(server, profile: "Operator")
            let page = try await browser.get("/resources/HR_Person")
            #expect(page.status == 403)
            #expect(page.body.contains("/Custom/Resources/HR_Person/View"))
        }
    }

    @Test(arguments: [
        ("20260131093000", "2026-01-31 09:30:00 UTC"), ("20260131000000", "2026-01-31"), ("soon", "soon"),
    ])
    func `a stored date is shown as people read it`(stored: String, shown: String) {
        #expect(StoredValue.text(stored, .dateTime) == shown)
    }
}
