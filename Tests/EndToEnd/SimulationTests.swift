import Foundation
import ProcessSupport
import Testing

/// Looking before leaping, with real processes: simulate, look, approve or reject (DESIGN §1.10).
struct SimulationTests {
    private static let job = LoadedCompany.job
    private static let reviewer = ["--api-client-id", "Reviewer", "--api-secret", "secret"]

    /// A client that may look and decide.
    private static let reviewerRights = """
        <?xml version="1.0" encoding="utf-8"?>
        <ConfigurationFile xmlns="urn:schemas-usercube-com:configuration">
          <Profile Identifier="Reviewer" DisplayName_L1="Reviewer" />
          <SynchronizationAccessControlRules Profile="Reviewer" />
          <JobExecutionAccessControlRules Profile="Reviewer" />
          <OpenIdClient Identifier="Reviewer" DisplayName_L1="Reviewer" Profile="Reviewer"
            HashedSecret="K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=" />
        </ConfigurationFile>
        """

    /// A served company whose client Reviewer may look and decide.
    private func company() throws -> Company {
        let company = try LoadedCompany.served()
        try company.write(Self.reviewerRights, to: "Conf/Reviewer.xml")
        let deployed = try company.run("deploy-configuration", "-d", "Conf")
        guard deployed.code == 0 else { throw Unexpected(deployed.printed) }
        return company
    }

    private func run(_ company: Company, _ arguments: String...) throws -> (code: Int32, printed: String) {
        let program = try Program(arguments + Self.reviewer, in: company.folder)
        let code = program.end()
        return (code, program.printed)
    }

    private func hash(in printed: String) throws -> String {
        guard let hash = printed.firstMatch(of: /change set ([0-9a-f]{64})/.ignoresCase())?.output.1 else {
            throw Unexpected("no change set in:\n\(printed)")
        }
        return String(hash)
    }

    /// The first day's people without the last half: far over the thresholds.
    private func cut(_ company: Company) throws {
        let lines = try company.read("sources/day1/people.csv").split(separator: "\n", omittingEmptySubsequences: false)
        try company.write(lines.prefix(60).joined(separator: "\n") + "\n", to: "sources/current/people.csv")
    }

