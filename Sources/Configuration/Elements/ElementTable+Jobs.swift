extension ElementTable {
    /// REFERENCE §5.
    static let jobs: [ElementDeclaration] = [
        ElementDeclaration(
            "Job", .used,
            [.identifier, .string("DisplayName_L1", required: true)] + AttributeDeclaration.displayNames.dropFirst() + [
                .reference("Agent", .agent), .typed("CronTabExpression", .cron),
                .typed("CronTimeZone", .enumeration(cronTimeZones), default: "UTC"), .bool("IsIncremental"),
                .bool("IsConnectorJob"), .bool("IsInitializationJob"), .bool("UserStartDenied"),
                .typed("LogLevel", .enumeration(logLevels), default: "None"),
            ], children: tasks + [step] + tasks.map(override), childOrderMatters: true)
    ]

    static let cronTimeZones = [EnumerationCase("UTC", 0), EnumerationCase("ServerTime", 1)]

    private static let logLevels = [
        EnumerationCase("Trace", 0), EnumerationCase("Debug", 1), EnumerationCase("Information", 2),
        EnumerationCase("Warning", 3), EnumerationCase("Error", 4), EnumerationCase("Critical", 5),
        EnumerationCase("None", 6),
    ]

    private static let level = AttributeDeclaration.int("Level", -1...Int(Int32.max), default: -1)

    private static let step = ElementDeclaration(
        "Step", .used, [.string("Identifier"), .string("Task"), level], children: [dependency])

    private static let dependency = ElementDeclaration(
        "TaskDependsOnTask", .used, [.string("ParentTask", required: true)], identity: ["ParentTask"])

    private static let taskEntityType = ElementDeclaration(
        "TaskEntityType", .used, [.reference("EntityType", .entityType, required: true)])

    private static let taskResourceType = ElementDeclaration("TaskResourceType", .kept, [], acceptsAnything: true)

    /// An existing task, called with some properties changed.
    private static func override(_ task: ElementDeclaration) -> ElementDeclaration {
        let attributes = task.attributes.map { attribute in
            var attribute = attribute
            attribute.isRequired = attribute.name == "Identifier"
            attribute.defaultValue = nil
            return attribute
        }
        return ElementDeclaration(
            task.name + "Override", task.usage, attributes, children: task.children,
            acceptsAnything: task.acceptsAnything)
    }

    private static let synchronizationModes = [
        EnumerationCase("Initial", 0), EnumerationCase("Complete", 1), EnumerationCase("Incremental", 2),
    ]

    private static let changeTypes = [
        EnumerationCase("None", 0), EnumerationCase("Changes", 1), EnumerationCase("ActiveDirectory", 2),
    ]

    private static func task(
        _ name: String, _ usage: ElementDeclaration.Usage, _ attributes: [AttributeDeclaration] = [],
        children: [ElementDeclaration] = [], acceptsAnything: Bool = false
    ) -> ElementDeclaration {
        ElementDeclaration(
            name, usage,
            [.string("Identifier")] + AttributeDeclaration.displayNames
                + [level, .reference("Agent", .agent), .reference("OpenIdClient", .openIdClient)] + attributes,
            children: [dependency] + children, acceptsAnything: acceptsAnything)
    }

    /// The task elements; they stand in a Job, or alone to be called by a Step.
    static let tasks: [ElementDeclaration] =
        [
            task(
                "ExportTask", .executedTask,
                [
                    .reference("Connection", .connection), .reference("Connector", .connector),
                    .bool("ContinueOnError"),
                    .bool("IgnoreCookieFile"), .bool("InitMode"),
                ]),
            task(
                "PrepareSynchronizationTask", .executedTask,
                [
                    .reference("Connector", .connector, required: true),
                    .typed("SynchronizationMode", .enumeration(synchronizationModes)),
                    .typed("Type", .enumeration(changeTypes), default: "None"),
                    .string("ColumnName", default: "Command"), .string("WorkingDirectory"),
                ]),
            task(
                "SynchronizeTask", .executedTask,
                [
                    .reference("Connector", .connector, required: true),
                    .typed("Type", .enumeration(changeTypes), default: "None"), .bool("DoNotDeleteChanges"),
                    .bool("ForceSynchronization"), .bool("Orphans"),
                ]),
            task(
                "VerifySynchronizationTask", .executedTask,
                [.reference("Connector", .connector, required: true), .bool("Deep"), .bool("Repair")]),
            task("SetRecentlyModifiedFlagTask", .executedTask),
            task(
                "UpdateEntityPropertyExpressionsTask", .executedTask,
                [
                    .bool("Dirty"), .bool("AllEntityType"), .int("BatchSelectSize", 1...Int(Int32.max)),
                    .int("BatchUpdateSize", 1...Int(Int32.max)),
                ], children: [taskEntityType]),
            task("CreateDatabaseViewsTask", .skippedTask),
            task("DeployConfigurationTask", .skippedTask, [.string("ConfigurationDirectory")]),
            task("MaintainIndexesTask", .skippedTask),
        ]
        + skippedTasks.map {
            task($0, .skippedTask, children: [taskEntityType, taskResourceType], acceptsAnything: true)
        }

    /// Tasks of the reference system with more attributes than REFERENCE names: any are accepted.
    private static let skippedTasks = [
        "BuildRoleModelTask", "ComputeCorrelationKeysTask", "ComputeRiskScoresTask", "ComputeRoleModelTask",
        "FulfillTask", "GenerateProvisioningOrdersTask", "GetRoleMiningTask", "InvokeAspectsTask",
        "InvokeExpressionTask",
        "InvokeSqlCommandTask", "ManageConfigurationIndexesTask", "ProcessAccessCertificationItemsTask",
        "RefreshSchemaTask", "ResetValidFromTask", "SavePreExistingAccessRightsTask",
        "SendAccessCertificationNotificationTask",
        "SendNotificationsTask", "SendRoleModelNotificationsTask", "SetAccessCertificationReviewerTask",
        "SetInternalUserProfilesTask", "UpdateAccessCertificationCampaignTask", "UpdateClassificationTask",
        "UpdateParametersContextDisplayNamesTask",
    ]

    /// Tasks that only an agent can run; a job without Agent cannot hold them (DESIGN §4).
    static let agentTasks: Set<String> = [
        "ExportTask", "PrepareSynchronizationTask", "VerifySynchronizationTask", "InvokeExpressionTask",
    ]
}
