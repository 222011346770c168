import Foundation
import ProcessSupport
import Testing

extension BadInputTests {
    /// A server that does not answer. These tests wait for a tool's patience; they keep no thread busy meanwhile.
    struct ServerAwayTests {
        @Test func `a server that is away ends the tool before anything has begun`() async throws {
            let company = try LoadedCompany.copy()
            let before = try BadInputTests.state(company)
            let tool = try Program(["invoke-job", "-j", LoadedCompany.job], in: company.folder)
            let code = await tool.ended()
            #expect(code == 7, "\(tool.printed)")
            let words = ["127.0.0.1:\(company.port)", "cannot be reached", "connection refused", "ApplicationUri"]
            #expect(BadInputTests.missing(words, in: tool.printed) == [], "\(tool.printed)")
            #expect(try BadInputTests.state(company) == before)
        }

        /// Early, while the session is open, and after it was applied or nearly so.
        @Test(arguments: [6, 10, 16])
        func `a server that dies and stays away ends the tool, and the job goes on later`(_ request: Int) async throws {
            let company = try LoadedCompany.served()
            try company.day(2)
            let proxy = try FaultProxy(target: company.port)
            proxy.arm(request, .whileServerWorks) { company.killServer() }
            let tool = try Program(
                [
                    "invoke-job", "-j", LoadedCompany.job, "--api-url", "http://127.0.0.1:\(proxy.port)",
                    "--api-client-id", "Job", "--api-secret", "secret",
                ], in: company.folder)
            let code = await tool.ended()
            #expect(code == 7, "\(tool.printed)")
            let words = ["127.0.0.1:\(proxy.port)", "cannot be reached", "interrupted; run it again"]
            #expect(BadInputTests.missing(words, in: tool.printed) == [], "\(tool.printed)")

            try company.startServer()
            let again = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(again.code == 0, "\(again.printed)")
            #expect(again.printed.contains("goes on"))
            #expect(try company.query("select count(*) from UR_Resources") == "101")
            #expect(try company.query("select C5 from UR_Resources where C4 = 'P042'") == "Renamed")
            #expect(try company.waitingChanges() == "0")
            #expect(try company.run("invoke-job", "-j", LoadedCompany.job).code == 0)
            #expect(try company.query("select count(*) from UR_Resources") == "101")
        }

        @Test func `something else at the server's address is told from a Weir server`() throws {
            let company = try LoadedCompany.served()
            let run = try company.run(
                "invoke-job", "-j", LoadedCompany.job, "--api-url", "http://127.0.0.1:\(company.port)/elsewhere")
            #expect(run.code != 0, "\(run.printed)")
            #expect(run.printed.contains("/elsewhere"), "\(run.printed)")
        }
    }
}
