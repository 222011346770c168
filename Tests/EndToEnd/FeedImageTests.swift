import Foundation
import ProcessSupport
import Testing

/// Images that are damaged, lost or older than what was proven, of connectors that give changes and of others (DESIGN §4,
/// §6), with real processes.
struct FeedImageTests {
    private static let job = LoadedCompany.job
    private static let image = "Work/Collect/HR/current/Person.sorted.csv"

    /// A loaded company whose connection gives changes.
    private func feeding() throws -> Company {
        let company = try LoadedCompany.copy()
        try company.edit("appsettings.agent.json") { settings in
            settings["Connections"] = [
                "People": ["Path": "sources/current/people.csv", "PathIncremental": "sources/current/changes.csv"]
            ]
        }
        try company.write("Command,id,name,manager\n", to: "sources/current/changes.csv")
        return company
    }

    private static let thresholds =
        ["Inserted", "Updated", "Deleted"].flatMap {
            ["Maximum\($0)Lines=\"0\"", "MaxPercentage\($0)Lines=\"0\""]
        }.joined(separator: " ") + " MaximumLinkDeletedLines=\"0\" MaxLinkPercentageDeletedLines=\"0\""

    /// Changes the configuration and deploys it; every threshold is off.
    private func deploy(_ company: Company, _ change: (String) -> String) throws {
        let conf = try company.read("Conf/Small.xml")
        try company.write(
            change(conf).replacing(
                "<Connector Identifier=\"HR\"", with: "<Connector Identifier=\"HR\" \(Self.thresholds)"),
            to: "Conf/Small.xml")
        let deployed = try company.run("deploy-configuration", "-d", "Conf")
        #expect(deployed.code == 0, "\(deployed.printed)")
    }

    private func replace(_ text: String, with other: String, in name: String, of company: Company) throws {
        try company.write(try company.read(name).replacing(text, with: other), to: name)
    }

    private func run(_ company: Company, _ job: String = FeedImageTests.job) throws -> (code: Int32, printed: String) {
        try company.run("invoke-job", "-j", job)
    }

    private func equal(_ company: Company) throws {
        let found = try company.run("verify", "--deep")
        #expect(found.code == 0 && found.printed.contains("HR: 0 resources and 0 links differed"), "\(found.printed)")
    }

    private func name(_ key: String, _ company: Company) throws -> String {
        try company.query("select C5 from UR_Resources where C4 = '\(key)'")
    }

    // MARK: Damaged

    @Test func `after a damaged image was set aside, the feed's next run exports everything`() throws {
        let company = try feeding()
        try company.startServer()
        try replace("Name 7\n", with: "Nome 7\n", in: Self.image, of: company)
        try replace("Name 42", with: "Renamed", in: "sources/current/people.csv", of: company)
        try company.write("Command,id,name,manager\nmerge,P042,Renamed,P004\n", to: "sources/current/changes.csv")
        let damaged = try run(company)
        #expect(damaged.code == 1 && damaged.printed.contains("was set aside"), "\(damaged.printed)")
        #expect(try name("P007", company) == "Name 7")
        let mended = try run(company)
        #expect(mended.code == 0, "\(mended.printed)")
        #expect(try name("P042", company) == "Renamed")
        #expect(try name("P007", company) == "Name 7")
        try equal(company)
    }

    @Test func `an image that a verification found damaged stays lost until there is a new one`() throws {
        let company = try LoadedCompany.served()
        try replace("Name 7\n", with: "Nome 7\n", in: Self.image, of: company)
        for arguments in [["verify", "--deep"], ["verify"], ["verify", "--deep", "--repair"]] {
            let lost = try company.run(arguments)
            #expect(lost.code == 1 && lost.printed.contains("lost or damaged"), "\(arguments) \(lost.printed)")
        }
        let mended = try run(company)
        #expect(mended.code == 0, "\(mended.printed)")
        try equal(company)
        let left = try FileManager.default.contentsOfDirectory(atPath: company.folder + "/Work/Collect/HR")
        #expect(left.filter { $0.hasPrefix("damaged") } == [])
    }

