import Foundation
import ProcessSupport
import Testing

extension DesignRows {
    /// Row 2, approve exactly this change set: a blocked run is an immutable artifact with a hash.
    struct ApprovalTests {
        private static let people = "sources/current/people.csv"

        /// A run that deletes eight of a hundred persons, where five per cent pass, and renames one; it is held.
        private static func held() throws -> Company {
            let company = try LoadedCompany.copy()
            try addOperator(to: company)
            try company.startServer()
            try edit(people, in: company) { lines in
                lines.removeAll { line in (60..<68).contains { line.hasPrefix("P0\($0),") } }
                lines = lines.map { $0.replacing("P042,Name 42,", with: "P042,Shown,") }
            }
            let run = try company.run("invoke-job", "-j", LoadedCompany.job)
            guard run.code == 3 else { throw Unexpected(run.printed) }
            return company
        }

        private static func count(_ company: Company) throws -> String {
            try company.query("select count(*) from UR_Resources")
        }

        @Test func `row 2: the source changes after the approval, and what was approved is applied, nothing else`()
            throws
        {
            let company = try Self.held()
            #expect(try Self.count(company) == "100")
            let shown = try company.query("select ChangeSet from US_Sessions where State = 'blocked'")
            #expect(shown.count == 64)

            // The tool dies as soon as the approval is recorded.
            let proxy = try FaultProxy(target: company.port)
            let tool = SharedProgram()
            proxy.arm(at: "/RunJob/Repair", .beforeAnswer) { tool.kill() }
            let resuming = try Program(
                ["invoke-job", "-j", LoadedCompany.job, "-r"] + asOperator(calling: proxy.port), in: company.folder,
                started: { tool.program = $0 })
            #expect(resuming.end() == -SIGKILL, "\(resuming.printed)")
            #expect(
                try company.query("select State, ApprovedBy from US_Sessions where ChangeSet = '\(shown)'")
                    == "blocked|client Operator")
            #expect(try Self.count(company) == "100")

            // Half of the eight are back, two others are gone, the renamed one has another name, and somebody is new.
            try edit(Self.people, in: company) { lines in
                lines += (60..<64).map { "P0\($0),Name \($0),P000" } + ["P900,After the approval,"]
                lines.removeAll { $0.hasPrefix("P090,") || $0.hasPrefix("P091,") }
                lines = lines.map { $0.replacing("P042,Shown,", with: "P042,Later,") }
            }
            let resumed = try company.run(
                ["invoke-job", "-j", LoadedCompany.job, "-r"] + asOperator(calling: company.port))
            #expect(resumed.code == 0, "\(resumed.printed)")
            #expect(try Self.count(company) == "92")
            #expect(try company.query("select C5 from UR_Resources where C4 = 'P042'") == "Shown")
            #expect(try company.query("select count(*) from UR_Resources where C4 between 'P060' and 'P067'") == "0")
            #expect(try company.query("select count(*) from UR_Resources where C4 in ('P090', 'P091')") == "2")
            #expect(try company.query("select count(*) from UR_Resources where C4 = 'P900'") == "0")
            #expect(
                try company.query("select State, ApprovedBy, ChangeSet from US_Sessions where ChangeSet = '\(shown)'")
                    == "applied|client Operator|\(shown)")

            // The next run computes anew, from what was applied and what the source is now.
            try edit(Self.people, in: company) { $0.removeAll { $0.hasPrefix("P06") && $0 < "P062" } }
            let next = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(next.code == 0, "\(next.printed)")
            #expect(next.printed.contains("Person: 3 inserted, 1 updated, 2 deleted (of 92)"), "\(next.printed)")
            #expect(try company.query("select C5 from UR_Resources where C4 = 'P042'") == "Later")
        }

        @Test(arguments: [
            "update UR_ResourceChanges set C5 = 'Evil' where KeyValue = 'P042'",
            "delete from UR_ResourceChanges where KeyValue = 'P060'",
            "update UR_ResourceChanges set KeyValue = 'P061' where KeyValue = 'P060'",
            "update UR_ResourceLinkChanges set Key1 = 'P001' where Id = (select min(Id) from UR_ResourceLinkChanges)",
        ])
        func `row 2: change rows that somebody altered are not what was shown, and are refused`(sql: String) throws {
            let company = try Self.held()
            let before = try company.contents()
            _ = try company.query(sql)
            let resumed = try company.run(
                ["invoke-job", "-j", LoadedCompany.job, "-r"] + asOperator(calling: company.port))
            #expect(resumed.code == 1, "\(resumed.printed)")
            #expect(resumed.printed.contains("are not those that were approved; nothing was changed"))
            #expect(try company.contents() == before)
            #expect(try company.waitingChanges() == "0")

            // The connector is free again: the next run computes the same anew, and is held again.
            let next = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(next.code == 3, "\(next.printed)")
        }

        @Test func `row 2: forcing is an approval in advance, recorded with the hash and who did it`() throws {
            let company = try LoadedCompany.copy()
            try addOperator(to: company)
            try company.startServer()
            try edit(Self.people, in: company) { $0.removeAll { $0.hasPrefix("P06") } }
            let refused = try company.run("invoke-job", "-j", LoadedCompany.job, "-f")
            #expect(refused.code == 6, "\(refused.printed)")
            #expect(try Self.count(company) == "100")
            let forced = try company.run(
                ["invoke-job", "-j", LoadedCompany.job, "-f"] + asOperator(calling: company.port))
            #expect(forced.code == 0, "\(forced.printed)")
            #expect(try Self.count(company) == "90")
            let decisions = try company.query(
                """
                select a.Decision, a.DecidedBy, a.ChangeSet = s.ChangeSet, length(s.ChangeSet)
                  from US_Approvals a join US_Sessions s on s.Id = a.Session order by a.Id desc limit 1
                """)
            #expect(decisions == "force|client Operator|1|64")
        }
    }
}
