import Foundation
import ProcessSupport
import Testing

extension BadInputTests {
    /// Callers that are not let in, and jobs that are not theirs.
    struct CallerTests {
        @Test func `a wrong secret is refused, naming client and server`() throws {
            let company = try LoadedCompany.served()
            let before = try BadInputTests.state(company)
            try company.edit("appsettings.agent.json") { settings in
                settings["OpenId"] = [
                    "AgentIdentifier": "Local", "OpenIdClients": ["Job": "sercet"], "DefaultOpenIdClient": "Job",
                ]
            }
            let run = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(run.code == 6, "\(run.printed)")
            let words = ["client \"Job\"", "127.0.0.1:\(company.port)", "its secret is wrong", "OpenIdClient"]
            #expect(BadInputTests.missing(words, in: run.printed) == [], "\(run.printed)")
            #expect(!run.printed.contains("sercet"))
            #expect(try BadInputTests.state(company) == before)
        }

        @Test func `a client without a secret in the settings is a mistake of the settings`() throws {
            let company = try LoadedCompany.copy()
            try company.edit("appsettings.agent.json") { settings in
                settings["OpenId"] = ["AgentIdentifier": "Local", "DefaultOpenIdClient": "Job"]
            }
            let run = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(run.code == 2, "\(run.printed)")
            let words = ["appsettings.agent.json", "\"Job\"", "OpenId:OpenIdClients"]
            #expect(BadInputTests.missing(words, in: run.printed) == [], "\(run.printed)")
        }

        @Test func `an expired client is refused`() throws {
            let company = try LoadedCompany.served()
            let before = try BadInputTests.state(company)
            try change(
                company, "Conf/Small.xml", "DisplayName_L1=\"Job\"",
                "DisplayName_L1=\"Job\" ExpirationDate=\"2020-01-31\"")
            let deployed = try company.run("deploy-configuration", "-d", "Conf")
            #expect(deployed.code == 0, "\(deployed.printed)")
            let run = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(run.code == 6, "\(run.printed)")
            #expect(
                BadInputTests.missing(["client \"Job\"", "expired", "OpenIdClient"], in: run.printed) == [],
                "\(run.printed)")
            #expect(try BadInputTests.state(company) == before)
        }

        /// Each of the seven permissions of REFERENCE §7 that a run needs, left out.
        @Test(arguments: [
            "/Jobs/Task/Query", "/Jobs/JobInstance/Update", "/Jobs/TaskInstance/Update", "/Connectors/Connector/Query",
            "/Connectors/SynchronizeSession",
        ])
        func `a missing permission is named, and the job is refused`(_ permission: String) throws {
            let company = try LoadedCompany.served()
            let before = try BadInputTests.state(company)
            let all = [
                "/Jobs/Task/Query", "/Jobs/JobInstance/Query", "/Jobs/JobInstance/Update", "/Jobs/TaskInstance/Query",
                "/Jobs/TaskInstance/Update", "/Connectors/Connector/Query", "/Connectors/SynchronizeSession",
            ]
            let entries = all.filter { $0 != permission }.map {
                "<Entry Permission=\"\($0)\" CanExecute=\"true\" />"
            }.joined()
            try change(
                company, "Conf/Small.xml", "<SynchronizationAccessControlRules Profile=\"AgentSynchro\" />",
                """
                <AccessControlRule Identifier="Six" DisplayName_L1="Six" Profile="AgentSynchro" EntityType="Job">
                \(entries)</AccessControlRule>
                """)
            let deployed = try company.run("deploy-configuration", "-d", "Conf")
            #expect(deployed.code == 0, "\(deployed.printed)")
            try company.day(2)
            let run = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(run.code == 6, "\(run.printed)")
            let words = ["client Job", "AgentSynchro", permission, "grant it with an AccessControlRule"]
            #expect(BadInputTests.missing(words, in: run.printed) == [], "\(run.printed)")
            #expect(try BadInputTests.state(company) == before)
        }

        @Test func `an unknown job is wrong usage, and names those that there are`() throws {
            let company = try LoadedCompany.served()
            let run = try company.run("invoke-job", "-j", "HR_Synchronise_Incremental_Scaffolding")
            #expect(run.code == 2, "\(run.printed)")
            let words = ["\"HR_Synchronise_Incremental_Scaffolding\"", LoadedCompany.job]
            #expect(BadInputTests.missing(words, in: run.printed) == [], "\(run.printed)")
            #expect(try company.run("get-job-steps", "-j", "Nothing").code == 2)
        }

        @Test func `a job of another agent names both agents`() throws {
            let company = try LoadedCompany.served()
            try company.edit("appsettings.agent.json") { settings in
                settings["OpenId"] = [
                    "AgentIdentifier": "Paris", "OpenIdClients": ["Job": "secret"], "DefaultOpenIdClient": "Job",
                ]
            }
            let run = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(run.code == 2, "\(run.printed)")
            let words = [LoadedCompany.job, "\"Local\"", "\"Paris\"", "OpenId:AgentIdentifier"]
            #expect(BadInputTests.missing(words, in: run.printed) == [], "\(run.printed)")
            #expect(try company.query("select count(*) from UJ_JobInstances") == "1")
        }

        @Test func `resuming what is not blocked is wrong usage`() throws {
            let company = try LoadedCompany.served()
            let run = try company.run("invoke-job", "-j", LoadedCompany.job, "-r")
            #expect(run.code == 2, "\(run.printed)")
            #expect(run.printed.contains("is not blocked"))
        }

        private func change(_ company: Company, _ file: String, _ old: String, _ new: String) throws {
            let text = try company.read(file)
            try #require(text.contains(old))
            try company.write(text.replacing(old, with: new), to: file)
        }
    }
}
