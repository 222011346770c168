import Foundation
import ProcessSupport

/// The table of DESIGN §1, row by row: what no comparable system does, shown with real processes. Every test whose name
/// begins with a row's number is that row's.
///
/// Row 3 is in `KillTests` and `AgentTests`, row 4 in `HeldTests`, row 7 in `QuarantineTests`; the engine's side of row 9
/// is in SynchronizationTests (`LateBindingTests`, `BigLinkTests`); rows 1, 3, 7 and 10 on random data are in `Whole`.
enum DesignRows {
    /// A client that may both run jobs and approve what they held.
    static func addOperator(to company: Company) throws {
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
        let deployed = try company.run("deploy-configuration", "-d", "Conf")
        guard deployed.code == 0 else { throw Unexpected(deployed.printed) }
    }

    static func asOperator(calling port: Int) -> [String] {
        ["--api-url", "http://127.0.0.1:\(port)", "--api-client-id", "Operator", "--api-secret", "secret"]
    }

    /// The lines of a source, changed and written back.
    static func edit(_ name: String, in company: Company, _ change: (inout [String]) -> Void) throws {
        var lines = try company.read(name).split(separator: "\n").map(String.init)
        change(&lines)
        try company.write(lines.joined(separator: "\n") + "\n", to: name)
    }

    /// Deploys, starts the server and loads what is in `sources/current`.
    static func load(_ company: Company) throws {
        let deployed = try company.run("deploy-configuration", "-d", "Conf")
        guard deployed.code == 0 else { throw Unexpected(deployed.printed) }
        try company.startServer()
        let loaded = try company.run("invoke-job", "-j", "InitializationJob")
        guard loaded.code == 0 else { throw Unexpected(loaded.printed) }
    }
}
