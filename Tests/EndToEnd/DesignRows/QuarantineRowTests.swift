import Foundation
import ProcessSupport
import Testing

extension DesignRows {
    /// Row 7, quarantine that protects: a row that cannot be read is set aside, and whom it stands for is not deleted.
    struct QuarantineTests {
        private static let people = "sources/current/people.csv"
        private static let count = 45_000

        private static func person(_ number: Int, name: String? = nil) -> String {
            let manager = number < 10 ? "" : key(number / 10)
            return "\(key(number)),\(name ?? "Name \(number)"),\(manager)"
        }

        private static func key(_ number: Int) -> String { "P" + String(100_000 + number) }

        /// The header is line 1.
        private static func write(_ company: Company, _ change: (inout [String]) -> Void = { _ in }) throws {
            var lines = ["id,name,manager"] + (1...count).map { person($0) }
            change(&lines)
            try company.write(lines.joined(separator: "\n") + "\n", to: people)
        }

        @Test func `row 7: a broken quote on line 40,001 costs one row, deletes nobody, and ends in a warning`() throws
        {
            let company = try Company(example: "Tests/Fixtures/small")
            try Self.write(company)
            try load(company)
            #expect(try company.query("select count(*) from UR_Resources") == "\(Self.count)")
            let victim = "select C5, (select n.C4 from UR_Resources n where n.Id = r.I40) from UR_Resources r "
            let before = try company.query(victim + "where C4 = '\(Self.key(40_000))'")
            #expect(before == "Name 40000|\(Self.key(4_000))")

            // The same night somebody is renamed, somebody comes, and somebody goes.
            let broken = "\(Self.key(40_000)),\"Renamed,\(Self.key(4_000))"
            try Self.write(company) { lines in
                lines[40_000] = broken
                lines[20] = Self.person(20, name: "Somebody")
                lines[44_999] = Self.person(90_000, name: "New")
            }
            let run = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(run.code == 4, "\(run.printed)")
            #expect(run.printed.contains("1 rejected row of People"), "\(run.printed)")
            #expect(
                run.printed.contains("Person: 1 inserted, 1 updated, 0 deleted (of \(Self.count))"), "\(run.printed)")
            #expect(try company.query(victim + "where C4 = '\(Self.key(40_000))'") == before)
            #expect(try company.query("select count(*) from UR_Resources") == "\(Self.count + 1)")
            // Whose row the broken one is, nobody can know: whoever is absent stays until it is mended.
            #expect(try company.query("select count(*) from UR_Resources where C4 = '\(Self.key(44_999))'") == "1")

            let text = try company.read(Self.people)
            let start = try #require(text.range(of: broken)?.lowerBound)
            let offset = text.utf8.distance(from: text.startIndex, to: start)
            let rejected = try company.read("Temp/Rejected/Person.rejected.csv")
            let reason = "a quoted field holds more than 64 KiB of text with line breaks"
            #expect(
                rejected == """
                    file,line,offset,reason,key,raw
                    People.csv,40001,\(offset),\(reason),,"\(broken.replacing("\"", with: "\"\""))"

                    """)

            // Server and agent hold the same, so the next run closes without sending anything, and still warns.
            let again = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(again.code == 4, "\(again.printed)")
            #expect(
                try company.query("select State from US_Sessions order by Sequence desc limit 1") == "unchanged")

            try Self.write(company) { lines in
                lines[40_000] = Self.person(40_000, name: "Renamed")
                lines[20] = Self.person(20, name: "Somebody")
                lines[44_999] = Self.person(90_000, name: "New")
            }
            let mended = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(mended.code == 0, "\(mended.printed)")
            #expect(mended.printed.contains("Person: 0 inserted, 1 updated, 1 deleted (of \(Self.count + 1))"))
            #expect(!FileManager.default.fileExists(atPath: "\(company.folder)/Temp/Rejected/Person.rejected.csv"))
        }
    }
}
