import Foundation
import ProcessSupport
import Testing

/// `weir prepare-synchronization` (REFERENCE §11, §15) with real processes.
struct PreparationTests {
    private func prepare(_ company: Company, _ arguments: String...) throws -> (code: Int32, printed: String) {
        try company.run(["prepare-synchronization", "--connector", "HR"] + arguments)
    }

    @Test func `exported files become a session, which a job's synchronization applies`() throws {
        let company = try LoadedCompany.served()
        try company.day(2)
        #expect(try company.run("export", "--connection", "People").code == 0)
        let before = try company.contents()
        let prepared = try prepare(
            company, "--agent", "Local", "--synchronization-mode", "Incremental", "--sources-directory",
            "Temp/ExportOutput", "--working-directory", "Work/Collect")
        #expect(prepared.code == 0, "\(prepared.printed)")
        #expect(prepared.printed.contains("2 inserted, 1 updated, 1 deleted, 98 unchanged"), "\(prepared.printed)")
        #expect(prepared.printed.hasSuffix(" waits to be applied by a job's SynchronizeTask.\n"))
        #expect(try company.contents() == before)

        let applied = try company.run("invoke-job", "-j", LoadedCompany.job, "-c", "SynchronizeTask")
        #expect(applied.code == 0, "\(applied.printed)")
        #expect(try company.query("select count(*) from UR_Resources") == "101")
        // The image went along: the next run compares with it, and finds nothing.
        let next = try company.run("invoke-job", "-j", LoadedCompany.job)
        #expect(next.printed.contains("Person: 101 rows, 101 kept"), "\(next.printed)")
        #expect(next.printed.contains("0 inserted, 0 updated, 0 deleted, 101 unchanged"), "\(next.printed)")
        #expect(try company.run("verify", "--deep").printed.hasSuffix("HR: 0 resources and 0 links differed\n"))
        let again = try prepare(company)
        #expect(again.code == 0 && again.printed.hasSuffix("Nothing differs from what the server holds.\n"))
    }

    @Test func `a simulation applies nothing that was prepared before, and says how to`() throws {
        let company = try LoadedCompany.served()
        try company.write(
            """
            <?xml version="1.0" encoding="utf-8"?>
            <ConfigurationFile xmlns="urn:schemas-usercube-com:configuration">
              <Job Identifier="Apply" DisplayName_L1="Apply" Agent="Local">
                <SynchronizeTask Identifier="Apply" DisplayName_L1="Apply" Connector="HR" OpenIdClient="Job" />
              </Job>
            </ConfigurationFile>
            """, to: "Conf/Apply.xml")
        #expect(try company.run("deploy-configuration", "-d", "Conf").code == 0)
        try company.day(2)
        #expect(try company.run("export", "--connection", "People").code == 0)
        #expect(try prepare(company).code == 0)
        let session = try company.query("select Id from US_Sessions where State = 'sealed'")
        let before = try company.contents()

        let simulated = try company.run("invoke-job", "-j", "Apply", "--simulate")
        #expect(simulated.code == 0, "\(simulated.printed)")
        #expect(simulated.printed.contains("session \(session) of \"HR\" was prepared before"), "\(simulated.printed)")
        #expect(simulated.printed.contains("weir invoke-job -j Apply -c SynchronizeTask"), "\(simulated.printed)")
        // One with a preparation of its own would put it aside.
        let whole = try company.run("invoke-job", "-j", LoadedCompany.job, "--simulate")
        #expect(whole.code == 1, "\(whole.printed)")
        #expect(whole.printed.contains("Session \(session) of connector \"HR\" was prepared"), "\(whole.printed)")
        #expect(try company.contents() == before)
        #expect(try company.query("select Id from US_Sessions where State = 'sealed'") == session)

        let applied = try company.run("invoke-job", "-j", "Apply")
        #expect(applied.code == 0, "\(applied.printed)")
        #expect(try company.query("select count(*) from UR_Resources") == "101")
        #expect(try company.run("verify", "--deep").printed.hasSuffix("HR: 0 resources and 0 links differed\n"))
    }

    @Test func `other folders, and a Complete preparation, end with both sides equal`() throws {
        let company = try LoadedCompany.served()
        try company.day(2)
        #expect(try company.run("export", "--connection", "People").code == 0)
        try FileManager.default.moveItem(
            atPath: "\(company.folder)/Temp/ExportOutput", toPath: "\(company.folder)/handed-over")
        let prepared = try prepare(
            company, "--sources-directory", "handed-over", "--working-directory", "elsewhere",
            "--synchronization-mode", "complete")
        #expect(prepared.code == 0, "\(prepared.printed)")
        let applied = try company.run("invoke-job", "-j", LoadedCompany.job, "-c", "SynchronizeTask")
        #expect(applied.code == 0, "\(applied.printed)")
        #expect(try company.query("select count(*) from UR_Resources") == "101")
        // The job's own folder has an older image: its next run compares with the server.
        let next = try company.run("invoke-job", "-j", LoadedCompany.job)
        #expect(next.code == 0, "\(next.printed)")
        #expect(try company.run("verify", "--deep").printed.hasSuffix("HR: 0 resources and 0 links differed\n"))
    }

    @Test func `what cannot be prepared is named`() throws {
        let company = try LoadedCompany.served()
        let other = try prepare(company, "--agent", "Other")
        #expect(other.code == 2)
        #expect(other.printed.contains("--agent is \"Other\", and this one is \"Local\""), "\(other.printed)")
        let missing = try prepare(company, "--sources-directory", "nowhere")
        #expect(missing.code == 1)
        #expect(missing.printed.contains("There is no file nowhere/"), "\(missing.printed)")
        #expect(try company.query("select count(*) from US_Sessions where State = 'open'") == "0")
        let unknown = try company.run("prepare-synchronization", "--connector", "Nobody")
        #expect(unknown.code != 0 && unknown.printed.contains("Nobody"), "\(unknown.printed)")
        let mode = try prepare(company, "--synchronization-mode", "sometimes")
        #expect(mode.code == 2 || mode.code == 64, "\(mode.printed)")
    }
}
