import Foundation
import ProcessSupport
import Testing

/// Cut files, and what a connector that waits for a decision does meanwhile (DESIGN §4, §8).
struct BlockedTests {
    /// 100 people, loaded; the connector's attributes are as given, and it has a Complete job.
    private static func company(_ attributes: String = "") throws -> Company {
        let company = try LoadedCompany.copy()
        let text = try company.read("Conf/Small.xml")
        try company.write(
            text.replacing("<Connector Identifier=\"HR\"", with: "<Connector Identifier=\"HR\" \(attributes)")
                .replacing(
                    "</ConfigurationFile>",
                    with: """
                        <CreateConnectorSynchroComplete Connector="HR" DisplayName_L1="HR: synchronize everything">
                          <OpenIdIdentifier Identifier="Job" /><NoProvisioning />
                        </CreateConnectorSynchroComplete>
                        <Profile Identifier="Operator" DisplayName_L1="Operator" />
                        <SynchronizationAccessControlRules Profile="Operator" />
                        <JobExecutionAccessControlRules Profile="Operator" />
                        <OpenIdClient Identifier="Operator" DisplayName_L1="Operator" Profile="Operator"
                          HashedSecret="K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=" />
                        </ConfigurationFile>
                        """), to: "Conf/Small.xml")
        let deployed = try company.run("deploy-configuration", "-d", "Conf")
        guard deployed.code == 0 else { throw Unexpected(deployed.printed) }
        try company.startServer()
        return company
    }

    /// The first lines of the source, header included.
    private static func cut(_ company: Company, to lines: Int) throws {
        let text = try company.read("sources/day1/people.csv")
        let kept = text.split(separator: "\n").prefix(lines).joined(separator: "\n") + "\n"
        try company.write(kept, to: "sources/current/people.csv")
    }

    private static func people(_ company: Company) throws -> String {
        try company.query("select count(*) from UR_Resources")
    }

    @Test func `a truncated file is held though every threshold of the connector is off, an empty one fails`() throws {
        let off = ["Inserted", "Updated", "Deleted"].flatMap { kind in
            [
                "Maximum\(kind)Lines=\"0\"", "MaxPercentage\(kind)Lines=\"0\"", "MaximumLink\(kind)Lines=\"0\"",
                "MaxLinkPercentage\(kind)Lines=\"0\"",
            ]
        }.joined(separator: " ")
        let company = try Self.company(off)
        try Self.cut(company, to: 1)
        let empty = try company.run("invoke-job", "-j", LoadedCompany.job)
        #expect(empty.code == 1, "\(empty.printed)")
        #expect(empty.printed.contains("no rows"), "\(empty.printed)")

        try Self.cut(company, to: 41)
        let cut = try company.run("invoke-job", "-j", LoadedCompany.job)
        #expect(cut.code == 3, "\(cut.printed)")
        #expect(
            cut.printed.contains(
                "MinPercentageRows of EntityTypeMapping \"Person\" is 50 %, and the export has 40 rows of 100 stored"),
            "\(cut.printed)")
        #expect(try Self.people(company) == "100")
    }

    @Test func `a blocked connector is left out, and a Complete run that fails leaves it to be resumed`() throws {
        let company = try Self.company()
        try Self.cut(company, to: 61)
        #expect(try company.run("invoke-job", "-j", LoadedCompany.job).code == 3)

        let next = try company.run("invoke-job", "-j", LoadedCompany.job)
        #expect(next.code == 4, "\(next.printed)")
        #expect(next.printed.contains("the connector \"HR\" is blocked since"))
        let codes = try company.query(
            """
            select distinct SkipCode from UJ_TaskInstances t join UJ_JobInstances j on j.Id = t.JobInstance
            where j.State = 'warning' and t.State = 'skipped' order by 1
            """)
        #expect(codes.contains("connectorBlocked"), "\(codes)")

        try Self.cut(company, to: 1)
        let failed = try company.run("invoke-job", "-j", "HR_Synchronize_Complete_Scaffolding")
        #expect(failed.code == 1, "\(failed.printed)")
        let resumed = try company.run(
            "invoke-job", "-j", LoadedCompany.job, "-r", "--api-client-id", "Operator", "--api-secret", "secret")
        #expect(resumed.code == 0, "\(resumed.printed)")
        #expect(try Self.people(company) == "60")
        #expect(try company.query("select BlockedSince is null from US_Connectors") == "1")
        try Self.cut(company, to: 61)
        let after = try company.run("invoke-job", "-j", LoadedCompany.job)
        #expect(after.code == 0, "\(after.printed)")
    }
}
