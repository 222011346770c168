import Foundation
import ProcessSupport
import Testing

/// `weir verify`, its task, and runs whose image is not what the server holds (DESIGN §6), with real processes.
struct VerifyTests {
    private static let job = LoadedCompany.job

    /// The last line, and the exit code.
    private func verify(_ company: Company, _ arguments: String...) throws -> (code: Int32, last: String, all: String) {
        let program = try Program(["verify"] + arguments, in: company.folder)
        let code = program.end()
        let lines = program.printed.split(separator: "\n").filter { !$0.isEmpty }
        return (code, lines.last.map(String.init) ?? "", program.printed)
    }

    private func equal(_ company: Company) throws {
        let found = try verify(company, "--connector", "HR", "--deep")
        #expect(found.last == "HR: 0 resources and 0 links differed", "\(found.all)")
        #expect(found.code == 0)
    }

    private static let threeNames = "update UR_Resources set C5 = 'Meddled' where C4 in ('P003', 'P033', 'P099');"

    /// A company whose thresholds let everything through, and whose client may approve.
    private func served(limits: String = "", extra: String = "") throws -> Company {
        let company = try LoadedCompany.copy()
        let text = try company.read("Conf/Small.xml")
        let thresholds =
            limits.isEmpty
            ? ["Inserted", "Updated", "Deleted"].flatMap {
                ["Maximum\($0)Lines=\"0\"", "MaxPercentage\($0)Lines=\"0\""]
            }
            .joined(separator: " ")
                + " MaximumLinkInsertedLines=\"0\" MaxLinkPercentageInsertedLines=\"0\" MaximumLinkDeletedLines=\"0\""
                + " MaxLinkPercentageDeletedLines=\"0\""
            : limits
        try company.write(
            text.replacing("<Connector Identifier=\"HR\"", with: "<Connector Identifier=\"HR\" \(thresholds)")
                .replacing(
                    "<CreateInitializationJob",
                    with:
                        "<JobExecutionAccessControlRules Profile=\"AgentSynchro\" />\n\(extra)\n<CreateInitializationJob"
                ),
            to: "Conf/Small.xml")
        let deployed = try company.run("deploy-configuration", "-d", "Conf")
        guard deployed.code == 0 else { throw Unexpected(deployed.printed) }
        try company.startServer()
        return company
    }

