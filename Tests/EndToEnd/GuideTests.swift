import Foundation
import ProcessSupport
import Testing

/// REFERENCE §19 with real processes: write, deploy, launch, look at `UR_Resources`.
struct GuideTests {
    private static let incremental = "HR_Synchronize_Incremental_Scaffolding"
    private static let complete = "HR_Synchronize_Complete_Scaffolding"

    /// Deployed, served, and loaded with the first day.
    private func loaded() throws -> Company {
        let company = try Company()
        try company.day(1)
        let deployed = try company.run("deploy-configuration", "-d", "Conf")
        #expect(deployed.code == 0, "\(deployed.printed)")
        try company.startServer()
        let loaded = try company.run("invoke-job", "-j", "InitializationJob")
        #expect(loaded.code == 0, "\(loaded.printed)")
        return company
    }

    @Test func `the guide, from hashing a secret to the objects in UR_Resources`() throws {
        let company = try Company()
        let hashed = try company.run("new-openid-secret", "--client-secret", "secret")
        #expect(hashed.printed == "Shared secret for 'secret' is 'K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols='\n")
        #expect(try company.read("Conf/OpenIdClients.xml").contains("K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols="))

        try company.day(1)
        #expect(try company.run("deploy-configuration", "-d", "Conf").code == 0)
        try company.startServer()
        let steps = try company.run("get-job-steps", "--job-identifier", Self.incremental)
        #expect(steps.printed.hasPrefix("Task : \(Self.incremental)_Export_HR_Incremental_HRGroups, Order : 0\n"))

        let first = try company.run("invoke-job", "-j", "InitializationJob")
        #expect(first.code == 0, "\(first.printed)")
        #expect(try company.query("select count(*) from UR_Resources") == "595")

        try company.day(2)
        let second = try company.run("invoke-job", "-j", Self.incremental)
        #expect(second.code == 0, "\(second.printed)")
        #expect(try company.query("select count(*) from UR_Resources where Type = 'HR_Person'") == "501")
        #expect(try company.query("select count(*) from UR_ResourceLinks where Type = 'HR_Group_Members'") == "867")
        // Dirty on what changed, and the change tables are empty again.
        #expect(try company.query("select count(*) > 0 from UR_Resources where Dirty = 1") == "1")
        #expect(try company.waitingChanges() == "0")
        #expect(company.stopServer() == 0)
        #expect(try company.query("select count(*) from UR_Resources") == "596")
    }

    @Test func `running the same job twice changes nothing the second time`() throws {
        let company = try loaded()
        try company.day(2)
        #expect(try company.run("invoke-job", "-j", Self.incremental).code == 0)
        let before = try company.contents()
        let version = try company.query("select Version from US_Connectors where Connector = 'HR'")
        let again = try company.run("invoke-job", "-j", Self.incremental)
        #expect(again.code == 0, "\(again.printed)")
        #expect(try company.contents() == before)
        #expect(try company.query("select Version from US_Connectors where Connector = 'HR'") == version)
    }

    @Test func `a cut file is held, reviewed by nobody, and the mended file passes in Complete mode`() throws {
        let company = try loaded()
        try company.day(2)
        #expect(try company.run("invoke-job", "-j", Self.incremental).code == 0)
        let before = try company.contents()

        try company.day(3)
        let cut = try company.run("invoke-job", "-j", Self.incremental)
        #expect(cut.code == 3, "\(cut.printed)")
        #expect(cut.printed.contains("MaximumDeletedLines"))
        #expect(try company.contents() == before)

        // The next incremental run leaves the connector out and says since when.
        let next = try company.run("invoke-job", "-j", Self.incremental)
        #expect(next.code == 4, "\(next.printed)")
        #expect(next.printed.contains("is blocked since"))

        try company.day(2)
        let complete = try company.run("invoke-job", "-j", Self.complete)
        #expect(complete.code == 0, "\(complete.printed)")
        #expect(try company.contents() == before)
        #expect(try company.waitingChanges() == "0")
        #expect(try company.run("invoke-job", "-j", Self.incremental).code == 0)
    }

    @Test func `a held run is resumed, and what was shown is what is applied`() throws {
        let company = try loaded()
        try company.day(3)
        #expect(try company.run("invoke-job", "-j", Self.incremental).code == 3)
        // The source is mended meanwhile: the approved artifact is applied all the same, then the difference.
        try company.day(1)
        let resumed = try company.run(
            "invoke-job", "-j", Self.incremental, "-r", "--api-client-id", "Admin", "--api-secret", "admin-secret")
        #expect(resumed.code == 0 || resumed.code == 4, "\(resumed.printed)")
        #expect(try company.query("select count(*) < 400 from UR_Resources where Type = 'HR_Person'") == "1")
        let back = try company.run(
            "invoke-job", "-j", Self.incremental, "-f", "--api-client-id", "Admin", "--api-secret", "admin-secret")
        #expect(back.code == 0, "\(back.printed)")
        #expect(try company.query("select count(*) from UR_Resources where Type = 'HR_Person'") == "500")
    }

    @Test func `resuming needs the permission to repair`() throws {
        let company = try loaded()
        try company.day(3)
        #expect(try company.run("invoke-job", "-j", Self.incremental).code == 3)
        let refused = try company.run("invoke-job", "-j", Self.incremental, "-r")
        #expect(refused.code == 6, "\(refused.printed)")
        #expect(refused.printed.contains("/Jobs/RunJob/Repair"))
    }

