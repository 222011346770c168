import Foundation
import FoundationNetworking
import ProcessSupport

/// The loaded company with a second connector, Badge, of 40 cards, and one job over both.
struct TwoConnectors {
    static let job = "Both"
    static let operatorOptions = ["--api-client-id", "Operator", "--api-secret", "secret"]

    let company: Company

    /// - Parameter together: the cards are exported while people are synchronized, so that one may fail beside the other;
    ///   else people come first.
    init(together: Bool = false) throws {
        company = try LoadedCompany.copy()
        try company.edit("appsettings.agent.json") { settings in
            settings["Connections"] = [
                "People": ["Path": "sources/current/people.csv"], "Cards": ["Path": "sources/current/cards.csv"],
            ]
        }
        let levels = together ? [1, 2, 3, 3, 4, 5] : [1, 2, 3, 4, 5, 6]
        func tasks(_ connector: String, _ connection: String, _ levels: ArraySlice<Int>) -> String {
            let level = Array(levels)
            return """
                <ExportTask Identifier="Export\(connector)" DisplayName_L1="Export" Agent="Local"
                  Connection="\(connection)" OpenIdClient="Job" Level="\(level[0])" />
                <PrepareSynchronizationTask Identifier="Prepare\(connector)" DisplayName_L1="Prepare" Agent="Local"
                  Connector="\(connector)" SynchronizationMode="Incremental" OpenIdClient="Job" Level="\(level[1])" />
                <SynchronizeTask Identifier="Synchronize\(connector)" DisplayName_L1="Synchronize"
                  Connector="\(connector)" OpenIdClient="Job" Level="\(level[2])" />
                """
        }
        try company.write(
            """
            <?xml version="1.0" encoding="utf-8"?>
            <ConfigurationFile xmlns="urn:schemas-usercube-com:configuration">
              <Connector Identifier="Badge" DisplayName_L1="Badge" Agent="Local" />
              <Connection Identifier="Cards" Connector="Badge" DisplayName_L1="Cards" Package="Usercube.CSV@0000001" />
              <EntityType Identifier="Card" DisplayName_L1="Card">
                <Property Identifier="Number" Type="String" TargetColumnIndex="4" IsKey="true" />
              </EntityType>
              <EntityTypeMapping Identifier="Card" Connector="Badge" ConnectionTable="Cards">
                <Property Identifier="Number" ConnectionColumn="number" IsPrimaryKey="true" />
              </EntityTypeMapping>
              <Profile Identifier="Operator" DisplayName_L1="Operator" />
              <SynchronizationAccessControlRules Profile="Operator" />
              <JobExecutionAccessControlRules Profile="Operator" />
              <OpenIdClient Identifier="Operator" DisplayName_L1="Operator" Profile="Operator"
                HashedSecret="K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=" />
              <Job Identifier="\(Self.job)" DisplayName_L1="Both" Agent="Local" IsIncremental="true">
                \(tasks("HR", "People", levels[..<3]))
                \(tasks("Badge", "Cards", levels[3...]))
              </Job>
            </ConfigurationFile>
            """, to: "Conf/Badge.xml")
        try write(cards: 40)
        let deployed = try company.run("deploy-configuration", "-d", "Conf")
        guard deployed.code == 0 else { throw Unexpected(deployed.printed) }
        try company.startServer()
        let loaded = try run()
        guard loaded.code == 0 else { throw Unexpected(loaded.printed) }
    }

    func write(cards: Int) throws {
        try company.write(
            "number\n" + (100..<100 + cards).map { "C\($0)\n" }.joined(), to: "sources/current/cards.csv")
    }

    /// So many of the 100 people are left.
    func write(people: Int) throws {
        let lines = try company.read("sources/day1/people.csv").split(separator: "\n").prefix(people + 1)
        try company.write(lines.joined(separator: "\n") + "\n", to: "sources/current/people.csv")
    }

    func run(_ arguments: String...) throws -> (code: Int32, printed: String) {
        try company.run(["invoke-job", "-j", Self.job] + arguments + Self.operatorOptions)
    }

    func changes(_ arguments: String...) throws -> String {
        try company.run(["changes"] + arguments + Self.operatorOptions).printed
    }

    func people() throws -> Int {
        Int(try company.query("select count(*) from UR_Resources where Type = 'Person'")) ?? -1
    }

    func cards() throws -> Int {
        Int(try company.query("select count(*) from UR_Resources where Type = 'Card'")) ?? -1
    }

    /// The change set of the connector's session that waits, and that session.
    func waiting(_ connector: String) throws -> (changeSet: String, session: String) {
        let row = try company.query(
            "select ChangeSet, Id from US_Sessions where Connector = '\(connector)' and State in ('blocked', 'planned')"
        ).split(separator: "|").map(String.init)
        guard row.count == 2 else { throw Unexpected("\(connector) has nothing that waits: \(row)") }
        return (row[0], row[1])
    }

    /// States of the job's instances, the oldest first.
    func runs() throws -> [String] {
        try company.query("select State from UJ_JobInstances where Job = '\(Self.job)' order by RequestedAt, rowid")
            .split(separator: "\n").map(String.init)
    }

    /// What the page's button does.
    func approve(_ waiting: (changeSet: String, session: String)) async throws -> Int {
        let form = "grant_type=client_credentials&client_id=Operator&client_secret=secret&scope=usercube_api"
        let token = try await post("/connect/token", Data(form.utf8), "application/x-www-form-urlencoded", nil)
        let answer = try JSONSerialization.jsonObject(with: token.body) as? [String: Any]
        let body = try JSONSerialization.data(
            withJSONObject: ["session": waiting.session, "changeSet": waiting.changeSet])
        return try await post(
            "/api/Jobs/RunJob/Repair", body, "application/json", answer?["access_token"] as? String
        ).status
    }

    private func post(
        _ path: String, _ body: Data, _ type: String, _ token: String?
    ) async throws -> (status: Int, body: Data) {
        guard let url = URL(string: "http://127.0.0.1:\(company.port)\(path)") else { throw Unexpected(path) }
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.httpBody = body
        request.setValue(type, forHTTPHeaderField: "Content-Type")
        if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        let (data, response) = try await URLSession.shared.data(for: request)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, data)
    }
}