    @Test func `rows that SQL changed are found exactly, and repaired`() throws {
        let company = try served()
        let wanted = try company.contents()
        try equal(company)
        _ = try company.query(Self.threeNames)
        // What both sides kept is equal still: only a deep look reads the columns.
        let shallow = try verify(company, "--connector", "HR")
        #expect(shallow.last == "HR: 0 resources and 0 links differed")
        #expect(shallow.code == 0)
        let deep = try verify(company, "--deep")
        #expect(deep.last == "HR: 3 resources and 0 links differed", "\(deep.all)")
        #expect(deep.code == 1)
        #expect(
            try company.query("select Resources, Links, IsDeep, RepairedAt is null from US_Verifications") == "3|0|1|1")
        // What was found is known now, and looked at deep without being asked.
        let repaired = try verify(company, "--connector", "HR", "--repair")
        #expect(repaired.last == "HR: 3 resources and 0 links differed, repaired", "\(repaired.all)")
        #expect(repaired.code == 0)
        #expect(try company.contents() == wanted)
        #expect(try company.query("select RepairedAt is not null from US_Verifications") == "1")
        #expect(try company.query("select Version from US_Connectors") == "2")
        try equal(company)
        // The next run goes on from the repaired version.
        try company.day(2)
        #expect(try company.run("invoke-job", "-j", Self.job).code == 0)
        #expect(try company.query("select count(*) from UR_Resources") == "101")
        try equal(company)
    }

    @Test func `links that SQL changed are found exactly, and repaired`() throws {
        let company = try served()
        let wanted = try company.contents()
        _ = try company.query("update UR_Resources set I40 = null where C4 in ('P010', 'P011');")
        _ = try company.query("update UR_Resources set C4 = null where C4 = 'P050';")
        let found = try verify(company, "--connector", "HR", "--deep", "--repair")
        #expect(found.last == "HR: 2 resources and 2 links differed, repaired", "\(found.all)")
        #expect(found.code == 0)
        #expect(try company.contents() == wanted)
        try equal(company)
    }

    @Test func `an object a connector tells what was counted and moved`() throws {
        struct Output: Decodable {
            struct Version: Decodable { var number: Int }
            struct Counted: Decodable, Equatable { var inserted, updated, deleted, rebound: Int }
            var connector, outcome: String
            var resources, links, bytesReceived, bytesSent: Int
            var deep, repaired: Bool
            var mappings: [String: Counted]
            var version: Version
            var verifiedAt, session: String?
        }
        let company = try served()
        _ = try company.query(Self.threeNames)
        let found = try verify(company, "--deep", "--repair", "--json")
        let output = try JSONDecoder().decode(Output.self, from: Data(found.last.utf8))
        #expect(output.connector == "HR" && output.outcome == "repaired" && output.repaired && output.deep)
        #expect(output.resources == 3 && output.links == 0)
        #expect(
            output.mappings == [
                "Person": .init(inserted: 0, updated: 3, deleted: 0, rebound: 0),
                "Person_Manager": .init(inserted: 0, updated: 0, deleted: 0, rebound: 0),
            ])
        #expect(output.bytesReceived > 65_536 && output.bytesSent > 0)
        #expect(output.version.number == 2)
        #expect(output.verifiedAt != nil && output.session != nil)
        #expect(found.all.split(separator: "\n").count == 1, "\(found.all)")
    }

    @Test func `a repair that a safeguard holds exits 3, and is applied once it is approved`() throws {
        let company = try served(limits: "MaximumInsertedLines=\"5\"")
        let wanted = try company.contents()
        _ = try company.query("delete from UR_Resources where C4 > 'P070';")
        let held = try verify(company, "--connector", "HR", "--deep", "--repair")
        #expect(held.code == 3)
        #expect(held.last == "HR: 29 resources and 0 links differed", "\(held.all)")
        let session = try company.query("select BlockedSession from US_Connectors")
        let missing = BadInputTests.missing(
            ["MaximumInsertedLines", "is 5", "29", "weir changes --session \(session)"], in: held.all)
        #expect(missing == [], "\(held.all)")
        // Nobody approved it: it stays held.
        let again = try verify(company, "--connector", "HR", "--repair")
        #expect(again.code == 3, "\(again.all)")
        #expect(again.all.contains("waits for a decision"))
        let wrong = try verify(company, "--connector", "HR", "--repair", "--approve", "abc")
        #expect(wrong.code == 1, "\(wrong.all)")
        let hash = try company.query("select ChangeSet from US_Sessions where Id = '\(session)'")
        let approved = try verify(company, "--connector", "HR", "--repair", "--approve", hash)
        #expect(approved.last == "HR: 29 resources and 0 links differed, repaired", "\(approved.all)")
        #expect(approved.code == 0)
        #expect(try company.contents() == wanted)
        try equal(company)
    }

    @Test func `a job's blocked run is approved by its job, not by a verification`() throws {
        let company = try served(limits: "MaximumUpdatedLines=\"0\" MaximumInsertedLines=\"1\"")
        try company.day(2)
        let blocked = try company.run("invoke-job", "-j", LoadedCompany.job)
        #expect(blocked.code == 3, "\(blocked.printed)")
        let hash = try company.query("select ChangeSet from US_Sessions where State = 'blocked'")
        let refused = try verify(company, "--connector", "HR", "--repair", "--approve", hash)
        #expect(refused.code == 2, "\(refused.all)")
        #expect(refused.all.contains("weir invoke-job -j \(LoadedCompany.job) -r \(hash)"), "\(refused.all)")
        #expect(
            try company.query("select State || coalesce(ApprovedBy, '') from US_Sessions where ChangeSet = '\(hash)'")
                == "blocked")
    }

    @Test func `two at the same time wait for each other`() throws {
        let company = try served()
        _ = try company.query(Self.threeNames)
        let tools = try (0..<2).map { _ in try Program(["verify", "--deep", "--repair"], in: company.folder) }
        let results = tools.map { ($0.end(), $0.printed) }
        #expect(results.map(\.0) == [0, 0], "\(results)")
        #expect(results.count { $0.1.contains("HR: 3 resources and 0 links differed, repaired\n") } == 1, "\(results)")
        #expect(results.count { $0.1.contains("HR: 0 resources and 0 links differed\n") } == 1, "\(results)")
    }

    @Test func `wrong usage and unknown connectors exit 2`() throws {
        let company = try LoadedCompany.served()
        #expect(try verify(company, "--connector", "Nobody").code == 2)
        #expect(try verify(company, "--approve", "x").code == 2)
        #expect(company.stopServer() == 0)
        let folder = try Company(example: "Tests/Fixtures/small")
        try folder.day(1)
        #expect(try folder.run("deploy-configuration", "-d", "Conf").code == 0)
        try folder.startServer()
        let never = try verify(folder, "--connector", "HR")
        #expect(never.code == 1)
        #expect(never.all.contains("never synchronized"), "\(never.all)")
        let all = try verify(folder)
        #expect(all.code == 0)
        #expect(all.all.contains("HR was never synchronized"), "\(all.all)")
    }

    // MARK: The task

    private static func task(repair: Bool) -> String {
        """
        <Job Identifier="Verify" DisplayName_L1="Verify HR" Agent="Local">
          <VerifySynchronizationTask Identifier="VerifyHR" DisplayName_L1="Verify" Connector="HR" Deep="true"
            Repair="\(repair)" Agent="Local" OpenIdClient="Job" />
        </Job>
        """
    }

    private func state(_ company: Company) throws -> String {
        try company.query("select State from UJ_TaskInstances where Task = 'VerifyHR' order by StartedAt desc limit 1")
    }

    @Test func `the task finds nothing, or repairs`() throws {
        let company = try served(extra: Self.task(repair: true))
        let wanted = try company.contents()
        let nothing = try company.run("invoke-job", "-j", "Verify")
        #expect(nothing.code == 0, "\(nothing.printed)")
        #expect(try state(company) == "noProcessing")
        _ = try company.query(Self.threeNames)
        let repaired = try company.run("invoke-job", "-j", "Verify")
        #expect(repaired.code == 0, "\(repaired.printed)")
        #expect(repaired.printed.contains("HR: 3 resources and 0 links differed, repaired"))
        #expect(try state(company) == "completed")
        #expect(try company.contents() == wanted)
        try equal(company)
    }

    @Test func `the task without Repair ends in error when both sides differ`() throws {
        let company = try served(extra: Self.task(repair: false))
        _ = try company.query(Self.threeNames)
        let drift = try company.run("invoke-job", "-j", "Verify")
        #expect(drift.code == 1)
        #expect(drift.printed.contains("HR: 3 resources and 0 links differed. "), "\(drift.printed)")
        #expect(try state(company) == "error")
    }

    @Test func `the task's held repair goes on when it is approved`() throws {
        let company = try served(limits: "MaximumUpdatedLines=\"2\"", extra: Self.task(repair: true))
        let wanted = try company.contents()
        _ = try company.query(Self.threeNames)
        let held = try company.run("invoke-job", "-j", "Verify")
        #expect(held.code == 3, "\(held.printed)")
        #expect(try state(company) == "blocked")
        let resumed = try company.run("invoke-job", "-j", "Verify", "-r")
        #expect(resumed.code == 0, "\(resumed.printed)")
        #expect(try state(company) == "completed")
        #expect(try company.contents() == wanted)
        try equal(company)
    }

    // MARK: Images

    /// Persons with names and managers, without the flags of what was changed last.
    private static func persons(_ company: Company) throws -> String {
        try company.query(
            """
            select r.C4, r.C5, r.InternalDisplayName, m.C4 from UR_Resources r left join UR_Resources m on m.Id = r.I40
              order by r.C4
            """)
    }

    /// What the second day makes of the first one.
    private static let secondDay: Result<String, any Error> = Result {
        let company = try LoadedCompany.served()
        try company.day(2)
        let run = try company.run("invoke-job", "-j", job)
        guard run.code == 0 else { throw Unexpected(run.printed) }
        return try persons(company)
    }

    enum Damage: String, CaseIterable, Sendable {
        case lost, cut, changed, foreign, diverged, noDigest, otherRoot, olderVersion
    }

    private func damage(_ company: Company, _ damage: Damage) throws {
        let current = company.folder + "/Work/Collect/HR/current"
        switch damage {
        case .lost: try FileManager.default.removeItem(atPath: company.folder + "/Work/Collect/HR")
        case .cut: try Data("Id_,Name\n".utf8).write(to: URL(fileURLWithPath: current + "/Person.sorted.csv"))
        case .changed:
            let url = URL(fileURLWithPath: current + "/Person.sorted.csv")
            var text = try String(contentsOf: url, encoding: .utf8)
            text.replace("P001,", with: "\"P001,")
            text.removeLast()
            try Data(text.utf8).write(to: url)
        case .foreign: _ = try company.query("update US_Connectors set VersionSession = 'restored'")
        case .diverged: _ = try company.query("update UR_Resources set C5 = 'Meddled' where C4 = 'P042'")
        case .noDigest: _ = try company.query("update US_Counters set Root = null; delete from US_DigestBuckets")
        case .otherRoot: _ = try company.query("update US_Counters set Root = 'x'")
        case .olderVersion:
            // Of a version that compared rows in another way; what both sides agreed on then says nothing now.
            guard company.stopServer() == 0 else { throw Unexpected("the server did not stop") }
            let known = try company.query("select Fingerprint from US_Connectors")
            _ = try company.query("update US_Connectors set Fingerprint = 'older'")
            let manifest = URL(fileURLWithPath: current + "/manifest.json")
            let text = try String(contentsOf: manifest, encoding: .utf8)
            try Data(text.replacing(known, with: "older").utf8).write(to: manifest)
            try company.startServer()
        }
    }

    @Test(arguments: Damage.allCases)
    func `whatever became of the image, the next run ends as if nothing had happened`(_ damage: Damage) throws {
        let company = try served()
        try self.damage(company, damage)
        // On top of it, what SQL did: the run finds it as well.
        _ = try company.query("update UR_Resources set C5 = 'Meddled' where C4 = 'P099'")
        try company.day(2)
        let run = try company.run("invoke-job", "-j", Self.job)
        #expect(run.code == 0, "\(run.printed)")
        #expect(try Self.persons(company) == Self.secondDay.get())
        #expect(try company.query("select Version from US_Connectors") == "2")
        try equal(company)
        let again = try company.run("invoke-job", "-j", Self.job)
        #expect(again.code == 0, "\(again.printed)")
        #expect(try company.query("select Version from US_Connectors") == "2")
    }

    @Test func `a lost image is made again when nothing differs, without a new version`() throws {
        let company = try served()
        try damage(company, .lost)
        let lost = try verify(company, "--connector", "HR")
        #expect(lost.code == 1)
        let missing = BadInputTests.missing(["no image", "incremental or Complete job"], in: lost.all)
        #expect(missing == [], "\(lost.all)")
        let run = try company.run("invoke-job", "-j", Self.job)
        #expect(run.code == 0, "\(run.printed)")
        #expect(try company.query("select Version from US_Connectors") == "1")
        try equal(company)
    }

    @Test func `a damaged image is no truth to repair by`() throws {
        let company = try served()
        let wanted = try company.contents()
        let path = company.folder + "/Work/Collect/HR/current/Person.sorted.csv"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try Data(text.replacing("Name 7\n", with: "Nome 7\n").utf8).write(to: URL(fileURLWithPath: path))
        let damaged = try verify(company, "--connector", "HR", "--deep", "--repair")
        #expect(damaged.code == 1)
        #expect(damaged.all.contains("lost or damaged"), "\(damaged.all)")
        #expect(try company.contents() == wanted)
        #expect(try company.run("invoke-job", "-j", Self.job).code == 0)
        #expect(try company.contents() == wanted)
        try equal(company)
    }

    @Test func `a rejected row is not deleted where the image is lost`() throws {
        let company = try served()
        try damage(company, .lost)
        let source = "\(company.folder)/sources/current/people.csv"
        let text = try String(contentsOfFile: source, encoding: .utf8)
        try Data(text.replacing("P003,Name 3,P000\n", with: "P003,\"Name\n").utf8).write(
            to: URL(fileURLWithPath: source))
        let run = try company.run("invoke-job", "-j", Self.job)
        #expect(run.code == 4, "\(run.printed)")
        #expect(try company.query("select C5 from UR_Resources where C4 = 'P003'") == "Name 3")
        #expect(try company.query("select count(*) from UR_Resources") == "100")
        try equal(company)
    }

    @Test func `an empty file does not empty the server where the image is lost`() throws {
        let company = try served()
        try damage(company, .lost)
        try Data("id,name,manager\n".utf8).write(
            to: URL(fileURLWithPath: "\(company.folder)/sources/current/people.csv"))
        let run = try company.run("invoke-job", "-j", Self.job)
        #expect(run.code == 1, "\(run.printed)")
        #expect(run.printed.contains("cut short"), "\(run.printed)")
        #expect(try company.query("select count(*) from UR_Resources") == "100")
    }

    @Test func `mappings that a deployment changed are exchanged in the next run`() throws {
        let company = try served()
        let text = try company.read("Conf/Small.xml")
        try company.write(
            text.replacing(
                "<Property Identifier=\"Name\" Type=\"String\" TargetColumnIndex=\"5\" />",
                with: """
                    <Property Identifier="Name" Type="String" TargetColumnIndex="5" />
                    <Property Identifier="Boss" Type="String" TargetColumnIndex="6" />
                    """
            ).replacing(
                "<Property Identifier=\"Name\" ConnectionColumn=\"name\" />",
                with: """
                    <Property Identifier="Name" ConnectionColumn="name" />
                    <Property Identifier="Boss" ConnectionColumn="manager" />
                    """), to: "Conf/Small.xml")
        let deployed = try company.run("deploy-configuration", "-d", "Conf")
        #expect(deployed.code == 0, "\(deployed.printed)")
        let lost = try verify(company, "--connector", "HR")
        #expect(lost.code == 1, "\(lost.all)")
        let run = try company.run("invoke-job", "-j", Self.job)
        #expect(run.code == 0, "\(run.printed)")
        #expect(try company.query("select C6 from UR_Resources where C4 = 'P003'") == "P000")
        #expect(try company.query("select count(*) from UR_Resources where C6 is not null") == "99")
        try equal(company)
    }

    @Test func `a Complete run without changes sends nothing and makes no version`() throws {
        let company = try served(
            extra: """
                <CreateConnectorSynchroComplete Connector="HR" DisplayName_L1="HR: all">
                  <OpenIdIdentifier Identifier="Job" /><NoProvisioning />
                </CreateConnectorSynchroComplete>
                """)
        let complete = "HR_Synchronize_Complete_Scaffolding"
        let nothing = try company.run("invoke-job", "-j", complete)
        #expect(nothing.code == 0, "\(nothing.printed)")
        #expect(nothing.printed.contains("0 bytes received, 0 to send"), "\(nothing.printed)")
        #expect(try company.query("select Version from US_Connectors") == "1")
        #expect(
            try company.query("select State, Content from US_Sessions order by Sequence desc limit 1")
                == "unchanged|delta")
        _ = try company.query(Self.threeNames)
        try company.day(2)
        let mended = try company.run("invoke-job", "-j", complete)
        #expect(mended.code == 0, "\(mended.printed)")
        #expect(try company.query("select count(*), count(distinct C4) from UR_Resources") == "101|101")
        #expect(try company.query("select count(*) from UR_Resources where C5 = 'Meddled'") == "0")
        try equal(company)
    }

    // MARK: Dying

    @Test func `killed at any request of a repair, the next one ends as if nothing had happened`() throws {
        let company = try served()
        let wanted = try company.contents()
        #expect(company.stopServer() == 0)
        _ = try company.query(Self.threeNames + "update UR_Resources set I40 = null where C4 = 'P020';")

        let undisturbed = try Company(copying: company)
        let proxy = try FaultProxy(target: undisturbed.port)
        try undisturbed.startServer()
        let options = ["--api-client-id", "Job", "--api-secret", "secret"]
        let first = try Program(
            ["verify", "--deep", "--repair", "--api-url", "http://127.0.0.1:\(proxy.port)"] + options,
            in: undisturbed.folder)
        #expect(first.end() == 0, "\(first.printed)")
        let requests = proxy.count
        #expect(requests > 10)
        for number in 1...requests {
            for moment in FaultProxy.Moment.allCases {
                for killsTool in [true, false] {
                    let copy = try Company(copying: company)
                    let proxy = try FaultProxy(target: copy.port)
                    try copy.startServer()
                    let tool = SharedProgram()
                    proxy.arm(number, moment) {
                        if killsTool {
                            tool.kill()
                        } else {
                            copy.killServer()
                            try? copy.startServer()
                        }
                    }
                    let arguments =
                        ["verify", "--deep", "--repair", "--api-url", "http://127.0.0.1:\(proxy.port)"] + options
                    let program = try Program(arguments, in: copy.folder, started: { tool.program = $0 })
                    let code = program.end()
                    if !killsTool { #expect(code == 0, "\(number) \(moment): \(program.printed)") }
                    let again = try Program(["verify", "--deep", "--repair"] + options, in: copy.folder)
                    #expect(again.end() == 0, "\(number) \(moment) \(killsTool): \(again.printed)")
                    #expect(try copy.contents() == wanted, "\(number) \(moment) \(killsTool)")
                    #expect(try copy.waitingChanges() == "0")
                }
            }
        }
    }
}
