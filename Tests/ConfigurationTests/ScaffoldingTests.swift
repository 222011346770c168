import Foundation
import Testing
import WeirConfiguration

struct ScaffoldingTests {
    private static let twoConnectors = """
        <Connection Identifier="HROther" Connector="HR" Package="Usercube.CSV@0000001" />
        <Connection Identifier="HROff" Connector="HR" Package="Usercube.CSV@0000001" DeactivationExportFulfill="Export" />
        <Connector Identifier="AD" DisplayName_L1="Directory" Agent="Local" CompleteJob="OnlySynchronization" />
        <Connection Identifier="ADExport" Connector="AD" Package="Usercube.AD@0000001" />
        <Connector Identifier="Old" Agent="Local" IsDeactivated="1" />
        <Connector Identifier="Not" Agent="Local" IncrementalJob="NotUsed" CompleteJob="NotUsed" />
        """

    struct Case: Sendable, CustomTestStringConvertible {
        /// Also the snapshot's file name.
        var testDescription: String
        var xml: String
    }

    @Test(arguments: [
        Case(
            testDescription: "CreateConnectorSynchroIncremental",
            xml: """
                <CreateConnectorSynchroIncremental Connector="HR" DisplayName_L1="HR: changes" DisplayName_L2="RH : changements">
                  <OpenIdIdentifier Identifier="Job" /><CronTabExpression CronTab="0 * * * *" CronTimeZone="1" />
                </CreateConnectorSynchroIncremental>
                """),
        Case(
            testDescription: "CreateConnectorSynchroIncremental-Changes",
            xml:
                "<CreateConnectorSynchroIncremental Connector=\"AD\" JobIdentifier=\"ADChanges\"><NoProvisioning /></CreateConnectorSynchroIncremental>"
        ),
        Case(
            testDescription: "CreateConnectorSynchroIncremental-NoSynchronization",
            xml:
                "<CreateConnectorSynchroIncremental Connector=\"HR\"><NoSynchronization /></CreateConnectorSynchroIncremental>"
        ),
        Case(
            testDescription: "CreateConnectorSynchroComplete",
            xml:
                "<CreateConnectorSynchroComplete Connector=\"HR\"><OpenIdIdentifier Identifier=\"Job\" /></CreateConnectorSynchroComplete>"
        ),
        Case(
            testDescription: "CreateInitializationJob",
            xml:
                "<CreateInitializationJob Agent=\"Local\" DisplayName_L1=\"First load\"><NotUsed ConnectorIdentifier=\"Not\" /></CreateInitializationJob>"
        ),
        Case(
            testDescription: "CreateAgentSynchroIncremental", xml: "<CreateAgentSynchroIncremental Agent=\"Local\" />"),
        Case(
            testDescription: "CreateAgentSynchroComplete",
            xml:
                "<CreateAgentSynchroComplete JobIdentifier=\"Job_Daily\"><NoProvisioning /></CreateAgentSynchroComplete>"
        ),
        Case(testDescription: "CreateConnectorsJobs", xml: "<CreateConnectorsJobs />"),
        Case(
            testDescription: "AddTask-LinkDependTask",
            xml: """
                <UpdateClassificationTask Identifier="Classify" />
                <CreateConnectorSynchroIncremental Connector="HR">
                  <NoProvisioning />
                  <AddTask Task="Classify" TaskToCompareWith="Export_HR_Incremental" Occurence="1" After="1" />
                  <AddTask Task="Classify" TaskToCompareWith="HR_Synchronize_Incremental_Scaffolding_SetRecentlyModifiedFlag" Before="true" />
                  <LinkDependTask Task="UpdateEntityPropertyExpressions1" DependOn="SetRecentlyModifiedFlag" />
                  <LinkDependTask Task="Classify" DependOn="Export_HR_Incremental" ParentOccurence="1" />
                  <FormatPropertiesInResource /><FulfillInternalWorkflowsPath ConnectorIdentifier="HR" Path="x" />
                </CreateConnectorSynchroIncremental>
                """),
        Case(
            testDescription: "SynchronizationAccessControlRules",
            xml: "<SynchronizationAccessControlRules Profile=\"AgentSynchro\" />"),
        Case(
            testDescription: "JobViewAccessControlRules", xml: "<JobViewAccessControlRules Profile=\"AgentSynchro\" />"),
        Case(
            testDescription: "JobExecutionAccessControlRules",
            xml: "<JobExecutionAccessControlRules Profile=\"AgentSynchro\" />"),
        Case(
            testDescription: "TaskAdministrationAccessControlRules",
            xml: "<TaskAdministrationAccessControlRules Profile=\"AgentSynchro\" />"),
        Case(
            testDescription: "ViewAccessControlRules",
            xml: "<ViewAccessControlRules Profile=\"AgentSynchro\" EntityType=\"HR_Person\" />"),
        Case(testDescription: "CreateAdministratorProfile", xml: "<CreateAdministratorProfile />"),
    ])
    func `a scaffolding generates these elements`(_ each: Case) throws {
        let loaded = configure(Example.synchronized + Example.client, Self.twoConnectors, each.xml)
        #expect(loaded.errorTexts == [])
        let generated = ConfigurationFolder.export(loaded.items, scaffolding: true).filter {
            $0.name.hasSuffix(".generated.xml")
        }
        let text = generated.map { "<!-- \($0.name) -->\n\($0.text)" }.joined()
        try expectSnapshot(text, named: each.testDescription)
    }

