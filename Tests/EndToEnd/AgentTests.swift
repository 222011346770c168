import Foundation
import ProcessSupport
import FoundationNetworking
import Testing

/// `weir agent`, the process beside the managed systems: scheduled jobs, launched jobs, and `kill -9` in their middle.
struct AgentTests {
    /// The loaded company with somebody who may launch jobs, and perhaps a schedule.
    private func served(cron: String? = nil, launchTimeout: Int = 60_000) throws -> Company {
        let company = try LoadedCompany.copy()
        try company.edit("appsettings.json") { $0["JobLaunchTimeout"] = launchTimeout }
        let schedule = cron.map { "<CronTabExpression CronTab=\"\($0)\" CronTimeZone=\"UTC\" />" } ?? ""
        let text = try company.read("Conf/Small.xml")
        try company.write(
            text.replacing("<NoProvisioning />", with: "<NoProvisioning />" + schedule), to: "Conf/Small.xml")
        try company.write(
            """
            <?xml version="1.0" encoding="utf-8"?>
            <ConfigurationFile xmlns="urn:schemas-usercube-com:configuration">
              <Profile Identifier="Operator" DisplayName_L1="Operator" />
              <JobExecutionAccessControlRules Profile="Operator" />
              <OpenIdClient Identifier="Operator" HashedSecret="K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols="
                DisplayName_L1="Operator" Profile="Operator" />
            </ConfigurationFile>
            """, to: "Conf/Operator.xml")
        let deployed = try company.run("deploy-configuration", "-d", "Conf")
        guard deployed.code == 0 else { throw Unexpected(deployed.printed) }
        try company.startServer()
        return company
    }

    private func agent(_ company: Company, calling port: Int? = nil) throws -> Program {
        let environment = port.map { ["ApplicationUri": "http://127.0.0.1:\($0)"] } ?? [:]
        return try Program(["agent"], in: company.folder, environment: environment)
    }

    /// Launches the job as a page would; the status of the answer.
    private func launch(_ company: Company, instance: String) async throws -> Int {
        let body = ["job": LoadedCompany.job, "instance": instance, "isForced": false] as [String: Any]
        return try await call(
            company, "/api/Jobs/RunJob/Launch", body: JSONSerialization.data(withJSONObject: body),
            headers: bearer(company).merging(["Content-Type": "application/json"]) { $1 }
        ).status
    }

    private func bearer(_ company: Company) async throws -> [String: String] {
        let form = "grant_type=client_credentials&client_id=Operator&client_secret=secret&scope=usercube_api"
        let token = try await call(
            company, "/connect/token", body: Data(form.utf8),
            headers: ["Content-Type": "application/x-www-form-urlencoded"])
        let answer = try JSONSerialization.jsonObject(with: token.body) as? [String: Any]
        return ["Authorization": "Bearer \(try #require(answer?["access_token"] as? String))"]
    }

