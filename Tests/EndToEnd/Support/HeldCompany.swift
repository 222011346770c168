import Foundation
import ProcessSupport

/// A company of 1,500 people whose connector has ThresholdScope Operation, deployed and loaded: more than 100 deletes are
/// held.
struct HeldCompany {
    static let job = "HR_Synchronize_Incremental_Scaffolding"
    /// A client that may approve.
    static let operatorOptions = ["--api-client-id", "Operator", "--api-secret", "secret"]

    let company: Company

    init(feed: Bool = false) throws {
        company = try Company(example: "Tests/Fixtures/small")
        let small = try company.read("Conf/Small.xml")
        try company.write(
            small.replacing(
                "<Connector Identifier=\"HR\"", with: "<Connector Identifier=\"HR\" ThresholdScope=\"Operation\""),
            to: "Conf/Small.xml")
        try company.write(
            """
            <?xml version="1.0" encoding="utf-8"?>
            <ConfigurationFile xmlns="urn:schemas-usercube-com:configuration">
              <Profile Identifier="Operator" DisplayName_L1="Operator" />
              <SynchronizationAccessControlRules Profile="Operator" />
              <JobExecutionAccessControlRules Profile="Operator" />
              <OpenIdClient Identifier="Operator" HashedSecret="K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols="
                DisplayName_L1="Operator" Profile="Operator" />
            </ConfigurationFile>
            """, to: "Conf/Operator.xml")
        if feed {
            try company.edit("appsettings.agent.json") { settings in
                settings["Connections"] = [
                    "People": [
                        "Path": "sources/current/people.csv", "PathIncremental": "sources/current/changes.csv",
                    ]
                ]
            }
        }
        try write(people: 0..<1500)
        let deployed = try company.run("deploy-configuration", "-d", "Conf")
        guard deployed.code == 0 else { throw Unexpected(deployed.printed) }
        try company.startServer()
        let loaded = try company.run("invoke-job", "-j", "InitializationJob")
        guard loaded.code == 0 else { throw Unexpected(loaded.printed) }
    }

    private init(_ company: Company) {
        self.company = company
    }

    /// A copy of everything with its server running; this one's is stopped.
    func copy() throws -> HeldCompany {
        let copy = HeldCompany(try Company(copying: company))
        try copy.company.startServer()
        return copy
    }

    /// The source holds these people; all but the first have her as manager.
    func write(people: Range<Int>, and others: [String] = []) throws {
        let rows = people.map { Self.row($0) } + others
        try company.write("id,name,manager\n" + rows.joined(separator: "\n") + "\n", to: "sources/current/people.csv")
    }

    /// The next changes of the feed: `delete,P0001,,`.
    func write(changes: [String]) throws {
        try company.write(
            "Command,id,name,manager\n" + changes.map { $0 + "\n" }.joined(), to: "sources/current/changes.csv")
    }

    static func key(_ number: Int) -> String { "P" + String(String(10_000 + number).dropFirst()) }

    static func row(_ number: Int) -> String { "\(key(number)),Name \(number),\(number == 0 ? "" : key(0))" }

    func run(_ arguments: String...) throws -> (code: Int32, printed: String) {
        let program = try Program(["invoke-job", "-j", Self.job] + arguments, in: company.folder)
        let code = program.end()
        return (code, program.printed)
    }

    func resume() throws -> (code: Int32, printed: String) {
        let program = try Program(
            ["invoke-job", "-j", Self.job, "-r"] + Self.operatorOptions, in: company.folder)
        let code = program.end()
        return (code, program.printed)
    }

    func people() throws -> Int { Int(try company.query("select count(*) from UR_Resources")) ?? -1 }

    func links() throws -> Int {
        Int(try company.query("select count(*) from UR_Resources where I40 is not null")) ?? -1
    }

    /// State, count and age of what was ever held, oldest first.
    func held() throws -> [String] {
        try company.query(
            "select State || ' ' || ChangeCount || '+' || LinkCount || ' ' || Operation from US_HeldSets order by rowid"
        ).split(separator: "\n").map(String.init)
    }

    /// The digest roots that both sides have, as text: of the image's manifest, and of the server.
    func roots() throws -> (agent: [String], server: [String]) {
        let manifest = try JSONSerialization.jsonObject(
            with: Data(company.read("Work/Collect/HR/current/manifest.json").utf8))
        let files = (manifest as? [String: Any])?["files"] as? [[String: Any]] ?? []
        let agent = files.map { "\($0["mapping"] ?? "")|\($0["root"] ?? "")" }
        let server = try company.query("select Mapping, Root from US_Counters").split(separator: "\n").map(String.init)
        return (agent.sorted(), server.sorted())
    }
}