    @Test func `ConnectorMappings generates connection and mappings`() throws {
        let loaded = configure(
            """
            <Agent Identifier="Local" /><Connector Identifier="Directory" Agent="Local" />
            <EntityType Identifier="D_User">
              <Property Identifier="Login" TargetColumnIndex="4" IsKey="1" /><Property Identifier="Name" TargetColumnIndex="5" />
              <Property Identifier="Secret" TargetColumnIndex="6" />
              <Property Identifier="Boss" TargetColumnIndex="128" /><Property Identifier="Staff" />
              <Property Identifier="Unit" TargetColumnIndex="129" /><Property Identifier="Teams" />
            </EntityType>
            <EntityType Identifier="D_Unit"><Property Identifier="Code" TargetColumnIndex="4" IsKey="1" /><Property Identifier="Users" /></EntityType>
            <EntityType Identifier="D_Team"><Property Identifier="Code" TargetColumnIndex="4" IsKey="1" /><Property Identifier="Members" /></EntityType>
            <EntityAssociation Identifier="D_Boss" Property1="D_User:Staff" IsProperty1Collection="1" Property2="D_User:Boss" />
            <EntityAssociation Identifier="D_Unit" Property1="D_User:Unit" Property2="D_Unit:Users" IsProperty2Collection="1" />
            <EntityAssociation Identifier="D_Members" Property1="D_Team:Members" IsProperty1Collection="1" Property2="D_User:Teams" IsProperty2Collection="1" />
            <ConnectorMappings Connector="Directory" EntityType="D_User" IsIncremental="true" Package="Usercube.CSV@0000001"><ExcludedProperty Property="Secret" /></ConnectorMappings>
            <ConnectorMappings Connector="Directory" EntityType="D_Unit" />
            <ConnectorMappings Connector="Directory" EntityType="D_Team"><MappingPath Path="x" /></ConnectorMappings>
            """)
        #expect(loaded.errorTexts == [])
        // The files are named after the entity types, not after the connection: scripts write them.
        #expect(loaded.noticeTexts.allSatisfy { $0.contains("belongs to no connection") })
        let text = ConfigurationFolder.export(loaded.items, scaffolding: true).filter { $0.name.contains("generated") }
            .map { "<!-- \($0.name) -->\n\($0.text)" }.joined()
        try expectSnapshot(text, named: "ConnectorMappings")
    }

    @Test func `what two scaffoldings generate alike is one item`() {
        let loaded = configure(
            Example.client,
            """
            <JobViewAccessControlRules Profile="AgentSynchro" />
            <JobExecutionAccessControlRules Profile="AgentSynchro" />
            <JobViewAccessControlRules Profile="AgentSynchro" />
            """)
        #expect(loaded.errorTexts == [])
        #expect(loaded.items.filter { $0.identity == "AgentSynchro_RunJob_GetLogAdministration" }.count <= 1)
        #expect(Set(loaded.items.map(\.key)).count == loaded.items.count)
    }

