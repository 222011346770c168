import API
import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite struct ServerJobsTests {
    /// ``Company`` with a job of the server: nightly at two, one task.
    private static let files: [ConfigurationFile] = {
        var files = Company.files
        files.append(
            ConfigurationFile(
                path: "Conf/Server.xml",
                text: Company.xml(
                    """
                    <Job Identifier="Expressions" DisplayName_L1="Expressions" CronTabExpression="0 2 * * *">
                      <UpdateEntityPropertyExpressionsTask Identifier="Expressions_All" DisplayName_L1="All"
                        AllEntityType="true" />
                    </Job>
                    """)))
        return files
    }()

    @Test func `a job without agent is run by the server when it is launched`() async throws {
        try await TestServer.run(files: Self.files) { server in
            let runner = server.application.serverJobs
            #expect(try await !runner.step(since: server.clock.now))
            _ = try await server.call(
                .post, "/api/Jobs/RunJob/Launch", as: "Op", body: LaunchJob(job: "Expressions", instance: "i"))
            #expect(try await runner.step(since: server.clock.now))
            let instance = try #require(try await server.jobs.instance("i")?.instance)
            #expect(instance.state == .noProcessing)
            #expect(instance.requestedBy == "client Op")
            #expect(try await server.jobs.tasks(of: "i").map(\.state) == [.noProcessing])
            #expect(try await !runner.step(since: server.clock.now))
        }
    }

    @Test func `a schedule that is due starts one run`() async throws {
        try await TestServer.run(files: Self.files) { server in
            let runner = server.application.serverJobs
            let started = server.clock.now
            server.clock.advance(by: 30 * 3600)
            #expect(try await runner.step(since: started))
            #expect(try await !runner.step(since: started))
            let runs = try await server.jobs.history(job: "Expressions", before: nil, limit: 9).map(\.instance)
            #expect(runs.map(\.requestedBy) == ["scheduler"])
            #expect(runs.map(\.state) == [.noProcessing])
        }
    }

    @Test func `a run that the server left behind is finished`() async throws {
        try await TestServer.run(files: Self.files) { server in
            let change = JobInstanceChange(
                job: "Expressions", state: .running, agent: nil, installation: ServerJobs.installation)
            _ = try await server.jobs.change("i", change, by: "server")
            #expect(try await server.application.serverJobs.step(since: server.clock.now))
            #expect(try await server.jobs.instance("i")?.instance.state == .noProcessing)
        }
    }
}
