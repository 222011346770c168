import Foundation
import ProcessSupport
import Testing

extension BadInputTests {
    /// Configurations, settings and databases that are not what they should be.
    struct ConfigurationTests {
        private static let admin = ["--api-client-id", "Admin", "--api-secret", "admin-secret"]

        private func change(_ company: Company, _ old: String, _ new: String) throws {
            let text = try company.read("Conf/Small.xml")
            try #require(text.contains(old))
            try company.write(text.replacing(old, with: new), to: "Conf/Small.xml")
        }

        private func deployed(_ company: Company) throws -> String {
            try company.query(
                "select Kind, Identity, Origin, Content from UC_Items order by 1, 2; select count(*) from UC_Revisions")
        }

        @Test func `all mistakes are named at once with file and line, and nothing is deployed`() throws {
            let company = try LoadedCompany.copy()
            let before = try deployed(company)
            try change(
                company, "Connector=\"HR\" DisplayName_L1=\"People\"", "Connector=\"RH\" DisplayName_L1=\"People\"")
            try change(company, "IsPrimaryKey=\"true\"", "")
            try change(company, "<EntityAssociation Identifier", "<EntityAsociation Identifier")
            try company.write(
                """
                <?xml version="1.0" encoding="utf-8"?>
                <ConfigurationFile xmlns="urn:schemas-usercube-com:configuration">
                  <EntityType Identifier="Other"><Property Identifier="While" Type="Strin" TargetColumnIndex="300" />
                """, to: "Conf/Cut.xml")
            for more in [[], ["--simulate-only"]] {
                let tool = try Program(["deploy-configuration", "-d", "Conf"] + more, in: company.folder)
                #expect(tool.end() == 2, "\(tool.printed)")
                let words = [
                    "Conf/Cut.xml:", "Conf/Small.xml:9: ", "\"RH\"", "Conf/Small.xml:16: ", "EntityAssociation",
                    "Conf/Small.xml:17: ", "IsPrimaryKey", "Nothing was deployed",
                ]
                #expect(BadInputTests.missing(words, in: tool.printed) == [], "\(tool.printed)")
                #expect(try deployed(company) == before)
            }
        }

        @Test func `a folder that is not there, or holds no configuration, deploys nothing`() throws {
            let company = try LoadedCompany.copy()
            let before = try deployed(company)
            let absent = try company.run("deploy-configuration", "-d", "Config")
            #expect(absent.code == 2 && absent.printed.contains("no folder Config"), "\(absent.printed)")
            let wrong = try company.run("deploy-configuration", "-d", "sources")
            #expect(wrong.code == 2 && wrong.printed.contains("holds no XML file"), "\(wrong.printed)")
            #expect(try deployed(company) == before)
        }

        @Test func `what costs data needs to be forced, and says how much it costs`() throws {
            let company = try LoadedCompany.copy()
            let before = try deployed(company)
            let contents = try company.contents()
            let text = try company.read("Conf/Small.xml")
            let gone = ["EntityAssociation", "EntityPropertyMapping1", "ForeignKey"]
            let kept = text.components(separatedBy: "\n").filter { line in !gone.contains(where: line.contains) }
            try company.write(kept.joined(separator: "\n"), to: "Conf/Small.xml")
            let refused = try company.run("deploy-configuration", "-d", "Conf")
            #expect(refused.code == 2, "\(refused.printed)")
            let words = ["Person_Manager", "99 stored", "--force-cascade-delete", "Nothing was deployed"]
            #expect(BadInputTests.missing(words, in: refused.printed) == [], "\(refused.printed)")
            #expect(try deployed(company) == before)
            #expect(try company.contents() == contents)

            let forced = try company.run("deploy-configuration", "-d", "Conf", "--force-cascade-delete")
            #expect(forced.code == 0, "\(forced.printed)")
            #expect(try company.query("select count(*) from UR_Resources where I40 is not null") == "0")
            #expect(try company.query("select count(*) from UR_Resources") == "100")
        }

        @Test func `a simulation writes nothing, not even a database`() throws {
            let company = try LoadedCompany.copy()
            let before = try deployed(company)
            try change(
                company, "Identifier=\"Name\" Type", "Identifier=\"Name\" DisplayName_L1=\"Called\" Type")
            let simulated = try company.run("deploy-configuration", "-d", "Conf", "--simulate-only")
            #expect(simulated.code == 0, "\(simulated.printed)")
            #expect(
                BadInputTests.missing(["update EntityType \"Person\"", "nothing written"], in: simulated.printed) == [],
                "\(simulated.printed)")
            #expect(try deployed(company) == before)

            let fresh = try company.run(
                "deploy-configuration", "-d", "Conf", "--simulate-only", "--database-connection-string",
                "sqlite:fresh.db")
            #expect(fresh.code == 0, "\(fresh.printed)")
            #expect(fresh.printed.contains("insert EntityType \"Person\""), "\(fresh.printed)")
            #expect(!FileManager.default.fileExists(atPath: "\(company.folder)/fresh.db"))
        }