    @Test func `a clash names both`() {
        let loaded = configure(
            Example.synchronized,
            """
            <Job Identifier="HR_Synchronize_Incremental_Scaffolding" DisplayName_L1="Mine" />
            <CreateConnectorSynchroIncremental Connector="HR" />
            <CreateConnectorSynchroComplete Connector="HR" JobIdentifier="X"><OpenIdIdentifier Identifier="Job" /></CreateConnectorSynchroComplete>
            <CreateAgentSynchroComplete JobIdentifier="X" />
            """, Example.client)
        #expect(
            loaded.errorTexts == [
                "Conf/2.xml:3: CreateConnectorSynchroIncremental \"HR\" generates Job \"HR_Synchronize_Incremental_Scaffolding\", "
                    + "which is also written at Conf/2.xml:2; remove one of the two, or rename yours",
                "Conf/2.xml:5: CreateAgentSynchroComplete \"X\" generates Job \"X\", which is also generated with different content "
                    + "by CreateConnectorSynchroComplete \"X/HR\" at Conf/2.xml:4; remove one of the two, or rename yours",
            ])
    }

    @Test(arguments: [
        (
            "<CreateConnectorSynchroComplete Connector=\"HR\" />",
            "CreateConnectorSynchroComplete of Connector \"HR\" has no OpenIdIdentifier; add the child element"
        ),
        (
            "<CreateConnectorSynchroIncremental Connector=\"HR\"><AddTask Task=\"T\" TaskToCompareWith=\"Fulfil1\" After=\"1\" /></CreateConnectorSynchroIncremental>",
            "AddTask names the task \"Fulfil1\", which the scaffolding does not generate; name one of the generated job's tasks"
        ),
        (
            "<CreateConnectorSynchroIncremental Connector=\"HR\"><AddTask Task=\"T\" TaskToCompareWith=\"Fulfill1\" /></CreateConnectorSynchroIncremental>",
            "AddTask \"T\" must have either After or Before; set one of them to true"
        ),
        (
            "<CreateConnectorSynchroIncremental Connector=\"HR\"><AddTask Task=\"T\" TaskToCompareWith=\"Fulfill1\" After=\"1\" /></CreateConnectorSynchroIncremental>",
            "Step of Job \"HR_Synchronize_Incremental_Scaffolding\" calls the task \"T\", which does not exist; declare it"
        ),
        (
            "<CreateConnectorSynchroIncremental Connector=\"HR\"><LinkDependTask Task=\"Fulfill1\" DependOn=\"Fulfill1\" ParentOccurence=\"1\" /></CreateConnectorSynchroIncremental>",
            "LinkDependTask names occurrence 1 of \"Fulfill1\", but there are 1, counted from 0"
        ),
        (
            "<CreateConnectorSynchroIncremental />",
            "CreateConnectorSynchroIncremental has no Connector; add the attribute"
        ),
        (
            "<Agent Identifier=\"Second\" /><CreateInitializationJob />",
            "CreateInitializationJob has no Agent, and there are 2; name one"
        ),
        (
            "<JobViewAccessControlRules Profile=\"Nobody\" />",
            "JobViewAccessControlRules names the Profile \"Nobody\" in Profile, which does not exist; declare it"
        ),
    ])
    func `a scaffolding that cannot be carried out is an error at its place`(xml: String, message: String) {
        let errors = configure(Example.synchronized, xml).errorTexts
        #expect(errors.contains("Conf/2.xml:2: " + message), "\(errors)")
    }
}

/// Compares with Tests/Fixtures/Scaffoldings/<name>.xml; with WEIR_RECORD_SNAPSHOTS set, writes it.
private func expectSnapshot(_ text: String, named name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Fixtures/Scaffoldings").standardizedFileURL
    let file = folder.appending(path: name + ".xml")
    if ProcessInfo.processInfo.environment["WEIR_RECORD_SNAPSHOTS"] != nil {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }
    let expected = try String(decoding: Data(contentsOf: file), as: UTF8.self)
    #expect(text == expected)
}