    @Test func `rows are not carried from a damaged image of other mappings`() throws {
        let company = try LoadedCompany.served()
        try replace("Name 7\n", with: "Nome 7\n", in: Self.image, of: company)
        try deploy(company) { conf in
            conf.replacing(
                "<Property Identifier=\"Manager\" ",
                with: "<Property Identifier=\"Boss\" Type=\"String\" TargetColumnIndex=\"6\" />\n"
                    + "<Property Identifier=\"Manager\" "
            ).replacing(
                "<Property Identifier=\"Name\" ConnectionColumn=\"name\" />",
                with: """
                    <Property Identifier="Name" ConnectionColumn="name" />
                    <Property Identifier="Boss" ConnectionColumn="manager" />
                    """)
        }
        try replace("P007,Name 7,P000\n", with: "P007,\"Name\n", in: "sources/current/people.csv", of: company)
        let damaged = try run(company)
        #expect(damaged.code == 1 && damaged.printed.contains("was set aside"), "\(damaged.printed)")
        let mended = try run(company)
        #expect(mended.code == 4, "\(mended.printed)")
        #expect(try name("P007", company) == "Name 7")
        try equal(company)
    }

    // MARK: Proven

    @Test(arguments: ["verify", "complete"])
    func `what SQL and the source corrected alike is the image afterwards`(_ found: String) throws {
        let company = try LoadedCompany.copy()
        try deploy(company) { conf in
            conf.replacing(
                "<CreateInitializationJob",
                with: """
                    <CreateConnectorSynchroComplete Connector="HR" DisplayName_L1="HR: all">
                      <OpenIdIdentifier Identifier="Job" /><NoProvisioning />
                    </CreateConnectorSynchroComplete>
                    <CreateInitializationJob
                    """)
        }
        try company.startServer()
        _ = try company.query("update UR_Resources set C5 = 'Renamed' where C4 = 'P042'")
        try replace("Name 42", with: "Renamed", in: "sources/current/people.csv", of: company)
        if found == "verify" {
            #expect(try company.run("verify", "--deep").code == 1)
        }
        let corrected = try run(company, found == "verify" ? Self.job : "HR_Synchronize_Complete_Scaffolding")
        #expect(corrected.code == 0, "\(corrected.printed)")
        #expect(try company.query("select Version from US_Connectors") == "1")
        #expect(try company.read(Self.image).contains("P042,Renamed\n"))
        try equal(company)
        let repaired = try company.run("verify", "--repair")
        #expect(repaired.code == 0 && repaired.printed.contains("HR: 0 resources and 0 links"), "\(repaired.printed)")
        let next = try run(company)
        #expect(next.code == 0 && !next.printed.contains("compared with the server"), "\(next.printed)")
        #expect(try name("P042", company) == "Renamed")
    }

    @Test(arguments: FaultProxy.Moment.allCases)
    func `an agent that dies when both sides are proven equal takes the proven image afterwards`(
        _ moment: FaultProxy.Moment
    ) throws {
        let company = try LoadedCompany.served()
        _ = try company.query("update UR_Resources set C5 = 'Renamed' where C4 = 'P042'")
        try replace("Name 42", with: "Renamed", in: "sources/current/people.csv", of: company)
        #expect(try company.run("verify", "--deep").code == 1)
        let proxy = try FaultProxy(target: company.port)
        let agent = SharedProgram()
        proxy.arm(at: "/Close ", moment) { agent.kill() }
        let program = try Program(
            [
                "invoke-job", "-j", Self.job, "--api-url", "http://127.0.0.1:\(proxy.port)", "--api-client-id", "Job",
                "--api-secret", "secret",
            ], in: company.folder, started: { agent.program = $0 })
        #expect(program.end() == -SIGKILL, "\(program.printed)")
        let finished = try run(company)
        #expect(finished.code == 0, "\(finished.printed)")
        #expect(try company.read(Self.image).contains("P042,Renamed\n"))
        #expect(try company.query("select Version from US_Connectors") == "1")
        try equal(company)
    }

    // MARK: Lost

