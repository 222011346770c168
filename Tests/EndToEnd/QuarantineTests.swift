import Foundation
import ProcessSupport
import Testing

/// Rows that a run cannot use: set aside, listed, and gone from the list when they are mended.
struct QuarantineTests {
    private static let people = "sources/current/people.csv"
    private static let job = LoadedCompany.job

    /// The loaded company, and a client that may look at rejected rows.
    private static func served(rows: Int = 100, mapping attribute: String = "") throws -> Company {
        let company = try LoadedCompany.copy()
        var text = try company.read("Conf/Small.xml")
        if !attribute.isEmpty {
            text = text.replacing(
                "<EntityTypeMapping Identifier=\"Person\"",
                with: "<EntityTypeMapping \(attribute) Identifier=\"Person\"")
        }
        let off = ["Inserted", "Updated", "Deleted"].flatMap { kind in
            [
                "Maximum\(kind)Lines", "MaxPercentage\(kind)Lines", "MaximumLink\(kind)Lines",
                "MaxLinkPercentage\(kind)Lines",
            ]
        }.map { "\($0)=\"0\"" }.joined(separator: " ")
        try company.write(
            text.replacing("<Connector Identifier=\"HR\"", with: "<Connector \(off) Identifier=\"HR\""),
            to: "Conf/Small.xml")
        try company.write(
            """
            <?xml version="1.0" encoding="utf-8"?>
            <ConfigurationFile xmlns="urn:schemas-usercube-com:configuration">
              <Profile Identifier="Clerk" DisplayName_L1="Clerk" />
              <AccessControlRule Identifier="Clerk_RejectedRow" DisplayName_L1="Clerk" Profile="Clerk" EntityType="RejectedRow">
                <Entry Permission="/Connectors/RejectedRow/Query" CanExecute="true" />
              </AccessControlRule>
              <OpenIdClient Identifier="Clerk" HashedSecret="K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols="
                DisplayName_L1="Clerk" Profile="Clerk" />
            </ConfigurationFile>
            """, to: "Conf/Clerk.xml")
        let deployed = try company.run("deploy-configuration", "-d", "Conf")
        guard deployed.code == 0 else { throw Unexpected(deployed.printed) }
        try company.startServer()
        try write(rows, to: company)
        let run = try company.run("invoke-job", "-j", job)
        guard run.code == 0 else { throw Unexpected(run.printed) }
        return company
    }

    /// So many persons, each with the first as manager; some lines stand otherwise.
    @discardableResult
    private static func write(
        _ count: Int, to company: Company, instead lines: [Int: String] = [:]
    ) throws -> [String] {
        var all = ["id,name,manager"]
        for number in 0..<count {
            let id = String(format: "P%03d", number)
            all.append("\(id),Name \(number),\(number == 0 ? "" : "P000")")
        }
        for (line, text) in lines { all[line - 1] = text }
        try company.write(all.joined(separator: "\n") + "\n", to: people)
        return all
    }

    private static func run(_ company: Company) throws -> (code: Int32, printed: String) {
        try company.run("invoke-job", "-j", job)
    }

    /// `weir quarantine` as the client that may.
    private static func quarantine(_ company: Company, _ options: String...) throws -> (code: Int32, printed: String) {
        let program = try Program(
            ["quarantine", "--api-client-id", "Clerk", "--api-secret", "secret"] + options, in: company.folder)
        let code = program.end()
        return (code, program.printed)
    }

    private struct Listed: Decodable {
        struct Row: Decodable, Equatable {
            var file: String
            var line: Int
            var offset: Int
            var reason: String
            var key: String?
            var raw: String
        }

        struct Carried: Decodable, Equatable {
            var mapping: String
            var key: String
            var key2: String?
            var reason: String
        }

        var rejected: [Row]
        var carried: [Carried]
    }

    private static func listed(_ company: Company) throws -> Listed {
        try JSONDecoder().decode(Listed.self, from: Data(quarantine(company, "--json").printed.utf8))
    }

    /// Digest roots by mapping: what the server stores, and what the agent's current image says.
    private static func roots(_ company: Company) throws -> (server: [String: String], agent: [String: String]) {
        var server: [String: String] = [:]
        for line in try company.query("select Mapping, Root from US_Counters").split(separator: "\n") {
            let parts = line.split(separator: "|").map(String.init)
            server[parts[0]] = parts[1]
        }
        let manifest = try JSONSerialization.jsonObject(
            with: Data(company.read("Work/Collect/HR/current/manifest.json").utf8))
        let files = (manifest as? [String: Any])?["files"] as? [[String: Any]] ?? []
        var agent: [String: String] = [:]
        for file in files { agent[file["mapping"] as? String ?? ""] = file["root"] as? String }
        return (server, agent)
    }