        @Test func `the server deploys for who may, and for nobody else`() throws {
            let company = try Company()
            #expect(try company.run("deploy-configuration", "-d", "Conf").code == 0)
            try company.startServer()
            let before = try deployed(company)
            let text = try company.read("Conf/Agents.xml")
            try company.write(text.replacing("Local agent", with: "Agent in Paris"), to: "Conf/Agents.xml")
            func deploy(_ more: [String]) throws -> (code: Int32, printed: String) {
                let url = ["--api-url", "http://127.0.0.1:\(company.port)"]
                let tool = try Program(["deploy-configuration", "-d", "Conf"] + url + more, in: company.folder)
                return (tool.end(), tool.printed)
            }

            let refused = try deploy([])
            #expect(refused.code == 6, "\(refused.printed)")
            #expect(refused.printed.contains("/Configuration/Deploy"), "\(refused.printed)")
            let simulated = try deploy(Self.admin + ["--simulate-only"])
            #expect(simulated.code == 0, "\(simulated.printed)")
            #expect(simulated.printed.contains("update Agent \"Local\""), "\(simulated.printed)")
            #expect(try deployed(company) == before)
            let done = try deploy(Self.admin)
            #expect(done.code == 0 && done.printed.contains("1 change deployed"), "\(done.printed)")
            #expect(try deploy(Self.admin).printed.contains("No changes"))

            try company.write(text.replacing("Agent Identifier", with: "Agnet Identifier"), to: "Conf/Agents.xml")
            let wrong = try deploy(Self.admin)
            #expect(wrong.code == 2, "\(wrong.printed)")
            let words = ["Conf/Agents.xml:3: ", "Agnet", "Agent", "Nothing was deployed"]
            #expect(BadInputTests.missing(words, in: wrong.printed) == [], "\(wrong.printed)")
        }

        @Test(arguments: [
            ("appsettings.json", "{ \"ApplicationUri\": \"http://localhost:5000\" ", ["appsettings.json", "JSON"]),
            ("appsettings.agent.json", "[]", ["appsettings.agent.json", "section"]),
            (
                "appsettings.json",
                """
                { "ApplicationUri": "localhost", "Jobs": { "MaxTaskBatchSize": "many" }, "JobLaunchTimeout": 0,
                  "Serilog": { "MinimumLevel": "Chatty" }, "Prepare": { "MemoryBudget": "lots" } }
                """,
                [
                    "ApplicationUri: \"localhost\"", "Jobs:MaxTaskBatchSize", "JobLaunchTimeout",
                    "Serilog:MinimumLevel", "Prepare:MemoryBudget",
                ]
            ),
        ])
        func `settings that cannot be read are named, all of them`(
            _ file: String, _ text: String, _ words: [String]
        ) throws {
            let company = try LoadedCompany.copy()
            try company.write(text, to: file)
            for arguments in [
                ["server"], ["agent"], ["migrate"], ["invoke-job", "-j", LoadedCompany.job],
                ["deploy-configuration", "-d", "Conf"], ["get-job-steps", "-j", LoadedCompany.job],
            ] {
                let tool = try Program(arguments, in: company.folder)
                #expect(tool.end() == 2, "\(arguments): \(tool.printed)")
                #expect(BadInputTests.missing(words, in: tool.printed) == [], "\(arguments): \(tool.printed)")
            }
        }

        @Test func `a database of a newer version is refused and left as it is`() throws {
            let company = try LoadedCompany.copy()
            _ = try company.query("insert into US_Migrations (Name) values ('0099-FromTheFuture')")
            let before = try company.contents()
            for arguments in [["server"], ["migrate"], ["deploy-configuration", "-d", "Conf"]] {
                let tool = try Program(arguments, in: company.folder)
                #expect(tool.end() == 1, "\(arguments): \(tool.printed)")
                let words = ["newer version of Weir", "0099-FromTheFuture", "install that version"]
                #expect(BadInputTests.missing(words, in: tool.printed) == [], "\(arguments): \(tool.printed)")
            }
            #expect(try company.contents() == before)
        }

        @Test func `what is no database is refused and left as it is`() throws {
            let company = try LoadedCompany.copy()
            try company.edit("appsettings.json") { $0["ConnectionString"] = "sqlite:sources/current/people.csv" }
            let before = try company.read("sources/current/people.csv")
            for arguments in [["server"], ["migrate"], ["deploy-configuration", "-d", "Conf"]] {
                let tool = try Program(arguments, in: company.folder)
                #expect(tool.end() == 2, "\(arguments): \(tool.printed)")
                let words = ["sources/current/people.csv", "not an SQLite database", "ConnectionString"]
                #expect(BadInputTests.missing(words, in: tool.printed) == [], "\(arguments): \(tool.printed)")
            }
            #expect(try company.read("sources/current/people.csv") == before)
        }

        @Test func `an address that is taken ends the server, naming it`() throws {
            let company = try LoadedCompany.served()
            let second = try company.run("server")
            #expect(second.code == 1, "\(second.printed)")
            let words = ["127.0.0.1:\(company.port)", "already", "ApplicationUri"]
            #expect(BadInputTests.missing(words, in: second.printed) == [], "\(second.printed)")
        }
    }
}