    @Test func `who left is deleted where everything was exported as changes, although a row is rejected`() throws {
        let company = try feeding()
        try company.edit("appsettings.agent.json") { settings in
            settings["Connections"] = ["People": ["Path": "sources/current/people.csv"]]
        }
        try company.startServer()
        let lines = try company.read("sources/current/people.csv").split(separator: "\n").dropFirst()
        let rows = lines.filter { !$0.hasPrefix("P055,") }.map {
            $0.hasPrefix("P007,") ? "insert,P007,Na\0me,P000" : "insert,\($0)"
        }
        try company.write(
            "Command,id,name,manager\n" + rows.joined(separator: "\n") + "\n", to: "sources/current/people.csv")
        try FileManager.default.removeItem(atPath: company.folder + "/Work/Collect/HR")
        let run = try run(company)
        #expect(run.code == 4, "\(run.printed)")
        #expect(try name("P007", company) == "Name 7", "it was rejected, not deleted")
        #expect(try name("P055", company) == "")
        #expect(try company.query("select count(*) from UR_Resources") == "99")
        try equal(company)
    }

    /// The same company with its managers in a table of their own.
    private func withManagers() throws -> Company {
        let company = try LoadedCompany.copy()
        try deploy(company) { conf in
            conf.replacing(
                "<EntityType Identifier=\"Person\"",
                with: """
                    <Connection Identifier="Managers" Connector="HR" DisplayName_L1="M" Package="Usercube.CSV@0000001" />
                    <EntityType Identifier="Person"
                    """
            ).replacing(
                "ConnectionTable=\"People\" Column1=\"manager\"",
                with: "ConnectionTable=\"Managers\" Column1=\"manager\"")
        }
        try company.edit("appsettings.agent.json") { settings in
            settings["Connections"] = [
                "People": ["Path": "sources/current/people.csv"], "Managers": ["Path": "sources/current/managers.csv"],
            ]
        }
        try company.startServer()
        return company
    }

    @Test func `an association's file without rows deletes no links where the image is lost`() throws {
        let company = try withManagers()
        try company.write("id,manager\nP001,P000\nP002,P000\n", to: "sources/current/managers.csv")
        let loaded = try run(company)
        #expect(loaded.code == 0, "\(loaded.printed)")
        let links = "select count(*) from UR_Resources where I40 is not null"
        #expect(try company.query(links) == "2")
        try FileManager.default.removeItem(atPath: company.folder + "/Work/Collect/HR")
        try company.write("id,manager\n", to: "sources/current/managers.csv")
        let cut = try run(company)
        #expect(cut.code == 1, "\(cut.printed)")
        let missing = BadInputTests.missing(
            ["\"Managers\" has no rows", "Person_Manager", "cut short"], in: cut.printed)
        #expect(missing == [], "\(cut.printed)")
        #expect(try company.query(links) == "2")
        // Empty on both sides is equal.
        _ = try company.query(
            "update UR_Resources set I40 = null; delete from US_Pairs; update US_Counters set Root = null")
        let empty = try run(company)
        #expect(empty.code == 0, "\(empty.printed)")
        try equal(company)
    }

    // MARK: What is told

    @Test func `a Complete job that exported changes only says that everything is needed`() throws {
        let company = try feeding()
        try deploy(company) { conf in
            conf.replacing(
                "<CreateInitializationJob",
                with: """
                    <Job Identifier="All" DisplayName_L1="All" Agent="Local">
                      <ExportTask Identifier="AllExport" Agent="Local" Connector="HR" Connection="People" Level="1"
                        OpenIdClient="Job" />
                      <PrepareSynchronizationTask Identifier="AllPrepare" Agent="Local" Connector="HR" Level="2"
                        SynchronizationMode="Complete" OpenIdClient="Job" />
                      <SynchronizeTask Identifier="AllSynchronize" Agent="Local" Connector="HR" Level="3"
                        OpenIdClient="Job" />
                    </Job>
                    <CreateInitializationJob
                    """)
        }
        try company.startServer()
        let run = try run(company, "All")
        #expect(run.code == 1, "\(run.printed)")
        let missing = BadInputTests.missing(
            ["\"People\" holds changes only", "Complete", "IgnoreCookieFile"], in: run.printed)
        #expect(missing == [], "\(run.printed)")
        #expect(!run.printed.contains("PathIncremental"), "\(run.printed)")
    }
}
