import Testing
import WeirConfiguration

/// Every XML form that REFERENCE shows, deployed as it is written there.
struct ReferenceFormsTests {
    @Test func `the complete example of §4 becomes this model`() throws {
        let loaded = configure(Example.synchronized)
        #expect(loaded.errorTexts == [])
        let model = try #require(loaded.model)
        #expect(
            model.entityTypes == [
                EntityType(
                    identifier: "HR_Organization", displayName: "HR_Organization",
                    properties: [
                        Property(identifier: "Code", displayName: "Code", column: 4, isKey: true),
                        Property(identifier: "Persons", displayName: "Persons", type: .foreignKey, isNavigation: true),
                    ]),
                EntityType(
                    identifier: "HR_Person", displayName: "HR - Person",
                    properties: [
                        Property(identifier: "EmployeeId", displayName: "EmployeeId", column: 4, isKey: true),
                        Property(identifier: "LastName", displayName: "LastName", column: 5),
                        Property(
                            identifier: "Organization", displayName: "Organization", type: .foreignKey, column: 128,
                            isNavigation: true),
                    ]),
            ])
        #expect(
            model.associations == [
                EntityAssociation(
                    identifier: "HR_Person_Organization", displayName: "HR_Person_Organization",
                    property1: PropertyBinding(entityType: "HR_Organization", property: "Persons"),
                    property2: PropertyBinding(entityType: "HR_Person", property: "Organization"),
                    isProperty1Collection: true)
            ])
        #expect(
            model.associationMappings == [
                EntityAssociationMapping(
                    identifier: "HR_Person_Organization", connector: "HR", table: "HRPeople",
                    side1: .init(
                        column: "Organization", key: PropertyBinding(entityType: "HR_Organization", property: "Code")),
                    side2: .init(
                        column: "Employee Id", key: PropertyBinding(entityType: "HR_Person", property: "EmployeeId")))
            ])
        #expect(
            model.entityTypeMapping("HR_Person")
                == EntityTypeMapping(
                    identifier: "HR_Person", connector: "HR", table: "HRPeople",
                    properties: [
                        PropertyMapping(identifier: "EmployeeId", column: "Employee Id", isPrimaryKey: true),
                        PropertyMapping(identifier: "LastName", column: "Last name"),
                    ]))
        #expect(
            model.connectors == [Connector(identifier: "HR", displayName: "HR", agent: "Local")])
        #expect(
            model.connections == [
                Connection(
                    identifier: "HRPeople", displayName: "HR people", connector: "HR", package: "Usercube.CSV@0000001")
            ])
    }

    @Test func `thresholds and safeguards of a connector and its mappings are read`() throws {
        let model = try #require(
            configure(
                Example.agent, Example.entities,
                """
                <Connector Identifier="HR" Agent="Local" IsDeactivated="1" CompleteJob="2" IncrementalJob="NotUsed"
                  ThresholdScope="Operation" MaximumInsertedLines="1" MaximumUpdatedLines="2" MaximumDeletedLines="3"
                  MaxPercentageInsertedLines="4" MaxPercentageUpdatedLines="6" MaxPercentageDeletedLines="7"
                  MaximumLinkInsertedLines="8" MaximumLinkUpdatedLines="9" MaximumLinkDeletedLines="10"
                  MaxLinkPercentageInsertedLines="11" MaxLinkPercentageUpdatedLines="12" MaxLinkPercentageDeletedLines="0" />
                <EntityTypeMapping Identifier="HR_Organization" Connector="HR" ConnectionTable="orgs.csv" C0="x"
                  MaximumInsertedLines="1" MaxPercentageDeletedLines="50" MaximumEmptiedValues="5"
                  MaxPercentageEmptiedValues="6" MinPercentageRows="0" MaxPercentageChurnedKeys="7"
                  MaxPercentageRejectedRows="8">
                  <Property Identifier="Code" ConnectionColumn="Code" IsPrimaryKey="TRUE" Format="RDN" />
                </EntityTypeMapping>
                """
            ).model)
        #expect(
            model.connectors == [
                Connector(
                    identifier: "HR", displayName: "HR", agent: "Local", isDeactivated: true,
                    completeJob: .onlySynchronization, incrementalJob: .notUsed,
                    thresholds: Thresholds(
                        maximumInserted: 1, maximumUpdated: 2, maximumDeleted: 3, percentageInserted: 4,
                        percentageUpdated: 6, percentageDeleted: 7),
                    linkThresholds: Thresholds(
                        maximumInserted: 8, maximumUpdated: 9, maximumDeleted: 10, percentageInserted: 11,
                        percentageUpdated: 12), thresholdScope: .operation)
            ])
        #expect(
            model.entityTypeMappings == [
                EntityTypeMapping(
                    identifier: "HR_Organization", connector: "HR", table: "orgs", c0: "x",
                    properties: [
                        PropertyMapping(identifier: "Code", column: "Code", isPrimaryKey: true, format: "RDN")
                    ], thresholds: Thresholds(maximumInserted: 1, percentageDeleted: 50),
                    safeguards: Safeguards(
                        maximumEmptiedValues: 5, percentageEmptiedValues: 6, minimumPercentageRows: 0,
                        percentageChurnedKeys: 7), percentageRejectedRows: 8)
            ])
    }

    @Test func `the three transformations of a connection are read in order`() throws {
        let loaded = configure(
            Example.agent,
            """
            <Connector Identifier="HR" Agent="Local" />
            <Connection Identifier="HRPeople" Connector="HR" Package="Usercube.CSV.Complete@0000001" DeactivationExportFulfill="Export">
              <Transformation Type="TransformDate" Table="HRPeople.csv" Column="End" InputColumn="EndDate" AddedDays="-1.5" MinYear="1900" MaxYear="2999" DatePattern="dd/MM/yyyy" />
              <Transformation Type="WhereValue" Table="HRPeople" Column="Active" WhereOperator="NotEquals" WhereValue="" />
              <Transformation Type="ConcatColumns" Table="HRPeople" Column="Name" InputColumn="First" InputColumn3="Last" ConcatSeparator=" " RemoveEmpty="true" RemoveDuplicates="1" SortValues="false" />
            </Connection>
            """)
        #expect(loaded.errorTexts == [])
        #expect(
            loaded.model?.connections == [
                Connection(
                    identifier: "HRPeople", displayName: "HRPeople", connector: "HR", package: "Usercube.CSV@0000001",
                    exports: false,
                    transformations: [
                        Transformation(
                            table: "HRPeople", column: "End",
                            operation: .date(
                                inputColumn: "EndDate", addedDays: -1.5, minimumYear: 1900, maximumYear: 2999,
                                datePattern: "dd/MM/yyyy")),
                        Transformation(
                            table: "HRPeople", column: "Active", operation: .keepWhere(.notEquals, value: "")),
                        Transformation(
                            table: "HRPeople", column: "Name",
                            operation: .concatenate(
                                inputColumns: ["First", "Last"], separator: " ", removeEmpty: true,
                                removeDuplicates: true, sortValues: false)),
                    ])
            ])
    }

    @Test func `a job with tasks of every kind becomes its tasks in launch order`() throws {
        let loaded = configure(
            Example.synchronized, Example.client,
            """
            <ExportTask Identifier="E" DisplayName_L1="Export" Agent="Local" Connector="HR" OpenIdClient="Job" />
            <UpdateClassificationTask Identifier="C" Dirty="0"><TaskEntityType EntityType="HR_Person" /></UpdateClassificationTask>
            <Job Identifier="J" DisplayName_L1="Job" Agent="Local" CronTabExpression="0 2 * * *" CronTimeZone="ServerTime" LogLevel="2">
              <UpdateEntityPropertyExpressionsTask Identifier="U" Level="3" Dirty="1" BatchSelectSize="100" BatchUpdateSize="50">
                <TaskEntityType EntityType="HR_Person" />
              </UpdateEntityPropertyExpressionsTask>
              <UpdateEntityPropertyExpressionsTask Identifier="All" AllEntityType="true" Level="4" />
              <Step Identifier="E" Level="0" />
              <PrepareSynchronizationTask Identifier="P" Agent="Local" Connector="HR" Level="1" SynchronizationMode="2" ColumnName="Cmd" WorkingDirectory="x">
                <TaskDependsOnTask ParentTask="E" />
              </PrepareSynchronizationTask>
              <SynchronizeTask Identifier="S" Connector="HR" Level="2" DoNotDeleteChanges="true" ForceSynchronization="1" Orphans="1" />
              <SetRecentlyModifiedFlagTask Identifier="F" Level="3" />
              <UpdateClassificationTaskOverride Identifier="C" Dirty="1" Level="5" />
              <Step Task="C" Level="6" />
              <CreateDatabaseViewsTask Identifier="V" Level="7" />
              <DeployConfigurationTask Identifier="D" ConfigurationDirectory="Conf" Level="7" />
              <InvokeSqlCommandTask Identifier="Q" Anything="1" Level="7" />
              <InvokeExpressionTask Identifier="X" Level="7" />
              <MaintainIndexesTask Level="7" />
            </Job>
            """)
        #expect(loaded.errorTexts == [])
        let job = try #require(loaded.model?.job("J"))
        func task(_ identifier: String, _ level: Int, _ kind: JobTask.Kind, parents: [String] = []) -> JobTask {
            JobTask(identifier: identifier, displayName: identifier, level: level, parents: parents, kind: kind)
        }
        #expect(
            job
                == Job(
                    identifier: "J", displayName: "Job", agent: "Local", cron: "0 2 * * *", cronTimeZone: .serverTime,
                    tasks: [
                        JobTask(
                            identifier: "E", displayName: "Export", level: 0, openIdClient: "Job",
                            kind: .export(connection: "HRPeople", connector: "HR", ignoreCookieFile: false)),
                        task(
                            "P", 1,
                            .prepareSynchronization(
                                connector: "HR", mode: .incremental, type: .none, commandColumn: "Cmd"), parents: ["E"]),
                        task(
                            "S", 2,
                            .synchronize(
                                connector: "HR", type: .none, doNotDeleteChanges: true, force: true, orphans: true)),
                        task("U", 3, .updateExpressions(entityTypes: ["HR_Person"], dirtyOnly: true)),
                        task("F", 3, .setRecentlyModifiedFlag),
                        task(
                            "All", 4,
                            .updateExpressions(entityTypes: ["HR_Organization", "HR_Person"], dirtyOnly: false)),
                        task("C", 5, .notExecuted(element: "UpdateClassificationTask")),
                        JobTask(
                            identifier: "C_2", displayName: "C", level: 6,
                            kind: .notExecuted(element: "UpdateClassificationTask")),
                        task("V", 7, .notExecuted(element: "CreateDatabaseViewsTask")),
                        task("D", 7, .notExecuted(element: "DeployConfigurationTask")),
                        task("Q", 7, .notExecuted(element: "InvokeSqlCommandTask")),
                        task("X", 7, .notExecuted(element: "InvokeExpressionTask")),
                        JobTask(
                            identifier: "J_MaintainIndexesTask1", displayName: "J_MaintainIndexesTask1", level: 7,
                            kind: .notExecuted(element: "MaintainIndexesTask")),
                    ]))
        #expect(
            loaded.noticeTexts.contains(
                "Conf/3.xml:3: UpdateClassificationTask is not executed by this version; it ends as skipped (it stands "
                    + "once in the folder)"))
    }

    @Test func `an export of a connector is one task a connection, and who waits waits for all`() throws {
        let loaded = configure(
            Example.synchronized,
            """
            <Connection Identifier="HROther" Connector="HR" Package="Usercube.CSV@0000001" />
            <Connection Identifier="HROff" Connector="HR" Package="Usercube.CSV@0000001" DeactivationExportFulfill="3" />
            <Job Identifier="J" DisplayName_L1="J" Agent="Local">
              <ExportTask Identifier="E" Connector="HR" ContinueOnError="1" IgnoreCookieFile="1" />
              <PrepareSynchronizationTask Identifier="P" Connector="HR" Type="Changes"><TaskDependsOnTask ParentTask="E" /></PrepareSynchronizationTask>
            </Job>
            """)
        #expect(loaded.errorTexts == [])
        #expect(
            loaded.model?.job("J")?.tasks == [
                JobTask(
                    identifier: "E_HROther", displayName: "E", continueOnError: true,
                    kind: .export(connection: "HROther", connector: "HR", ignoreCookieFile: true)),
                JobTask(
                    identifier: "E_HRPeople", displayName: "E", continueOnError: true,
                    kind: .export(connection: "HRPeople", connector: "HR", ignoreCookieFile: true)),
                JobTask(
                    identifier: "P", displayName: "P", parents: ["E_HROther", "E_HRPeople"],
                    kind: .prepareSynchronization(
                        connector: "HR", mode: .incremental, type: .changes, commandColumn: "Command")),
            ])
    }

    @Test func `access, clients, menu and expressions are read`() throws {
        let loaded = configure(
            Example.entities, Example.client,
            """
            <AccessControlRule Identifier="R" DisplayName_L1="Rule" Profile="AgentSynchro" EntityType="Job">
              <Entry Permission="/Jobs/Job/Query" CanExecute="true" IsPreCondition="1" IsPostCondition="0" Notify="1" Priority="2" FullAccessProperties="x" PropertyGroup="y" />
              <Entry Permission="/Jobs/RunJob/" />
              <Filter Binding="Job:Identifier" Value="J" Operator="NotEquals" Group="1" />
            </AccessControlRule>
            <AccessControlPermission Identifier="/Jobs/RunJob" BlockInheritance="true" />
            <AssignedProfile User="anna" Profile="AgentSynchro" StartDate="2026-01-01" EndDate="2026-12-31T12:00:00+02:00" IsDenied="1" />
            <AssignedProfile Identifier="P2" User="anna" Profile="Administrator" />
            <OpenIdClient Identifier="Old" HashedSecret="K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=" DisplayName_L1="Old client" Profile="Administrator" Context="c" ExpirationDate="2020-01-01" />
            <MenuItem Identifier="Nav_HR" ParentMenuItem="Nav_Connectors"><MenuItem Identifier="Nav_P" DisplayName_L1="People" EntityType="HR_Person" Other="x" /></MenuItem>
            <EntityPropertyExpression Identifier="X" EntityType="HR_Person" Property="InternalDisplayName" Expression="C#:person:return person.LastName + &quot; &quot;;" Priority="1" />
            """)
        #expect(loaded.errorTexts == [])
        let model = try #require(loaded.model)
        #expect(
            model.accessControlRules.filter { $0.profile == "AgentSynchro" } == [
                AccessControlRule(
                    identifier: "R", displayName: "Rule", profile: "AgentSynchro", entityType: "Job",
                    entries: [
                        .init(permission: "/Jobs/Job/Query", canExecute: true),
                        .init(permission: "/Jobs/RunJob", canExecute: false),
                    ], isFiltered: true)
            ])
        #expect(
            model.accessControlPermissions == [
                AccessControlPermission(identifier: "/Jobs/RunJob", blocksInheritance: true)
            ])
        #expect(
            model.assignedProfiles == [
                AssignedProfile(identifier: "P2", user: "anna", profile: "Administrator"),
                AssignedProfile(
                    identifier: "anna/AgentSynchro", user: "anna", profile: "AgentSynchro",
                    startDate: "2026-01-01T00:00:00Z", endDate: "2026-12-31T10:00:00Z", isDenied: true),
            ])
        #expect(model.openIdClients.map(\.identifier) == ["Job", "Old"])
        #expect(model.openIdClient("Old")?.expirationDate == "2020-01-01T00:00:00Z")
        #expect(
            model.menuItems == [MenuItem(identifier: "Nav_P", displayName: "People", entityType: "HR_Person")])
        #expect(
            model.expressions == [
                EntityPropertyExpression(
                    identifier: "X", entityType: "HR_Person", property: "InternalDisplayName",
                    expression: "C#:person:return person.LastName + \" \";", priority: 1)
            ])
        #expect(model.profiles.map(\.identifier) == ["Administrator", "AgentSynchro"])
        #expect(
            loaded.noticeTexts.contains(
                "Conf/3.xml:12: EntityPropertyExpression \"X\" is not evaluated by this version; the property stays empty"
            ))
    }

    @Test func `the profiles of §7 deploy`() throws {
        let loaded = configure(
            """
            <Profile Identifier="AgentSynchro" DisplayName_L1="Agent Synchro" />
            <Profile Identifier="Operator" DisplayName_L1="Operator" />
            <SynchronizationAccessControlRules Profile="AgentSynchro" />
            <JobViewAccessControlRules Profile="AgentSynchro" />
            <JobExecutionAccessControlRules Profile="Operator" />
            """)
        #expect(loaded.errorTexts == [])
        let model = try #require(loaded.model)
        for permission in [
            "/Jobs/Task/Query", "/Jobs/JobInstance/Query", "/Jobs/JobInstance/Update", "/Jobs/TaskInstance/Query",
            "/Jobs/TaskInstance/Update", "/Connectors/Connector/Query", "/Connectors/SynchronizeSession",
        ] {
            #expect(Permissions.isAllowed(permission, profiles: ["AgentSynchro"], model: model), "\(permission)")
        }
        #expect(!Permissions.isAllowed("/Jobs/RunJob/Launch", profiles: ["AgentSynchro"], model: model))
        #expect(Permissions.isAllowed("/Jobs/RunJob/Launch", profiles: ["Operator"], model: model))
    }
}
