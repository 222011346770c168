import Foundation
import ProcessSupport
import Testing

extension DesignRows {
    /// Row 1, verified incremental: drift is found, and repaired by sending only the rows that differ.
    struct VerificationTests {
        private static let people = "sources/current/people.csv"
        /// As DESIGN says where WEIR_SCALE asks for it (and for a release build), else as many as a debug build takes.
        private static let count = ProcessInfo.processInfo.environment["WEIR_SCALE"] == nil ? 10_000 : 1_000_000
        /// What makes a row as wide as the table's promise needs: the buckets alone are 64 KiB.
        private static let width = count < 1_000_000 ? 1_000 : 200

        private static func key(_ number: Int) -> String { "P" + String(1_000_000 + number) }

        private static func company() throws -> (company: Company, byteCount: Int) {
            let company = try Company(example: "Tests/Fixtures/small")
            let text = try company.read("Conf/Small.xml")
            try company.write(
                text.replacing(
                    "TargetColumnIndex=\"5\" />",
                    with:
                        "TargetColumnIndex=\"5\" /><Property Identifier=\"Note\" Type=\"String\" TargetColumnIndex=\"0\" />"
                ).replacing(
                    "ConnectionColumn=\"name\" />",
                    with: "ConnectionColumn=\"name\" /><Property Identifier=\"Note\" ConnectionColumn=\"note\" />"),
                to: "Conf/Small.xml")
            let note = String(repeating: "n", count: width)
            var rows = "id,name,note,manager\n"
            for number in 0..<count {
                rows += "\(key(number)),Name \(number),\(note)\(number),\(number < 10 ? "" : key(number / 10))\n"
            }
            try company.write(rows, to: people)
            try load(company)
            return (company, rows.utf8.count)
        }

        /// The last line that a tool printed.
        private static func last(_ printed: String) -> String {
            String(printed.split(separator: "\n").last ?? "")
        }

        @Test func `row 1: three rows changed behind the server's back are found and repaired, and little moves`()
            throws
        {
            let (company, fileSize) = try Self.company()
            let before = try company.query("select count(*), sum(length(C5)), sum(I40) from UR_Resources")
            _ = try company.query(
                """
                update UR_Resources set C5 = 'Changed' where C4 = '\(Self.key(7))';
                update UR_Resources set C0 = null where C4 = '\(Self.key(Self.count / 2))';
                update UR_Resources set C5 = C5 || ' ' where C4 = '\(Self.key(Self.count - 1))';
                """)

            // The kept digests do not know of it, so a job that has nothing to send does not see it.
            let idle = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(idle.code == 0, "\(idle.printed)")
            let shallow = try company.run("verify", "--connector", "HR")
            #expect(shallow.code == 0, "\(shallow.printed)")
            #expect(Self.last(shallow.printed) == "HR: 0 resources and 0 links differed")

            let found = try company.run("verify", "--connector", "HR", "--deep")
            #expect(found.code == 1, "\(found.printed)")
            #expect(Self.last(found.printed) == "HR: 3 resources and 0 links differed")

            let proxy = try FaultProxy(target: company.port)
            let repaired = try company.run([
                "verify", "--connector", "HR", "--deep", "--repair", "--api-url", "http://127.0.0.1:\(proxy.port)",
                "--api-client-id", "Job", "--api-secret", "secret",
            ])
            #expect(repaired.code == 0, "\(repaired.printed)")
            #expect(Self.last(repaired.printed) == "HR: 3 resources and 0 links differed, repaired")
            print(
                """
                row 1: 3 of \(Self.count) rows found and repaired, \(proxy.byteCount) bytes moved, \
                \(String(format: "%.2f", Double(proxy.byteCount) * 100 / Double(fileSize))) % of the file's \(fileSize)
                """)
            #expect(proxy.byteCount * 100 < fileSize)
            #expect(
                try company.query("select count(*), sum(length(C5)), sum(I40) from UR_Resources") == before)
            let sent = try company.query(
                """
                select Mapping, json_extract(Sealed, '$.rows') from US_SessionFiles
                where Session = (select Id from US_Sessions order by Sequence desc limit 1) order by Mapping
                """)
            #expect(sent == "Person|3\nPerson_Manager|0")

            let equal = try company.run("verify", "--connector", "HR", "--deep")
            #expect(equal.code == 0, "\(equal.printed)")
            #expect(Self.last(equal.printed) == "HR: 0 resources and 0 links differed")
            // And the next job finds the image that it needs.
            let next = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(next.code == 0, "\(next.printed)")
            #expect(next.printed.contains("\(Self.count) unchanged"), "\(next.printed)")
        }

        @Test func `row 1: a run that meets drift repairs all of it, and applies its own changes`() throws {
            let company = try LoadedCompany.served()
            _ = try company.query(
                """
                update UR_Resources set C5 = 'Meddled' where C4 in ('P042', 'P050');
                delete from UR_Resources where C4 = 'P060';
                insert into UR_Resources (Type, C4, C5) values ('Person', 'alien', 'Alien');
                update UR_Resources set I40 = null where C4 = 'P070';
                """)
            try company.day(2)
            let run = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(run.code == 0, "\(run.printed)")
            let wanted = try LoadedCompany.served()
            try wanted.day(2)
            #expect(try wanted.run("invoke-job", "-j", LoadedCompany.job).code == 0)
            // Whoever was mended is flagged as changed, which nobody else would be.
            for company in [company, wanted] { _ = try company.query("update UR_Resources set Dirty = 0") }
            #expect(try company.contents() == wanted.contents())
            let equal = try company.run("verify", "--deep")
            #expect(equal.code == 0, "\(equal.printed)")
        }

        @Test func `row 1: a repair passes the same safeguards as any run`() throws {
            let company = try LoadedCompany.served()
            _ = try company.query("delete from UR_Resources where C4 between 'P060' and 'P069'")
            // Ten of ninety are missing: bringing them back is more than five per cent.
            let held = try company.run("verify", "--connector", "HR", "--deep", "--repair")
            #expect(held.code == 3, "\(held.printed)")
            #expect(try company.query("select count(*) from UR_Resources") == "90")
            #expect(held.printed.contains("MaxPercentageInsertedLines"), "\(held.printed)")
        }
    }
}