    @Test func `what a simulation shows is applied by its approval, as a run would have`() throws {
        let company = try company()
        let undisturbed = try LoadedCompany.served()
        try undisturbed.day(2)
        #expect(try undisturbed.run("invoke-job", "-j", Self.job).code == 0)

        try company.day(2)
        let before = try company.contents()
        let image = try FileManager.default.destinationOfSymbolicLink(
            atPath: "\(company.folder)/Work/Collect/HR/current")
        let simulated = try company.run("invoke-job", "-j", Self.job, "--simulate")
        #expect(simulated.code == 0, "\(simulated.printed)")
        #expect(simulated.printed.contains("Job simulated: nothing was changed"))
        #expect(simulated.printed.contains("Person: 2 inserted, 1 updated, 1 deleted (of 100)"))
        #expect(try company.contents() == before)
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: "\(company.folder)/Work/Collect/HR/current")
                == image)
        let hash = try hash(in: simulated.printed)

        let shown = try run(company, "changes", "--job", Self.job)
        #expect(shown.code == 0, "\(shown.printed)")
        #expect(shown.printed.contains("State      planned"))
        #expect(shown.printed.contains("Name: Name 42 → Renamed"))
        #expect(shown.printed.contains("weir invoke-job -j \(Self.job) -r \(hash)"))
        let csv = try run(company, "changes", "--csv", "--operation", "update").printed
        #expect(csv.hasPrefix("kind,operation,cause,mapping,key,property,before,after\n"))
        #expect(csv.contains(",Person,P042,Name,Name 42,Renamed\n"))
        let json = try run(company, "changes", "--json", "--job", Self.job).printed
        let parsed = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        #expect((parsed?["resourceChanges"] as? [Any])?.count == 4)
        #expect((parsed?["linkChanges"] as? [Any])?.isEmpty == false)

        // The source goes on: what was looked at is applied, and nothing else.
        try company.day(1)
        let approved = try run(company, "invoke-job", "-j", Self.job, "-r", hash)
        #expect(approved.code == 0, "\(approved.printed)")
        #expect(try company.contents() == undisturbed.contents())
        // The image that was kept for it is the current one: the next run finds the way back by a comparison.
        let back = try company.run("invoke-job", "-j", Self.job)
        #expect(back.code == 0, "\(back.printed)")
        #expect(back.printed.contains("Person: 1 inserted, 1 updated, 2 deleted (of 101)"))
    }

    @Test func `a simulation of a job that forces its runs is applied once it is approved`() throws {
        let company = try Company(example: "Tests/Fixtures/small")
        try company.day(1)
        try company.write(Self.reviewerRights, to: "Conf/Reviewer.xml")
        #expect(try company.run("deploy-configuration", "-d", "Conf").code == 0)
        try company.startServer()
        let simulated = try company.run("invoke-job", "-j", "InitializationJob", "--simulate")
        #expect(simulated.code == 0, "\(simulated.printed)")
        #expect(try company.query("select count(*) from UR_Resources") == "0")
        #expect(try company.query("select count(*) from UA_Audit where Action = 'forced'") == "0")
        let approved = try run(
            company, "invoke-job", "-j", "InitializationJob", "-r", try hash(in: simulated.printed))
        #expect(approved.code == 0, "\(approved.printed)")
        #expect(try company.query("select count(*) from UR_Resources") == "100")
        #expect(try company.query("select Decision from US_Approvals") == "approve")
    }

    @Test func `a simulation that a safeguard would hold exits 3, and nobody has to wait for it`() throws {
        let company = try company()
        try cut(company)
        let simulated = try company.run("invoke-job", "-j", Self.job, "--simulate")
        #expect(simulated.code == 3, "\(simulated.printed)")
        #expect(simulated.printed.contains("A safeguard would hold it"))
        let session = try company.query("select Id from US_Sessions where State = 'planned'")

        try company.day(2)
        let run = try company.run("invoke-job", "-j", Self.job)
        #expect(run.code == 0, "\(run.printed)")
        let applied = try company.contents()
        let late = try self.run(company, "invoke-job", "-j", Self.job, "-r", try hash(in: simulated.printed))
        #expect(late.code == 2, "\(late.printed)")
        #expect(try company.contents() == applied)
        let shown = try self.run(company, "changes", "--session", session)
        #expect(shown.code == 0, "\(shown.printed)")
        #expect(shown.printed.contains("State      superseded"))
        #expect(shown.printed.contains("was applied to connector \"HR\" after it was computed"))
        #expect(shown.printed.contains("The list was discarded with the session"))
    }

    @Test func `another hash is refused with both, and deciding needs the permission`() throws {
        let company = try company()
        try cut(company)
        #expect(try company.run("invoke-job", "-j", Self.job).code == 3)
        let shown = try run(company, "changes", "--job", Self.job)
        let hash = try hash(in: shown.printed)
        let other = String(repeating: "0", count: 64)
        let wrong = try run(company, "invoke-job", "-j", Self.job, "-r", other)
        #expect(wrong.code == 2, "\(wrong.printed)")
        #expect(wrong.printed.contains(hash))
        #expect(wrong.printed.contains(other))
        #expect(try run(company, "invoke-job", "-j", Self.job, "-r", "short").code == 2)

        let session = try company.query("select Id from US_Sessions where State = 'blocked'")
        #expect(try company.run("invoke-job", "-j", Self.job, "-r", hash).code == 6)
        #expect(try company.run("reject", "--session", session, "--reason", "cut").code == 6)
        #expect(try company.run("changes", "--session", session).code == 6)
        #expect(try run(company, "reject", "--session", session, "--reason", " ").code == 2)
        let rejected = try run(company, "reject", "--job", Self.job, "--reason", "the file was cut")
        #expect(rejected.code == 0, "\(rejected.printed)")
        let after = try run(company, "changes", "--session", session)
        #expect(after.printed.contains("State      rejected"))
        #expect(after.printed.contains("Rejected by client Reviewer at"))
        #expect(after.printed.contains("the file was cut"))
        // Rejected is decided: the job holds nothing more, and its next run computes anew.
        #expect(try run(company, "invoke-job", "-j", Self.job, "-r").code == 2)
        #expect(try company.run("invoke-job", "-j", Self.job).code == 3)
        // Without a value -r takes what is shown, as it always did.
        let resumed = try run(company, "invoke-job", "-j", Self.job, "-r")
        #expect(resumed.code == 0, "\(resumed.printed)")
        #expect(try company.query("select count(*) from UR_Resources where Type = 'Person'") == "59")
    }

    @Test func `a simulation that was killed never becomes a run, nor a run a simulation`() throws {
        let company = try company()
        try company.day(2)
        let proxy = try FaultProxy(target: company.port)
        let before = try company.contents()
        func killed(_ arguments: [String]) throws {
            let box = SharedProgram()
            proxy.arm(at: "/Seal ", .beforeAnswer) { box.kill() }
            let tool = try Program(
                [
                    "invoke-job", "-j", Self.job, "--api-url", "http://127.0.0.1:\(proxy.port)", "--api-client-id",
                    "Job",
                    "--api-secret", "secret",
                ] + arguments, in: company.folder, started: { box.program = $0 })
            #expect(tool.end() < 0)
        }
        try killed(["--simulate"])
        let again = try company.run("invoke-job", "-j", Self.job, "--simulate")
        #expect(again.code == 0, "\(again.printed)")
        #expect(again.printed.contains("goes on"))
        #expect(try company.contents() == before)

        try killed(["--simulate"])
        let run = try company.run("invoke-job", "-j", Self.job)
        #expect(run.code == 0, "\(run.printed)")
        #expect(try company.query("select count(*) from UR_Resources where Type = 'Person'") == "101")

        try company.day(1)
        try killed([])
        let refused = try company.run("invoke-job", "-j", Self.job, "--simulate")
        #expect(refused.code == 1, "\(refused.printed)")
        #expect(refused.printed.contains("has to be finished before a simulation"))
        #expect(try company.run("invoke-job", "-j", Self.job).code == 0)
        #expect(try company.query("select count(*) from UR_Resources where Type = 'Person'") == "100")
    }

    @Test(arguments: [
        ["--simulate", "-r"], ["--simulate", "-f"], ["--simulate", "-t", "x"], ["-r", "-b", "1"],
    ])
    func `a simulation is of the whole job, and approves nothing`(arguments: [String]) throws {
        let company = try LoadedCompany.copy()
        let program = try Program(["invoke-job", "-j", Self.job] + arguments, in: company.folder)
        #expect(program.end() == 2, "\(program.printed)")
    }
}
