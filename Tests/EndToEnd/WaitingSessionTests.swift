import Foundation
import ProcessSupport
import Testing

/// What a verification does while a prepared session waits, and when it is told to end (DESIGN §6, §12).
struct WaitingSessionTests {
    private static let job = LoadedCompany.job
    private static let meddled = "update UR_Resources set C5 = 'Meddled' where C4 = 'P099'"

    private func served(extra: String = "") throws -> Company {
        let company = try LoadedCompany.copy()
        let conf = try company.read("Conf/Small.xml")
        try company.write(
            conf.replacing("<CreateInitializationJob", with: "\(extra)\n<CreateInitializationJob"),
            to: "Conf/Small.xml")
        let deployed = try company.run("deploy-configuration", "-d", "Conf")
        guard deployed.code == 0 else { throw Unexpected(deployed.printed) }
        try company.startServer()
        return company
    }

    @Test func `a repair does not take the place of a session that was prepared`() throws {
        let company = try served()
        try company.day(2)
        #expect(try company.run("export", "--connection", "People").code == 0)
        let prepared = try company.run("prepare-synchronization", "--connector", "HR")
        #expect(prepared.code == 0, "\(prepared.printed)")
        let session = try company.query("select Id from US_Sessions where State = 'sealed'")
        #expect(session != "")
        // Nothing to repair: nothing is in the way of a look.
        let equal = try company.run("verify", "--deep", "--repair")
        #expect(equal.code == 0, "\(equal.printed)")
        _ = try company.query(Self.meddled)
        let refused = try company.run("verify", "--deep", "--repair")
        #expect(refused.code == 1, "\(refused.printed)")
        let missing = BadInputTests.missing(
            [session, "waits to be applied", "nothing was repaired", "SynchronizeTask"], in: refused.printed)
        #expect(missing == [], "\(refused.printed)")
        #expect(try company.query("select State from US_Sessions where Id = '\(session)'") == "sealed")
        // It stands on other rows than the server holds: nobody says that it was applied.
        let applied = try company.run("invoke-job", "-j", Self.job, "-c", "SynchronizeTask")
        #expect(applied.code == 1, "\(applied.printed)")
        let anew = try company.run("invoke-job", "-j", Self.job)
        #expect(anew.code == 0, "\(anew.printed)")
        #expect(try company.query("select count(*) from UR_Resources") == "101")
        #expect(try company.query("select C5 from UR_Resources where C4 = 'P099'") == "Name 99")
        #expect(try company.run("verify", "--deep").code == 0)
    }

    @Test func `a job that verifies between preparation and apply never succeeds without applying`() throws {
        func task(_ element: String, _ level: Int, _ attributes: String = "") -> String {
            """
            <\(element) Identifier="Between\(level)" Agent="Local" Connector="HR" Level="\(level)" OpenIdClient="Job" \
            \(attributes) />
            """
        }
        let company = try served(
            extra: """
                <Job Identifier="Between" DisplayName_L1="Between" Agent="Local">
                  \(task("ExportTask", 1, "Connection=\"People\""))
                  \(task("PrepareSynchronizationTask", 2, "SynchronizationMode=\"Incremental\""))
                  \(task("VerifySynchronizationTask", 3, "Deep=\"true\" Repair=\"true\""))
                  \(task("SynchronizeTask", 4))
                </Job>
                """)
        try company.day(2)
        _ = try company.query(Self.meddled)
        let run = try company.run("invoke-job", "-j", "Between")
        #expect(run.code == 1, "\(run.printed)")
        let missing = BadInputTests.missing(
            ["waits to be applied", "nothing was repaired", "before its preparation"], in: run.printed)
        #expect(missing == [], "\(run.printed)")
        #expect(try company.query("select State from US_Sessions order by Sequence desc limit 1") == "sealed")
        // Without drift nothing is in its way.
        let next = try company.run("invoke-job", "-j", Self.job)
        #expect(next.code == 0, "\(next.printed)")
        try company.day(1)
        let undisturbed = try company.run("invoke-job", "-j", "Between")
        #expect(undisturbed.code == 0, "\(undisturbed.printed)")
        #expect(try company.query("select count(*) from UR_Resources") == "100")
        #expect(try company.run("verify", "--deep").code == 0)
    }

    // MARK: Told to end

    enum Signal: String, CaseIterable, Sendable {
        case interrupt, terminate

        var number: Int32 { self == .interrupt ? SIGINT : SIGTERM }
    }

    /// Ends a tool by a signal while the server has a request of it; how it ended, what it printed, and how long it took.
    private func end(
        _ arguments: [String], in company: Company, at request: String, _ signal: Signal
    ) throws -> (code: Int32, printed: String, seconds: Double) {
        let proxy = try FaultProxy(target: company.port)
        let tool = SignalledTool()
        proxy.arm(at: request, .beforeAnswer) { tool.signal(signal.number) }
        let program = try Program(
            arguments + [
                "--api-url", "http://127.0.0.1:\(proxy.port)", "--api-client-id", "Job", "--api-secret", "secret",
            ], in: company.folder, started: { tool.program = $0 })
        let code = program.end()
        return (code, program.printed, tool.secondsSinceSignal)
    }

    private func isFree(_ company: Company) throws -> Bool {
        try company.query("select min(IsReleased) from US_Leases") == "1"
    }

    @Test(arguments: Signal.allCases, ["/Verification ", "/Rows ", "/SynchronizeSession ", "/Seal "])
    func `a verification that is told to end repairs nothing`(_ signal: Signal, _ request: String) throws {
        let company = try served()
        _ = try company.query(Self.meddled)
        let before = try company.contents()
        let ended = try end(["verify", "--deep", "--repair"], in: company, at: request, signal)
        #expect(ended.code == 5, "\(ended.printed)")
        #expect(ended.seconds < 10)
        #expect(try isFree(company))
        #expect(try company.contents() == before)
        #expect(try company.query("select count(*) from US_Sessions where State = 'sealed'") == "0")
        let repaired = try company.run("verify", "--deep", "--repair")
        #expect(repaired.code == 0, "\(repaired.printed)")
    }

    @Test(arguments: ["/SynchronizeSession ", "/File/"])
    func `a preparation that is told to end leaves nothing in the way`(_ request: String) throws {
        let company = try served()
        try company.day(2)
        #expect(try company.run("export", "--connection", "People").code == 0)
        let ended = try end(["prepare-synchronization", "--connector", "HR"], in: company, at: request, .terminate)
        #expect(ended.code == 5, "\(ended.printed)")
        #expect(ended.seconds < 10)
        #expect(try isFree(company))
        #expect(try company.query("select count(*) from US_Sessions where State = 'sealed'") == "0")
        let job = try company.run("invoke-job", "-j", Self.job)
        #expect(job.code == 0, "\(job.printed)")
        #expect(try company.query("select count(*) from UR_Resources") == "101")
    }
}

/// A tool that a request of its own ends.
private final class SignalledTool: @unchecked Sendable {
    private let lock = NSLock()
    private var held: Program?
    private var signalled: Date?

    var program: Program? {
        get { lock.withLock { held } }
        set { lock.withLock { held = newValue } }
    }

    var secondsSinceSignal: Double { lock.withLock { signalled.map { -$0.timeIntervalSinceNow } ?? .infinity } }

    func signal(_ number: Int32) {
        lock.withLock { signalled = Date() }
        program?.signal(number)
    }
}
