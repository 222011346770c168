import Foundation
import Testing
import WeirConfiguration

struct DeploymentTests {
    private static let scaffolded = """
        <CreateConnectorSynchroIncremental Connector="HR"><OpenIdIdentifier Identifier="Job" /></CreateConnectorSynchroIncremental>
        <SynchronizationAccessControlRules Profile="AgentSynchro" />
        """

    private static let kept = """
        <DisplayTable Identifier="T" EntityType="HR_Person"><Tile Identifier="b" /><Tile Identifier="a">some text &lt;here&gt;</Tile></DisplayTable>
        <ScalarRule Property="x" /><ScalarRule Property="y" />
        <MailSetting Identifier="M" A="1" /><MailSetting Identifier="M" A="2" />
        <MenuItem Identifier="Nav" EntityType="HR_Person" DisplayName_L1="a&quot;b&#10;c &amp; 'd'" />
        """

    private func plan(_ from: LoadedConfiguration, _ to: LoadedConfiguration) throws -> DeploymentPlan {
        #expect(from.errorTexts == [])
        #expect(to.errorTexts == [])
        return try DeploymentPlan.plan(from: from.items, to: to.items)
    }

    @Test func `deploying the same again is an empty plan`() throws {
        let loaded = configure(Example.synchronized, Example.client, Self.scaffolded, Self.kept)
        let plan = try plan(loaded, loaded)
        #expect(plan.isEmpty)
        #expect(plan.dataLossRisks == [])
    }

