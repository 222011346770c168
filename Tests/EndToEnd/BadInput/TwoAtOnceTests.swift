import Foundation
import ProcessSupport
import Testing

extension BadInputTests {
    /// Two of what there should be one of.
    struct TwoAtOnceTests {
        @Test func `two installations of one agent take over from each other, sending everything`() throws {
            let company = try LoadedCompany.served()
            let second = ["WorkFolderPath": "Work2", "TempFolderPath": "Temp2"]
            try company.day(2)
            let taken = try company.run("invoke-job", "-j", LoadedCompany.job, environment: second)
            #expect(taken.code == 0, "\(taken.printed)")
            // It has no image: all 101 rows are sent, and the server finds what differs.
            #expect(taken.printed.contains("101 inserted, 0 updated, 0 deleted"), "\(taken.printed)")
            #expect(taken.printed.contains("Person: 2 inserted, 1 updated, 1 deleted (of 100)"), "\(taken.printed)")
            let wanted = try company.contents()

            // The first one's image is not the server's any more.
            let back = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(back.code == 0, "\(back.printed)")
            #expect(back.printed.contains("101 inserted, 0 updated, 0 deleted"), "\(back.printed)")
            #expect(try company.contents() == wanted)

            try company.day(1)
            let third = try company.run("invoke-job", "-j", LoadedCompany.job, environment: second)
            #expect(third.code == 0, "\(third.printed)")
            #expect(try company.query("select count(*), count(distinct C4) from UR_Resources") == "100|100")
            #expect(try company.query("select C5 from UR_Resources where C4 = 'P042'") == "Name 42")
            #expect(try company.waitingChanges() == "0")
            // Alone again, it sends changes only.
            let alone = try company.run("invoke-job", "-j", LoadedCompany.job, environment: second)
            #expect(alone.code == 0 && alone.printed.contains("100 unchanged"), "\(alone.printed)")
        }

        /// A tool that stands still in the middle of its run until told to go on.
        private static func held(_ company: Company) throws -> (tool: Program, proxy: FaultProxy, goOn: () -> Void) {
            let proxy = try FaultProxy(target: company.port)
            let reached = DispatchSemaphore(value: 0)
            let released = DispatchSemaphore(value: 0)
            proxy.arm(10, .beforeAnswer) {
                reached.signal()
                released.wait()
            }
            let tool = try Program(
                [
                    "invoke-job", "-j", LoadedCompany.job, "--api-url", "http://127.0.0.1:\(proxy.port)",
                    "--api-client-id", "Job", "--api-secret", "secret",
                ], in: company.folder)
            guard reached.wait(timeout: .now() + 60) == .success else {
                tool.kill()
                throw Unexpected("the tool did not come so far:\n\(tool.printed)")
            }
            return (tool, proxy, { released.signal() })
        }

        @Test func `a job that runs is not run a second time`() throws {
            let company = try LoadedCompany.served()
            try company.day(2)
            let first = try Self.held(company)
            let second = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(second.code == 1, "\(second.printed)")
            let words = [LoadedCompany.job, "process \(first.tool.identifier)", "runs already", "Wait for its end"]
            #expect(BadInputTests.missing(words, in: second.printed) == [], "\(second.printed)")
            first.goOn()
            #expect(first.tool.end() == 0, "\(first.tool.printed)")
            #expect(try company.query("select count(*) from UR_Resources") == "101")
        }

        @Test func `a job that runs elsewhere is not run here`() throws {
            let company = try LoadedCompany.served()
            try company.day(2)
            let first = try Self.held(company)
            let second = try company.run(
                "invoke-job", "-j", LoadedCompany.job,
                environment: ["WorkFolderPath": "Work2", "TempFolderPath": "Temp2"])
            #expect(second.code == 1, "\(second.printed)")
            let words = [LoadedCompany.job, "running since", "agent \"Local\"", "wait for its end or cancel it"]
            #expect(BadInputTests.missing(words, in: second.printed) == [], "\(second.printed)")
            first.goOn()
            #expect(first.tool.end() == 0, "\(first.tool.printed)")
            #expect(try company.query("select count(*) from UR_Resources") == "101")
        }

        /// On one installation they know each other by a lock file; two know of each other from the server only.
        @Test(arguments: ["Work", "Work2"])
        func `two jobs on one connector follow each other, and the second says for whom it waits`(
            _ work: String
        ) async throws {
            let company = try LoadedCompany.copy()
            try company.write(
                """
                <?xml version="1.0" encoding="utf-8"?>
                <ConfigurationFile xmlns="urn:schemas-usercube-com:configuration">
                  <CreateConnectorSynchroComplete Connector="HR"><OpenIdIdentifier Identifier="Job" />
                  </CreateConnectorSynchroComplete>
                </ConfigurationFile>
                """, to: "Conf/Complete.xml")
            #expect(try company.run("deploy-configuration", "-d", "Conf").code == 0)
            try company.startServer()
            try company.day(2)
            let first = try Self.held(company)
            let second = try Program(
                ["invoke-job", "-j", "HR_Synchronize_Complete_Scaffolding"], in: company.folder,
                environment: ["WorkFolderPath": work, "TempFolderPath": work + "/Temp"])
            #expect(second.waitFor("Waiting: "), "\(second.printed)")
            let holder = work == "Work" ? "The job \"\(LoadedCompany.job)\" (process" : "Agent \"Local\""
            let words = ["Waiting: \(holder)", "synchronizes", "connector \"HR\""]
            #expect(BadInputTests.missing(words, in: second.printed) == [], "\(second.printed)")
            first.goOn()
            let codes = await (first.tool.ended(), second.ended())
            #expect(codes == (0, 0), "\(first.tool.printed)\n\(second.printed)")
            #expect(try company.query("select count(*), count(distinct C4) from UR_Resources") == "101|101")
            #expect(try company.waitingChanges() == "0")
        }
    }
}
