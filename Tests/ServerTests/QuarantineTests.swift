import API
import Crypto
import Foundation
import HTTPTypes
import Storage
import Testing
import WeirConfiguration

@testable import Server

/// The rows that were set aside, as tools and visitors see them.
@Suite struct QuarantineTests {
    /// Texts that try to become more than text.
    private static let script = #"E1,"<script>alert(1)</script>"#
    private static let formula = "=HYPERLINK(\"http://x\"),b"
    private static let bidi = "E3,user\u{202E}gpj.exe␀\u{FFFD}"
    private static let long = "E4," + String(repeating: "x", count: 1_000_000)

    private static func row(
        _ line: Int, _ reason: String, _ key: String, _ raw: String, mapping: String = "HR_Person"
    ) -> [String] {
        [mapping, "HRPeople.csv", "\(line)", "\(line * 30)", reason, key, raw]
    }

    private static let hostile = [
        row(40_001, "a quote is not closed at the end of its field", "", script),
        row(40_002, "column \"Last name\" is not text", "=E2", formula),
        row(40_003, "a character U+0000", "E3", bidi), row(40_004, "a character U+0000", "<b>E4</b>", long),
    ]

    private static func csv(_ rows: [[String]]) -> String {
        rows.map { row in
            row.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ",") + "\n"
        }.joined()
    }

    /// Sends what a preparation set aside, with two persons who are applied before, and closes its session.
    private func quarantine(
        _ server: TestServer, rejected: [[String]], carried: [[String]] = [], tables: [SentQuarantineTable]? = nil
    ) async throws {
        let walk = AgentWalk(server: server)
        try await walk.move(to: .running)
        try await walk.task(2, .running)
        let (sealed, lease) = try await walk.sealedSession()
        #expect(try await walk.synchronize(sealed, lease).state == .applied)
        let state: ConnectorState = try await walk.call(.get, "/api/Connectors/Connector/HR")
        let session: Session = try await walk.call(
            .post, "/api/Connectors/SynchronizeSession",
            body: OpenSession(
                connector: "HR", mode: .incremental, content: .full, base: state.version,
                fingerprint: state.fingerprint, leaseToken: lease.token, jobInstance: "i", taskInstance: "i-close"))
        let mappings = Set((rejected + carried).map { $0[0] }).sorted()
        var sent = SentQuarantine(
            tables: tables
                ?? mappings.map { mapping in
                    SentQuarantineTable(
                        mapping: mapping, table: "HRPeople", rejected: rejected.count { $0[0] == mapping },
                        carried: carried.count { $0[0] == mapping })
                })
        for (list, rows) in [(QuarantineList.rejected, rejected), (.carried, carried)] where !rows.isEmpty {
            let text = Self.csv([list.columns] + rows)
            let hash = SHA256.hash(data: Data(text.utf8)).map { String(format: "%02x", $0) }.joined()
            let response = try await server.put(
                "/api/Connectors/SynchronizeSession/\(session.id)/Quarantine/\(list.rawValue)"
                    + "?leaseToken=\(lease.token)&sha256=\(hash)", as: "Job", text: text)
            #expect(response.status == 204, "\(response.body)")
            switch list {
            case .rejected: sent.rejectedSha256 = hash
            case .carried: sent.carriedSha256 = hash
            case .named: sent.namedSha256 = hash
            }
        }
        let closed: Session = try await walk.call(
            .post, "/api/Connectors/SynchronizeSession/\(session.id)/Close",
            body: CloseSession(leaseToken: lease.token, quarantine: sent))
        #expect(closed.state == .unchanged)
    }

    private func withHostileRows(_ test: @Sendable (TestServer, Browser) async throws -> Void) async throws {
        try await TestServer.run { server in
            try await server.withEngine {
                try await quarantine(
                    server, rejected: Self.hostile,
                    carried: [
                        ["HR_Person", "E1", "", "line 40002 was rejected: column \"Last name\" is not text"],
                        ["HR_Person_Organization", "HQ", "E1", "line 40002 was rejected"],
                    ])
                try await test(server, try await Browser.signedIn(server))
            }
        }
    }

    // MARK: The API

    @Test func `the API lists the rows as they are, a long one in part`() async throws {
        try await withHostileRows { server, _ in
            let page = try await server.call(.get, "/api/Connectors/RejectedRow?connector=HR&pageSize=3")
                .json(Page<RejectedRow>.self)
            #expect(page.items.map(\.raw) == [Self.script, Self.formula, Self.bidi])
            #expect(page.items.map(\.key) == [nil, "=E2", "E3"])
            #expect(page.items.map(\.line) == [40_001, 40_002, 40_003])
            #expect(page.items.map(\.offset) == [1_200_030, 1_200_060, 1_200_090])
            let token = try #require(page.continuationToken)
            let last = try await server.call(
                .get, "/api/Connectors/RejectedRow?connector=HR&pageSize=3&continuationToken=\(token)"
            ).json(Page<RejectedRow>.self)
            #expect(last.items.map(\.raw) == [String(Self.long.prefix(65_536))])
            #expect(last.items.map(\.rawLength) == [1_000_003])
            #expect(last.continuationToken == nil)
            let carried = try await server.call(.get, "/api/Connectors/RejectedRow/Carried?connector=HR")
                .json(Page<CarriedRow>.self)
            #expect(
                carried.items.map { [$0.mapping, $0.key, $0.key2] } == [
                    ["HR_Person", "E1", nil], ["HR_Person_Organization", "HQ", "E1"],
                ])
            let summary = try await server.call(.get, "/api/Connectors/RejectedRow/Summary").json(Page<Quarantine>.self)
            #expect(summary.items.map { [$0.rejected, $0.listedRejected, $0.carried] } == [[4, 4, 1], [0, 0, 1]])
        }
    }

    @Test func `the CSV file has whole rows, and no formulas`() async throws {
        try await withHostileRows { server, browser in
            let expected =
                [
                    ["connector", "mapping", "file", "line", "offset", "reason", "key", "first seen", "raw"]
                ]
                + Self.hostile.map { row in
                    ["HR", row[0], row[1], row[2], row[3], row[4], row[5] == "=E2" ? "'=E2" : row[5], "T", row[6]]
                }
            for answer in [
                try await server.call(.get, "/api/Connectors/RejectedRow?connector=HR&format=csv"),
                try await browser.get("/quarantine/HR/rejected.csv"),
            ] {
                #expect(answer.headers[.contentType] == "text/csv; charset=utf-8")
                #expect(answer.headers[.contentDisposition]?.contains("rejected-HR.csv") == true)
                var found = Self.parsed(answer.body)
                for index in found.indices.dropFirst() { found[index][7] = "T" }
                // The apostrophe keeps a spreadsheet from computing what a source wrote.
                #expect(found == expected.map { $0.map { $0 == Self.formula ? "'" + $0 : $0 } })
            }
            let carried = try await browser.get("/quarantine/HR/carried.csv").body
            #expect(
                Self.parsed(carried).map { $0.prefix(4) } == [
                    ["connector", "mapping", "key", "second key"], ["HR", "HR_Person", "E1", ""],
                    ["HR", "HR_Person_Organization", "HQ", "E1"],
                ])
            let wrong = try await server.call(.get, "/api/Connectors/RejectedRow?format=xml")
            #expect(wrong.code == .invalidRequest)
            let unknown = try await server.call(.get, "/api/Connectors/RejectedRow?connector=AD")
            #expect(unknown.code == .notFound)
        }
    }

    /// RFC 4180, for short files.
    private static func parsed(_ text: String) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var field = String.UnicodeScalarView()
        var isQuoted = false
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\"" where isQuoted && scalars.first == "\"": field.append(scalars.removeFirst())
            case "\"": isQuoted.toggle()
            case "," where !isQuoted, "\n" where !isQuoted:
                row.append(String(field))
                field = String.UnicodeScalarView()
                if scalar == "\n" {
                    rows.append(row)
                    row = []
                }
            default: field.append(scalar)
            }
        }
        return rows
    }

    @Test func `without the permission nothing of it is shown`() async throws {
        try await withHostileRows { server, _ in
            for client in ["Op", "Job", "Nobody"] {
                for path in ["", "?format=csv", "/Summary", "/Carried"] {
                    let answer = try await server.call(.get, "/api/Connectors/RejectedRow" + path, as: client)
                    #expect(answer.status == 403, "\(client) \(path)")
                }
            }
            try await server.application.users.add("bob", profile: "Operator", password: "correct horse", by: "test")
            let operatorBrowser = Browser(server)
            _ = try await operatorBrowser.signIn("bob", "correct horse")
            let home = try await operatorBrowser.get("/").body
            #expect(!home.contains("Quarantine") && !home.contains("rejected"))
            for path in ["/quarantine", "/quarantine/HR", "/quarantine/HR/rejected.csv", "/quarantine/HR/carried.csv"] {
                let answer = try await operatorBrowser.get(path)
                #expect(answer.status == 403)
                // The form's token is random text: any two characters may stand in it.
                let shown = answer.body.replacing(/name="formToken" value="[^"]*"/, with: "")
                #expect(!shown.contains("E1"))
            }
        }
    }

    // MARK: The pages

    @Test func `home says how many rows are set aside, and leads to them`() async throws {
        try await withHostileRows { _, browser in
            let home = try await browser.get("/").body
            #expect(
                home.contains("4 rejected rows; 2 resources and links are kept as of the last good run (HRPeople)."))
            #expect(home.contains("href=\"/quarantine/HR\""))
            let all = try await browser.get("/quarantine").body
            #expect(all.contains("<a href=\"/quarantine/HR\"><bdi>HR</bdi></a>"))
        }
        try await TestServer.run { server in
            let browser = try await Browser.signedIn(server)
            #expect(try await browser.get("/").body.contains("Nothing is blocked, failed or set aside."))
            #expect(try await browser.get("/quarantine").body.contains("No row is set aside"))
            #expect(try await browser.get("/quarantine/HR").body.contains("The last run could use every row."))
            #expect(try await browser.get("/quarantine/AD").status == 404)
            #expect(try await browser.get("/quarantine/HR?after=x").status == 400)
        }
    }

    @Test func `the page shows hostile text as text, and a long row in part`() async throws {
        try await withHostileRows { _, browser in
            let page = try await browser.get("/quarantine/HR").body
            #expect(page.contains("HRPeople.csv, line 40,001"))
            #expect(page.contains("byte 1,200,030"))
            #expect(page.contains("E1,&quot;&lt;script&gt;alert(1)&lt;/script&gt;"))
            #expect(page.contains("user‹U+202E›gpj.exe␀\u{FFFD}"))
            #expect(page.contains("&lt;b&gt;E4&lt;/b&gt;"))
            #expect(!page.contains("<script>alert"))
            #expect(page.contains(String(repeating: "x", count: 1_997) + "…"))
            #expect(!page.contains(String(repeating: "x", count: 1_998)))
            #expect(page.contains("The row has 1,000,003 characters; the CSV file has them all."))
            let kept = try await browser.get("/quarantine/HR?of=carried").body
            #expect(kept.contains("<bdi>HQ</bdi> – <bdi>E1</bdi>"))
        }
    }

    @Test func `the list is filtered by table and reason, and paged`() async throws {
        try await TestServer.run { server in
            try await server.withEngine {
                let persons = (1...120).map { Self.row($0, $0 > 60 ? "a & b" : "c", "", "p\($0)") }
                let others = [Self.row(1, "c", "", "organization", mapping: "HR_Organization")]
                try await quarantine(
                    server, rejected: persons + others,
                    tables: [
                        SentQuarantineTable(
                            mapping: "HR_Organization", table: "HROrganizations", rejected: 1, carried: 0),
                        SentQuarantineTable(mapping: "HR_Person", table: "HRPeople", rejected: 5_000, carried: 0),
                    ])
                let browser = try await Browser.signedIn(server)
                var shown: [String] = []
                var path: String? = "/quarantine/HR?mapping=HR_Person"
                while let next = path {
                    let page = try await browser.get(next).body
                    #expect(page.contains("The first 121 of 5,001 rows are listed"))
                    shown += page.components(separatedBy: "<pre class=\"raw\" tabindex=\"0\"><bdi>").dropFirst()
                        .compactMap { $0.components(separatedBy: "</bdi>").first }
                    path = Self.link("Next page", in: page)
                }
                #expect(shown == (1...120).map { "p\($0)" })
                let page = try await browser.get("/quarantine/HR?mapping=HR_Person").body
                let reason = try #require(Self.link("<bdi>a &amp; b (60)</bdi>", in: page))
                let filtered = try await browser.get(reason).body
                #expect(filtered.contains("<bdi>p61</bdi>") && !filtered.contains("<bdi>p60</bdi>"))
                let csv = try #require(Self.link("Download as CSV", in: filtered))
                #expect(try await browser.get(csv).body.split(separator: "\n").count == 61)
            }
        }
    }

    private static func link(_ title: String, in html: String) -> String? {
        let parts = html.components(separatedBy: ">\(title)</a>")
        guard parts.count > 1 else { return nil }
        let start = parts[0].components(separatedBy: "href=\"").last
        return start?.components(separatedBy: "\"").first?.replacing("&amp;", with: "&")
    }

    @Test func `a carried resource and its link are marked until the row is mended`() async throws {
        try await withHostileRows { server, browser in
            let list = try await browser.get("/resources/HR_Person").body
            #expect(list.components(separatedBy: ">Kept</span>").count == 2)
            let path = try #require(
                list.components(separatedBy: "<th scope=\"row\"><a href=\"").dropFirst()
                    .first { $0.contains(">Kept</span>") && $0.contains("Ångström") }?
                    .components(separatedBy: "\"").first)
            let page = try await browser.get(path).body
            #expect(page.contains("Kept because a source row was rejected"))
            #expect(
                page.contains(
                    "shown as of the last good run: line 40002 was rejected: column &quot;Last name&quot; is not text"))
            #expect(page.contains("href=\"/quarantine/HR\">See the rejected rows</a>"))
            #expect(page.components(separatedBy: ">Kept</span>").count == 2)
            let organization = try #require(
                page.components(separatedBy: "/resources/HR_Organization/").dropFirst().first?
                    .components(separatedBy: "\"").first)
            let linked = try await browser.get("/resources/HR_Organization/\(organization)").body
            #expect(!linked.contains("Kept because a source row was rejected"))
            #expect(linked.components(separatedBy: ">Kept</span>").count == 2)
            let all = try await browser.get("/resources/HR_Organization/\(organization)/links/Persons").body
            #expect(all.components(separatedBy: ">Kept</span>").count == 2)
            try await server.database.write { transaction in
                for table in ["US_RejectedRows", "US_CarriedRows", "US_Quarantines"] {
                    try transaction.execute("DELETE FROM \(identifier: table)")
                }
            }
            let mended = try await browser.get(path).body
            #expect(!mended.contains("Kept") && !mended.contains("rejected"))
        }
    }

    @Test func `a task with rejected rows leads to them`() async throws {
        try await withHostileRows { server, browser in
            let model = try await server.model()
            let task = try #require(model.job(AgentWalk.job)?.tasks[1])
            let change = TaskInstanceChange(
                jobInstance: "i", task: task.identifier, order: 1, installation: AgentWalk.installation,
                state: .completed, produced: true, counters: ["rejected": 4])
            let _: RunStatus = try await AgentWalk(server: server).call(
                .patch, "/api/Jobs/TaskInstance/i-1", body: change)
            let run = try await browser.get("/runs/i").body
            #expect(run.contains("<a href=\"/quarantine/HR\">See the rejected rows</a>"))
            try await server.application.users.add("bob", profile: "Operator", password: "correct horse", by: "test")
            let operatorBrowser = Browser(server)
            _ = try await operatorBrowser.signIn("bob", "correct horse")
            #expect(try await !operatorBrowser.get("/runs/i").body.contains("See the rejected rows"))
        }
    }
}