    /// DESIGN §1, row 7.
    @Test func `row 7: a broken quote on line 40,001 costs one row, deletes nobody, and ends in a warning`() throws {
        let company = try Self.served(rows: 45_000)
        let broken = 40_001
        let good = try Self.write(45_000, to: company)
        let raw = good[broken - 1].replacing(",Name", with: ",\"Name")
        try Self.write(45_000, to: company, instead: [broken: raw])
        let before = try company.contents()
        let run = try Self.run(company)
        #expect(run.code == 4, "\(run.printed)")
        #expect(run.printed.contains("1 rejected row of People"), "\(run.printed)")
        #expect(try company.contents() == before)

        let listed = try Self.listed(company)
        let offset = good.prefix(broken - 1).reduce(0) { $0 + $1.utf8.count + 1 }
        #expect(
            listed.rejected == [
                Listed.Row(
                    file: "People.csv", line: broken, offset: offset,
                    reason: "a quote is not closed within 64 KiB of text with line breaks", key: nil, raw: raw)
            ])
        // Its key cannot be read: the resource that is absent, and its link, are kept.
        let why = "line 40001 was rejected and its key cannot be read: it may be this row"
        #expect(
            listed.carried == [
                Listed.Carried(mapping: "Person", key: "P39999", key2: nil, reason: why),
                Listed.Carried(mapping: "Person_Manager", key: "P000", key2: "P39999", reason: why),
            ])
        let text = try Self.quarantine(company)
        #expect(text.code == 4)
        #expect(text.printed.contains("  People.csv, line 40001, byte \(offset): a quote is not closed"))
        let roots = try Self.roots(company)
        #expect(roots.server == roots.agent && roots.server.count == 2)
        #expect(try company.query("select count(*) from US_Connectors where VerifiedAt is not null") == "1")

        // Nothing changed since: the row stays, with its age.
        let age = try company.query("select FirstSeenAt from US_RejectedRows")
        #expect(try Self.run(company).code == 4)
        #expect(try company.query("select FirstSeenAt from US_RejectedRows") == age)

        try Self.write(45_000, to: company)
        let mended = try Self.run(company)
        #expect(mended.code == 0, "\(mended.printed)")
        let empty = try Self.quarantine(company, "--connector", "HR")
        #expect(empty.code == 0)
        #expect(empty.printed == "No row is set aside.\n")
        #expect(
            try company.query("select count(*) from US_CarriedRows union select count(*) from US_RejectedRows") == "0")
        #expect(try company.contents() == before)
    }

    @Test func `a rejected row with a readable key keeps its resource and pair, and others are deleted`() throws {
        let company = try Self.served()
        let long = String(repeating: "n", count: 500)
        // P050 has a name that does not fit, P060 is gone.
        var lines = try Self.write(100, to: company, instead: [52: "P050,\(long),P001"])
        lines.removeAll { $0.hasPrefix("P060,") }
        try company.write(lines.joined(separator: "\n") + "\n", to: Self.people)
        let run = try Self.run(company)
        #expect(run.code == 4, "\(run.printed)")
        #expect(try company.query("select C5 from UR_Resources where C4 = 'P050'") == "Name 50")
        #expect(
            try company.query(
                "select m.C4 from UR_Resources r join UR_Resources m on m.Id = r.I40 where r.C4 = 'P050'") == "P000")
        #expect(try company.query("select count(*) from UR_Resources where C4 = 'P060'") == "0")
        let listed = try Self.listed(company)
        #expect(listed.rejected.map(\.key) == ["P050"])
        #expect(
            listed.carried.map { "\($0.mapping) \($0.key) \($0.key2 ?? "")" } == [
                "Person P050 ", "Person_Manager P000 P050",
            ])
        let roots = try Self.roots(company)
        #expect(roots.server == roots.agent && roots.server.count == 2)
    }

    @Test(arguments: [(5, nil), (6, "6 of 100 rows were rejected, more than 5 %")] as [(Int, String?)])
    func `more rejected rows than MaxPercentageRejectedRows fail the task, and what was listed stays`(
        rejected: Int, complaint: String?
    ) throws {
        let company = try Self.served()
        try Self.write(100, to: company, instead: [10: "only one field"])
        #expect(try Self.run(company).code == 4)
        let before = try company.contents()
        try Self.write(
            100, to: company,
            instead: Dictionary(uniqueKeysWithValues: (0..<rejected).map { ($0 + 20, "broken \($0)") }))
        let run = try Self.run(company)
        #expect(run.code == (complaint == nil ? 4 : 1), "\(run.printed)")
        #expect(try company.contents() == before)
        let lines = try Self.listed(company).rejected.map(\.line)
        guard let complaint else {
            #expect(lines == Array(20..<25))
            return
        }
        #expect(run.printed.contains(complaint), "\(run.printed)")
        #expect(run.printed.contains("raise MaxPercentageRejectedRows"), "\(run.printed)")
        #expect(lines == [10])
        try Self.write(100, to: company)
        #expect(try Self.run(company).code == 0)
        #expect(try Self.quarantine(company).code == 0)
    }

    @Test func `a value that only the pair cannot hold is listed, and the resource changes`() throws {
        let company = try Self.served()
        let long = String(repeating: "m", count: 500)
        try Self.write(100, to: company, instead: [52: "P050,Renamed,\(long)"])
        let run = try Self.run(company)
        #expect(run.code == 4, "\(run.printed)")
        #expect(try company.query("select C5 from UR_Resources where C4 = 'P050'") == "Renamed")
        #expect(
            try company.query(
                "select m.C4 from UR_Resources r join UR_Resources m on m.Id = r.I40 where r.C4 = 'P050'") == "P000")
        let listed = try Self.listed(company)
        #expect(listed.rejected.map(\.raw) == ["P050,Renamed,\(long)"])
        #expect(listed.carried.map(\.mapping) == ["Person_Manager"])
        #expect(try company.query("select group_concat(Mapping) from US_Quarantines") == "Person_Manager")
    }

    @Test func `the mapping says how many rows may be rejected`() throws {
        let company = try Self.served(mapping: "MaxPercentageRejectedRows=\"1\"")
        try Self.write(100, to: company, instead: [10: "x", 20: "y"])
        let run = try Self.run(company)
        #expect(run.code == 1)
        #expect(run.printed.contains("2 of 100 rows were rejected, more than 1 %"), "\(run.printed)")
    }

    @Test func `a row of megabytes and rows of hostile text are listed, and nothing fails for them`() throws {
        let company = try Self.served()
        let long = "P010," + String(repeating: "x", count: 1_000_000)
        try Self.write(
            100, to: company,
            instead: [
                12: long, 13: "P011,a\u{1B}[31m\u{202E}<script>,P000,more", 14: "=cmd|' /C calc'!A0",
                15: "P013,nul\0,P000",
            ])
        let run = try Self.run(company)
        #expect(run.code == 4, "\(run.printed)")
        let listed = try Self.listed(company)
        #expect(listed.rejected.map(\.line) == [12, 13, 14, 15])
        #expect(
            listed.rejected.map(\.raw) == [
                String(long.prefix(65_536)), "P011,a\u{1B}[31m\u{202E}<script>,P000,more", "=cmd|' /C calc'!A0",
                "P013,nul␀,P000",
            ])
        let csv = try Self.quarantine(company, "--csv")
        #expect(csv.code == 4)
        #expect(csv.printed.contains("\"\(long)\"\n") && csv.printed.contains(",'=cmd|"))
        // A terminal is not steered by what a source holds.
        let text = try Self.quarantine(company).printed
        #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"))
    }

    @Test func `a long list is cut and counted, and the run goes on`() throws {
        let company = try Self.served(mapping: "MaxPercentageRejectedRows=\"100\"")
        let rows = 10_500
        var lines = try Self.write(100, to: company)
        lines += (0..<rows).map { "broken \($0)" }
        try company.write(lines.joined(separator: "\n") + "\n", to: Self.people)
        let run = try Self.run(company)
        #expect(run.code == 4, "\(run.printed)")
        #expect(
            try company.query("select Rejected, ListedRejected from US_Quarantines where Mapping = 'Person'")
                == "10500|10000")
        #expect(try company.query("select count(*) from US_RejectedRows") == "10000")
        #expect(try Self.quarantine(company).printed.contains("and 500 more, which are not listed"))
        let published = try company.read("Temp/Rejected/Person.rejected.csv")
        #expect(published.split(separator: "\n").count == rows + 1)
    }

    @Test(arguments: ["P050,,P000,more", "P050,\(String(repeating: "n", count: 500)),P000"])
    func `with the image lost, a rejected row's resource and pair are kept as the server has them`(
        row: String
    ) throws {
        let company = try Self.served()
        let hasKey = !row.hasSuffix("more")
        try FileManager.default.removeItem(atPath: "\(company.folder)/Work/Collect/HR")
        var lines = try Self.write(100, to: company, instead: [52: row, 53: "P051,Renamed,P000"])
        lines.removeAll { $0.hasPrefix("P060,") }
        try company.write(lines.joined(separator: "\n") + "\n", to: Self.people)
        let run = try Self.run(company)
        #expect(run.code == 4, "\(run.printed)")
        #expect(
            try company.query(
                "select r.C5, m.C4 from UR_Resources r join UR_Resources m on m.Id = r.I40 where r.C4 = 'P050'")
                == "Name 50|P000")
        #expect(try company.query("select C5 from UR_Resources where C4 = 'P051'") == "Renamed")
        // Without a readable key nobody knows whether it is P060's row.
        #expect(
            try company.query("select count(*) from UR_Resources where C4 = 'P060'") == (hasKey ? "0" : "1"))
        let listed = try Self.listed(company)
        #expect(listed.rejected.map(\.raw) == [row])
        #expect(listed.carried.count == (hasKey ? 2 : 4))
        let roots = try Self.roots(company)
        #expect(roots.server == roots.agent && roots.server.count == 2)
        #expect(try company.run("verify", "--deep").printed.contains("HR: 0 resources and 0 links differed"))

        try Self.write(100, to: company)
        #expect(try Self.run(company).code == 0)
        #expect(try Self.quarantine(company).code == 0)
    }

    @Test(arguments: ["/Quarantine/rejected", "/Quarantine/carried", "/Close", "/Seal"], ["tool", "server"])
    func `killed between upload and seal, the run again lists each row once`(at place: String, victim: String) throws {
        let company = try Self.served()
        let isSeal = place == "/Seal"
        try Self.write(100, to: company, instead: isSeal ? [10: "broken", 11: "P009,Other,P000"] : [10: "broken"])
        let proxy = try FaultProxy(target: company.port)
        let options = [
            "invoke-job", "-j", Self.job, "--api-url", "http://127.0.0.1:\(proxy.port)", "--api-client-id", "Job",
            "--api-secret", "secret",
        ]
        for moment in FaultProxy.Moment.allCases {
            let box = SharedProgram()
            proxy.arm(at: place, moment) {
                if victim == "tool" {
                    box.kill()
                } else {
                    company.killServer()
                    do { try company.startServer() } catch { box.problem = "\(error)" }
                }
            }
            let tool = try Program(options, in: company.folder, started: { box.program = $0 })
            let code = tool.end()
            #expect(box.problem == nil)
            #expect(victim == "tool" || code == 4, "\(tool.printed)")
            let again = try Self.run(company)
            #expect(again.code == 4, "\(again.printed)")
            let listed = try Self.listed(company)
            #expect(listed.rejected.map(\.raw) == ["broken"])
            #expect(listed.carried.map(\.key) == ["P008", "P000"])
            #expect(try company.query("select count(*) from UR_Resources") == "100")
        }
    }

    @Test func `the list is refused to whoever may not look, and says when no server answers`() throws {
        let company = try Self.served()
        let refused = try company.run("quarantine")
        #expect(refused.code == 6, "\(refused.printed)")
        #expect(refused.printed.contains("/Connectors/RejectedRow/Query"), "\(refused.printed)")
        #expect(try company.run("quarantine", "--api-client-id", "Clerk", "--api-secret", "wrong").code == 6)
        let unknown = try Self.quarantine(company, "--connector", "Nothing")
        #expect(unknown.code == 2)
        #expect(unknown.printed.contains("There is no connector \"Nothing\""), "\(unknown.printed)")
        #expect(try Self.quarantine(company, "--csv", "--json").code == 2)
        let none = try Self.quarantine(company, "--csv")
        #expect(none.code == 0)
        #expect(none.printed == "connector,mapping,file,line,offset,reason,key,first seen,raw\n")
        #expect(try Self.quarantine(company, "--json").printed == "{\"tables\":[],\"rejected\":[],\"carried\":[]}\n")
        company.killServer()
        #expect(try Self.quarantine(company).code == 7)
    }
}