    @Test func `the guide runs with a profile that has exactly the seven permissions`() throws {
        let company = try Company()
        let permissions = [
            "/Jobs/Task/Query", "/Jobs/JobInstance/Query", "/Jobs/JobInstance/Update", "/Jobs/TaskInstance/Query",
            "/Jobs/TaskInstance/Update", "/Connectors/Connector/Query", "/Connectors/SynchronizeSession",
        ]
        let entries = permissions.map { "<Entry Permission=\"\($0)\" CanExecute=\"true\" />" }.joined()
        try company.write(
            """
            <?xml version="1.0" encoding="utf-8"?>
            <ConfigurationFile xmlns="urn:schemas-usercube-com:configuration">
              <Profile Identifier="AgentSynchro" DisplayName_L1="Agent Synchro" />
              <AccessControlRule Identifier="Seven" DisplayName_L1="Seven" Profile="AgentSynchro" EntityType="Job">
                \(entries)
              </AccessControlRule>
            </ConfigurationFile>
            """, to: "Conf/Profile AgentJob.xml")
        try company.day(1)
        let deployed = try company.run("deploy-configuration", "-d", "Conf")
        #expect(deployed.code == 0, "\(deployed.printed)")
        try company.startServer()
        #expect(try company.run("invoke-job", "-j", "InitializationJob").code == 0)
        try company.day(2)
        let run = try company.run("invoke-job", "-j", Self.incremental)
        #expect(run.code == 0, "\(run.printed)")
        #expect(try company.query("select count(*) from UR_Resources") == "596")
    }

    @Test func `tools work through links with the reference's names`() throws {
        let company = try loaded()
        for name in ["Usercube-Get-JobSteps", "Usercube-Get-JobSteps.exe", "identitymanager-Get-JobSteps"] {
            let link = "\(company.folder)/\(name)"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: Program.executable)
            let tool = try Program(
                ["--job-identifier", Self.incremental], in: company.folder, executable: link)
            #expect(tool.end() == 0)
            #expect(tool.printed.contains("Task : \(Self.incremental)_SetRecentlyModifiedFlag, Order : "))
        }
    }

    @Test func `one step, a range of steps and a type of steps can be run`() throws {
        let company = try loaded()
        try company.day(2)
        let exports = try company.run("invoke-job", "-j", Self.incremental, "-c", "ExportTask")
        #expect(exports.code == 0, "\(exports.printed)")
        #expect(!exports.printed.contains("PrepareSynchronization"))
        let rest = try company.run("invoke-job", "-j", Self.incremental, "-b", "5", "-e", "7")
        #expect(rest.code == 0, "\(rest.printed)")
        #expect(try company.query("select count(*) from UR_Resources where Type = 'HR_Person'") == "501")
        let unknown = try company.run("invoke-job", "-j", Self.incremental, "-t", "Nothing")
        #expect(unknown.code == 2)
    }

    @Test func `what a run that came no further kept is flagged by the next, though nothing changed since`() throws {
        let company = try LoadedCompany.served()
        try company.day(2)
        let cut = try company.run("invoke-job", "-j", Self.incremental, "-e", "2")
        #expect(cut.code == 0, "\(cut.printed)")
        #expect(try company.waitingChanges() != "0")
        #expect(try company.query("select count(*) from UR_Resources where Dirty = 1") == "0")

        let next = try company.run("invoke-job", "-j", Self.incremental)
        #expect(next.code == 0, "\(next.printed)")
        #expect(try company.waitingChanges() == "0")
        #expect(try company.query("select count(*) > 0 from UR_Resources where Dirty = 1") == "1")
        let last = try company.run("invoke-job", "-j", Self.incremental)
        #expect(last.printed.contains("skipped      \(Self.incremental)_SetRecentlyModifiedFlag"), "\(last.printed)")
    }

    @Test func `reordering the XML changes nothing`() throws {
        let company = try loaded()
        let mappings = try company.read("Conf/HR/Mappings.xml")
        let lines = mappings.components(separatedBy: "\n")
        let properties = lines.indices.filter { lines[$0].contains("<Property ") }
        var reordered = lines
        // The properties of each mapping, the other way round.
        var start = 0
        while start < properties.count {
            var end = start
            while end + 1 < properties.count, properties[end + 1] == properties[end] + 1 { end += 1 }
            let range = properties[start]...properties[end]
            reordered.replaceSubrange(range, with: lines[range].reversed())
            start = end + 1
        }
        #expect(reordered != lines)
        try company.write(reordered.joined(separator: "\n"), to: "Conf/HR/Mappings.xml")
        let before = try company.contents()
        let deployed = try company.run("deploy-configuration", "-d", "Conf")
        #expect(deployed.code == 0, "\(deployed.printed)")
        let run = try company.run("invoke-job", "-j", Self.incremental)
        #expect(run.code == 0, "\(run.printed)")
        #expect(run.printed.contains("500 unchanged"))
        #expect(try company.contents() == before)
    }

    @Test func `what is deployed is exported, and deploying that changes nothing`() throws {
        let company = try loaded()
        let exported = try company.run(
            "export-configuration", "-d", "Exported", "--export-scaffolding", "--api-client-id", "Admin",
            "--api-secret", "admin-secret")
        #expect(exported.code == 0, "\(exported.printed)")
        let plan = try company.run("deploy-configuration", "-d", "Exported", "--simulate-only")
        #expect(plan.code == 0)
        #expect(plan.printed.hasSuffix("0 changes, nothing written\n"), "\(plan.printed)")
    }
}
