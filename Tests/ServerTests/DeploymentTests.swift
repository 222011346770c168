import API
import Foundation
import HTTPTypes
import Storage
import Testing
import WeirConfiguration

@testable import Server

@Suite struct DeploymentTests {
    private func request(
        _ files: [ConfigurationFile], simulateOnly: Bool = false, force: Bool = false
    ) -> DeployConfiguration {
        DeployConfiguration(files: files, simulateOnly: simulateOnly, forceCascadeDelete: force)
    }

    @Test func `an empty database takes its first deployment without HTTP`() async throws {
        try await TestServer.run(files: []) { server in
            #expect(try await server.application.configuration.current().revision == 0)
            #expect(try await server.model().jobs == [])
            let report = try await server.application.deployment.deploy(
                files: Company.files, simulateOnly: false, forceCascadeDelete: false, by: "tool root")
            #expect(report.isApplied)
            #expect(report.errors == [])
            #expect(report.changes.contains("insert EntityType \"HR_Person\""))
            #expect(try await server.application.configuration.current().revision == 1)
            #expect(try await server.model().jobs.map(\.identifier) == ["HR_Complete", "HR_Incremental", "Nightly"])
        }
    }

    @Test func `deploying the same again changes nothing, in any order of files`() async throws {
        try await TestServer.run { server in
            let again = try await server.call(
                .post, "/api/Configuration/Deploy", body: request(Company.files.reversed()))
            let report = try again.json(DeploymentReport.self)
            #expect(report.changes == [])
            #expect(report.isApplied)
            #expect(try await server.application.configuration.current().revision == 1)
        }
    }

    @Test func `a simulation writes nothing and needs only the right to look`() async throws {
        try await TestServer.run { server in
            var files = Company.files
            files[2].text = files[2].text.replacing("DisplayName_L1=\"Nightly\"", with: "DisplayName_L1=\"By night\"")
            let plan = try await server.call(
                .post, "/api/Configuration/Query/Plan", body: request(files, simulateOnly: true)
            ).json(DeploymentReport.self)
            #expect(plan.changes == ["update Job \"Nightly\": DisplayName_L1 \"Nightly\" → \"By night\""])
            #expect(!plan.isApplied)
            #expect(try await server.model().job("Nightly")?.displayName == "Nightly")
            let done = try await server.call(.post, "/api/Configuration/Deploy", body: request(files))
                .json(DeploymentReport.self)
            #expect(done.changes == plan.changes)
            #expect(try await server.model().job("Nightly")?.displayName == "By night")
        }
    }

    @Test func `errors name file, line and mend, and nothing is applied`() async throws {
        try await TestServer.run { server in
            var files = Company.files
            files[2].text = files[2].text.replacing("Connection=\"HRPeople\"", with: "Connection=\"HRPeopel\"")
            let report = try await server.call(.post, "/api/Configuration/Deploy", body: request(files))
                .json(DeploymentReport.self)
            #expect(!report.isApplied)
            #expect(report.errors.count == 1)
            #expect(report.errors.first?.hasPrefix("Conf/Jobs.xml:") == true)
            #expect(report.errors.first?.contains("HRPeople") == true)
            #expect(try await server.application.configuration.current().revision == 1)
        }
    }

    @Test func `what holds data is not taken away without being asked for`() async throws {
        try await TestServer.run { server in
            try await server.withEngine {
                let walk = AgentWalk(server: server)
                try await walk.move(to: .running)
                try await walk.task(2, .running)
                let (session, lease) = try await walk.sealedSession()
                #expect(try await walk.synchronize(session, lease).state == .applied)
            }
            var files = Company.files
            files[0].text = files[0].text.replacing(
                "<Property Identifier=\"LastName\" Type=\"String\" TargetColumnIndex=\"5\" />", with: ""
            ).replacing("<Property Identifier=\"LastName\" ConnectionColumn=\"Last name\" />", with: "")
            let refused = try await server.call(.post, "/api/Configuration/Deploy", body: request(files))
                .json(DeploymentReport.self)
            #expect(!refused.isApplied)
            #expect(refused.errors.count == 1)
            #expect(refused.errors.first?.contains("LastName") == true)
            #expect(refused.errors.first?.contains("2 stored") == true)
            let forced = try await server.call(.post, "/api/Configuration/Deploy", body: request(files, force: true))
                .json(DeploymentReport.self)
            #expect(forced.isApplied)
            let left = try await server.database.read { transaction in
                try transaction.count("SELECT count(*) FROM UR_Resources WHERE C5 IS NOT NULL")
            }
            #expect(left == 0)
        }
    }

    @Test func `a deployment by connection string reaches a running server`() async throws {
        try await TestServer.run { server in
            #expect(try await server.call(.get, "/api/Jobs/Task?job=Nightly").status == 200)
            let other = try ServerApplication(
                settings: server.application.settings, database: server.database, logger: server.application.logger)
            var files = Company.files
            files[2].text = files[2].text.replacing("Identifier=\"Nightly\"", with: "Identifier=\"Weekly\"")
            _ = try await other.deployment.deploy(
                files: files, simulateOnly: false, forceCascadeDelete: false, by: "tool root")
            #expect(try await server.call(.get, "/api/Jobs/Task?job=Nightly").code == .notFound)
            #expect(try await server.call(.get, "/api/Jobs/Task?job=Weekly").status == 200)
        }
    }

    @Test func `an export deploys again without a change`() async throws {
        try await TestServer.run { server in
            let exported = try await server.call(.get, "/api/Configuration?scaffolding=true")
                .json(Page<ConfigurationFile>.self).items
            #expect(exported.contains { $0.path.hasSuffix(".generated.xml") })
            let written = try await server.call(.get, "/api/Configuration").json(Page<ConfigurationFile>.self).items
            let report = try await server.application.deployment.deploy(
                files: written, simulateOnly: true, forceCascadeDelete: false, by: "test")
            #expect(report.errors == [])
            #expect(report.changes == [])
        }
    }

    @Test func `who deployed is in the audit table`() async throws {
        try await TestServer.run { server in
            let rows = try await server.database.read { transaction in
                try transaction.rows("SELECT Actor, Subject FROM UA_Audit WHERE Action = 'deployed'")
                    .map { [try $0.string("Actor"), try $0.string("Subject")] }
            }
            #expect(rows == [["test", "revision 1"]])
        }
    }
}