    private func call(
        _ company: Company, _ path: String, body: Data? = nil, headers: [String: String]
    ) async throws -> (status: Int, body: Data) {
        var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(company.port)\(path)")))
        if let body {
            request.httpMethod = "POST"
            request.httpBody = body
        }
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await URLSession.shared.data(for: request)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, data)
    }

    @Test func `a scheduled job runs, each time it is due`() throws {
        let company = try served(cron: "*/2 * * * * *")
        try company.day(2)
        let agent = try agent(company)
        #expect(agent.waitFor("\"job completed\""), "\(agent.printed)")
        #expect(try company.query("select count(*) from UR_Resources") == "101")
        #expect(
            try company.query("select RequestedBy, Agent from UJ_JobInstances order by RequestedAt desc limit 1")
                == "scheduler|Local")
        // The next moment comes by itself, without the agent being started again.
        try company.day(1)
        #expect(agent.waitFor("Person: 1 inserted, 1 updated, 2 deleted"), "\(agent.printed)")
        agent.signal(SIGTERM)
        #expect(agent.end() == 0, "\(agent.printed)")
        #expect(!agent.printed.contains("\"level\":\"error\""), "\(agent.printed)")
    }

    @Test func `a launched job is taken at once, and only once`() async throws {
        let company = try served()
        try company.day(2)
        let agent = try agent(company)
        #expect(agent.waitFor("agent started"), "\(agent.printed)")
        let instance = UUID().uuidString.lowercased()
        #expect(try await launch(company, instance: instance) == 200)
        #expect(try await launch(company, instance: instance) == 200)
        #expect(agent.waitFor("\"job completed\""), "\(agent.printed)")
        #expect(
            try company.query("select Id, State, RequestedBy from UJ_JobInstances where Id = '\(instance)'")
                == "\(instance)|completed|client Operator")
        #expect(try company.query("select count(*) from UR_Resources") == "101")
        #expect(agent.printed.components(separatedBy: "job started").count == 2, "\(agent.printed)")
        agent.signal(SIGTERM)
        #expect(agent.end() == 0)
        #expect(!agent.printed.contains("\"level\":\"error\""), "\(agent.printed)")
    }

    @Test func `a job that nobody takes ends in error, naming its agent`() async throws {
        let company = try served(launchTimeout: 200)
        let instance = UUID().uuidString.lowercased()
        #expect(try await launch(company, instance: instance) == 200)
        let ended = try await call(
            company, "/api/Jobs/JobInstance/\(instance)?state=requested&wait=20", headers: bearer(company))
        let message = String(decoding: ended.body, as: UTF8.self)
        let words = ["\"error\"", "Local", "did not take the job", "JobLaunchTimeout"]
        #expect(BadInputTests.missing(words, in: message) == [], "\(message)")
    }

    /// Soon after the job was claimed, around its session, while the server applies it, and when it gives back the lease.
    @Test(arguments: [
        "/SynchronizeSession/Lease ", "POST /api/Connectors/SynchronizeSession ", "/File/", "/Seal ", "/Synchronize ",
        "/Lease/Release ",
    ])
    func `row 3: killed in the middle, the agent goes on at its next start`(_ request: String) async throws {
        let company = try served()
        try company.day(2)
        let proxy = try FaultProxy(target: company.port)
        let first = try agent(company, calling: proxy.port)
        #expect(first.waitFor("agent started"), "\(first.printed)")
        proxy.arm(at: request, .whileServerWorks) { first.kill() }
        let instance = UUID().uuidString.lowercased()
        #expect(try await launch(company, instance: instance) == 200)
        #expect(first.end() == -SIGKILL, "\(first.printed)")
        let left = try company.query("select Id, State from UJ_JobInstances order by RequestedAt desc limit 1")
        #expect(left == "\(instance)|running")

        let second = try agent(company)
        #expect(second.waitFor("\"job completed\""), "\(second.printed)")
        #expect(second.printed.contains("job goes on"), "\(second.printed)")
        #expect(try company.query("select State from UJ_JobInstances where Id = '\(instance)'") == "completed")
        #expect(try company.query("select count(*), count(distinct C4) from UR_Resources") == "101|101")
        #expect(try company.query("select C5 from UR_Resources where C4 = 'P042'") == "Renamed")
        #expect(try company.waitingChanges() == "0")
        second.signal(SIGTERM)
        #expect(second.end() == 0)
    }

    @Test func `an agent that is refused ends and says why`() throws {
        let company = try served()
        try company.edit("appsettings.agent.json") { settings in
            settings["OpenId"] = [
                "AgentIdentifier": "Local", "OpenIdClients": ["Job": "sercet"], "DefaultOpenIdClient": "Job",
            ]
        }
        let agent = try agent(company)
        #expect(agent.end() == 6, "\(agent.printed)")
        #expect(agent.printed.contains("refused the client \"Job\""), "\(agent.printed)")
    }
}