    @Test func `a first deployment inserts everything`() throws {
        let loaded = configure(Example.agent, "<SynchronizationAccessControlRules Profile=\"Administrator\" />")
        let plan = try DeploymentPlan.plan(from: [], to: loaded.items)
        #expect(
            plan.lines == [
                "insert AccessControlRule \"Administrator_Connector_Synchronization\" (scaffolded)",
                "insert AccessControlRule \"Administrator_JobInstance_Synchronization\" (scaffolded)",
                "insert AccessControlRule \"Administrator_SynchronizeSession_Synchronization\" (scaffolded)",
                "insert AccessControlRule \"Administrator_TaskInstance_Synchronization\" (scaffolded)",
                "insert AccessControlRule \"Administrator_Task_Synchronization\" (scaffolded)",
                "insert Agent \"Local\"",
                "insert SynchronizationAccessControlRules \"Administrator\"",
            ])
    }

    @Test func `other spellings, files and orders change nothing`() throws {
        let one = configure(
            Example.agent,
            """
            <Connector Identifier="HR" Agent="Local" IsDeactivated="0" CompleteJob="1" MaximumInsertedLines="100" DisplayName_L1="HR" />
            <Connection Identifier="HRPeople" Connector="HR" Package="Usercube.CSV.Complete@0000001" DeactivationExportFulfill="3" />
            """, Example.entities,
            """
            <EntityTypeMapping Identifier="HR_Person" Connector="HR" ConnectionTable="HRPeople.csv">
              <Property Identifier="EmployeeId" ConnectionColumn="Employee Id" IsPrimaryKey="1" IsUniqueKey="FALSE" />
              <Property Identifier="LastName" ConnectionColumn="Last name" />
            </EntityTypeMapping>
            <AccessControlRule Identifier="R" Profile="Administrator" EntityType="Job"><Entry Permission="/Jobs/Job/" CanExecute="1" /><Entry Permission="/Jobs/A" Priority="0" /></AccessControlRule>
            <AssignedProfile User="u" Profile="Administrator" EndDate="2026-12-31T01:00:00+01:00" />
            <Job Identifier="J" DisplayName_L1="J" CronTimeZone="0"><SynchronizeTask Identifier="S" Connector="HR" Type="0" Level="01" /></Job>
            """)
        let other = configure(
            """
            <Job DisplayName_L1="J" Identifier="J"><SynchronizeTask Level="1" Identifier="S" Orphans="false" Connector="HR" Type="None" /></Job>
            <AssignedProfile EndDate="2026-12-31" User="u" Profile="Administrator" IsDenied="False" />
            <AccessControlRule EntityType="Job" Identifier="R" Profile="Administrator"><Entry Permission="/Jobs/A" CanExecute="0" /><Entry CanExecute="TRUE" Permission="/Jobs/Job" /></AccessControlRule>
            <EntityTypeMapping ConnectionTable="HRPeople" Connector="HR" Identifier="HR_Person">
              <Property ConnectionColumn="Last name" Identifier="LastName" />
              <Property Identifier="EmployeeId" ConnectionColumn="Employee Id" IsPrimaryKey="true" />
            </EntityTypeMapping>
            """, Example.entities + "\n" + Example.agent,
            """
            <Connection Package="Usercube.CSV@0000001" Identifier="HRPeople" DeactivationExportFulfill="Fulfill,Export" Connector="HR" />
            <Connector DisplayName_L1="HR" Identifier="HR" Agent="Local" CompleteJob="NotUsed" />
            """)
        #expect(try plan(one, other).lines == [])
        #expect(one.model == other.model)
        #expect(one.model?.fingerprintText(connector: "HR") == other.model?.fingerprintText(connector: "HR"))
    }

    @Test func `the order of properties and of tasks is meaningful`() throws {
        func type(_ first: String, _ second: String) -> LoadedConfiguration {
            configure(
                "<EntityType Identifier=\"A\"><Property Identifier=\"\(first)\" IsKey=\"1\" TargetColumnIndex=\"\(first == "X" ? 4 : 5)\" /><Property Identifier=\"\(second)\" IsKey=\"1\" TargetColumnIndex=\"\(second == "X" ? 4 : 5)\" /></EntityType>"
            )
        }
        #expect(
            try plan(type("X", "Y"), type("Y", "X")).lines == [
                "update EntityType \"A\": order of the children changed"
            ])
    }

    @Test func `an update says what changes`() throws {
        let changed = Example.synchronized
            .replacing("TargetColumnIndex=\"5\"", with: "TargetColumnIndex=\"6\"")
            .replacing("DisplayName_L1=\"HR people\"", with: "")
            .replacing("<Agent Identifier=\"Local\" />", with: "<Agent Identifier=\"Local\" URI=\"http://a\" />")
            .replacing(" ConnectionColumn=\"Last name\"", with: " ConnectionColumn=\"Name\" IsUniqueKey=\"1\"")
        #expect(
            try plan(configure(Example.synchronized), configure(changed)).lines == [
                "update Agent \"Local\": URI none → \"http://a\"",
                "update Connection \"HRPeople\": DisplayName_L1 \"HR people\" → none",
                "update EntityType \"HR_Person\": Property \"LastName\" TargetColumnIndex 5 → 6",
                "update EntityTypeMapping \"HR_Person\": Property \"LastName\" ConnectionColumn \"Last name\" → \"Name\"; Property "
                    + "\"LastName\" IsUniqueKey false → true",
            ])
    }

    @Test func `a plan never prints the hash of a secret`() throws {
        let changed = Example.client.replacing(
            "K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=", with: String(repeating: "A", count: 43) + "=")
        #expect(
            try plan(configure(Example.client), configure(changed)).lines == [
                "update OpenIdClient \"Job\": HashedSecret changed"
            ])
    }

    @Test func `changing a scaffolding changes what it generates`() throws {
        let before = configure(Example.synchronized, Example.client, Self.scaffolded)
        let after = configure(
            Example.synchronized, Example.client,
            "<CreateConnectorSynchroIncremental Connector=\"HR\" DisplayName_L1=\"New\"><OpenIdIdentifier Identifier=\"Job\" /></CreateConnectorSynchroIncremental><SynchronizationAccessControlRules Profile=\"AgentSynchro\" />"
        )
        #expect(
            try plan(before, after).lines == [
                "update CreateConnectorSynchroIncremental \"HR\": DisplayName_L1 none → \"New\"",
                "update Job \"HR_Synchronize_Incremental_Scaffolding\" (scaffolded): DisplayName_L1 "
                    + "\"HR_Synchronize_Incremental_Scaffolding\" → \"New\"",
            ])
        let without = configure(
            Example.synchronized, Example.client, "<SynchronizationAccessControlRules Profile=\"AgentSynchro\" />")
        #expect(
            try plan(before, without).lines == [
                "delete CreateConnectorSynchroIncremental \"HR\"",
                "delete Job \"HR_Synchronize_Incremental_Scaffolding\" (scaffolded)",
            ])
    }

    @Test func `the model of the stored items is the model that was deployed`() throws {
        for loaded in [
            configure(Example.synchronized, Example.client, Self.scaffolded, Self.kept),
            ConfigurationFolder.load(ContosoTests.folder),
        ] {
            #expect(loaded.errorTexts == [])
            #expect(try Model(items: loaded.items.reversed()) == loaded.model)
        }
    }

    @Test(arguments: [true, false])
    func `exporting and deploying again is an empty plan`(scaffolding: Bool) throws {
        for loaded in [
            configure(Example.synchronized, Example.client, Self.scaffolded, Self.kept),
            ConfigurationFolder.load(ContosoTests.folder),
        ] {
            let folder = try TemporaryFolder()
            for file in ConfigurationFolder.export(loaded.items, scaffolding: scaffolding) {
                try folder.write("Conf/" + file.name, [UInt8](file.text.utf8))
            }
            let again = ConfigurationFolder.load(folder.path + "/Conf")
            #expect(again.errorTexts == [])
            #expect(try plan(loaded, again).lines == [])
            #expect(again.items == loaded.items)
            #expect(again.notices.contains { $0.message.contains("is not deployed") } == scaffolding)
        }
    }

    @Test(arguments: [
        (
            "<EntityType Identifier=\"HR_Organization\">", "<EntityType Identifier=\"HR_Unit\">", "HR_Organization",
            "HR_Unit",
            [
                "EntityType \"HR_Organization\" is deleted",
                "EntityAssociation \"HR_Person_Organization\" no longer joins HR_Organization:Persons and HR_Person:Organization",
            ]
        ),
        (
            "Identifier=\"LastName\"", "Identifier=\"Name\"", "", "",
            ["Property \"LastName\" of EntityType \"HR_Person\" is deleted"]
        ),
        (
            "TargetColumnIndex=\"5\"", "TargetColumnIndex=\"7\"", "", "",
            ["Property \"LastName\" of EntityType \"HR_Person\" moves from column C5 to C7"]
        ),
        (
            "TargetColumnIndex=\"128\"", "", "", "",
            ["Property \"Organization\" of EntityType \"HR_Person\" loses its column I40"]
        ),
        ("ConnectionColumn=\"Last name\"", "ConnectionColumn=\"Name\"", "", "", []),
        ("DisplayName_L1=\"HR - Person\"", "DisplayName_L1=\"People\"", "", "", []),
    ])
    func `what costs data is a risk`(old: String, new: String, oldName: String, newName: String, reasons: [String])
        throws
    {
        var text = Example.synchronized.replacing(old, with: new)
        if !oldName.isEmpty {
            text = text.replacing("\"\(oldName)\"", with: "\"\(newName)\"").replacing(
                "\"\(oldName):", with: "\"\(newName):")
        }
        #expect(try plan(configure(Example.synchronized), configure(text)).dataLossRisks.map(\.reason) == reasons)
    }

    @Test func `deleting a mapping, an association or its mapping is a risk, with what to count`() throws {
        let all = configure(Example.synchronized)
        let withoutMapping = configure(Example.agent, Example.connector, Example.entities)
        #expect(
            try plan(all, withoutMapping).dataLossRisks == [
                DataLossRisk(reason: "EntityTypeMapping \"HR_Organization\" is deleted", entityType: "HR_Organization"),
                DataLossRisk(reason: "EntityTypeMapping \"HR_Person\" is deleted", entityType: "HR_Person"),
                DataLossRisk(
                    reason: "EntityAssociationMapping \"HR_Person_Organization\" is deleted",
                    association: "HR_Person_Organization"),
            ])
        #expect(
            try DeploymentPlan.plan(from: all.items, to: []).dataLossRisks == [
                DataLossRisk(reason: "EntityType \"HR_Organization\" is deleted", entityType: "HR_Organization"),
                DataLossRisk(reason: "EntityType \"HR_Person\" is deleted", entityType: "HR_Person"),
                DataLossRisk(
                    reason: "EntityAssociation \"HR_Person_Organization\" is deleted",
                    association: "HR_Person_Organization"),
            ])
        let rekeyed = configure(
            Example.synchronized.replacing(
                "ConnectionColumn=\"Employee Id\" IsPrimaryKey=\"true\"",
                with: "ConnectionColumn=\"Employee Id\" IsUniqueKey=\"true\""
            ).replacing("ConnectionColumn=\"Last name\"", with: "ConnectionColumn=\"Last name\" IsPrimaryKey=\"true\""))
        #expect(
            try plan(all, rekeyed).dataLossRisks == [
                DataLossRisk(
                    reason:
                        "EntityTypeMapping \"HR_Person\" changes its primary key from \"EmployeeId\" to \"LastName\"",
                    entityType: "HR_Person")
            ])
    }
}
