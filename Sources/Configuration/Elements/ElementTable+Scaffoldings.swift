extension ElementTable {
    /// REFERENCE §6.
    static let scaffoldings: [ElementDeclaration] =
        [
            jobScaffolding("CreateConnectorSynchroIncremental", [.reference("Connector", .connector, required: true)]),
            jobScaffolding("CreateConnectorSynchroComplete", [.reference("Connector", .connector, required: true)]),
            jobScaffolding("CreateAgentSynchroComplete", [.reference("Agent", .agent)]),
            jobScaffolding("CreateAgentSynchroIncremental", [.reference("Agent", .agent)]),
            jobScaffolding("CreateInitializationJob", [.reference("Agent", .agent)]),
            jobScaffolding("CreateConnectorsJobs", [.reference("Agent", .agent)]),
            ElementDeclaration(
                "ConnectorMappings", .scaffolding,
                AttributeDeclaration.displayNames + [
                    .reference("Connector", .connector, required: true),
                    .reference("EntityType", .entityType, required: true), .bool("IsIncremental"),
                    .typed("Package", .package),
                ],
                children: [
                    ElementDeclaration("ExcludedProperty", .used, [.string("Property", required: true)]),
                    ElementDeclaration("MappingPath", .used, [.string("Path", required: true)]),
                ], identity: ["Connector", "EntityType"]),
            ElementDeclaration(
                "CreateAdministratorProfile", .scaffolding, [.string("OldAlgorithm")],
                identity: ["CreateAdministratorProfile"]),
            ElementDeclaration(
                "ViewAccessControlRules", .scaffolding,
                [
                    .reference("Profile", .profile, required: true),
                    .reference("EntityType", .entityType, required: true),
                ], identity: ["Profile", "EntityType"]),
        ]
        + AccessScaffolding.allCases.map {
            ElementDeclaration(
                $0.rawValue, .scaffolding, [.reference("Profile", .profile, required: true)], identity: ["Profile"])
        }

    private static func jobScaffolding(_ name: String, _ attributes: [AttributeDeclaration]) -> ElementDeclaration {
        let connector = AttributeDeclaration.reference("ConnectorIdentifier", .connector, required: true)
        return ElementDeclaration(
            name, .scaffolding,
            attributes + AttributeDeclaration.displayNames + [.string("JobIdentifier"), .typed("OldAlgorithm", .bool)],
            children: [
                ElementDeclaration(
                    "OpenIdIdentifier", .used, [.reference("Identifier", .openIdClient, required: true)]),
                ElementDeclaration(
                    "CronTabExpression", .used,
                    [
                        .typed("CronTab", .cron, required: true),
                        .typed("CronTimeZone", .enumeration(cronTimeZones), default: "UTC"),
                    ]),
                ElementDeclaration("NoProvisioning", .used, []),
                ElementDeclaration("NoSynchronization", .used, []),
                ElementDeclaration(
                    "AddTask", .used,
                    [
                        .string("Task", required: true), .string("TaskToCompareWith", required: true), .bool("After"),
                        .bool("Before"), .int("Occurence", 0...1_000_000, default: 0),
                        .int("CopyOccurence", 0...1_000_000, default: 0),
                    ]),
                ElementDeclaration(
                    "LinkDependTask", .used,
                    [
                        .string("Task", required: true), .string("DependOn", required: true),
                        .int("ChildOccurence", 0...1_000_000, default: 0),
                        .int("ParentOccurence", 0...1_000_000, default: 0),
                    ]),
                ElementDeclaration("FormatPropertiesInResource", .used, []),
                ElementDeclaration(
                    "FulfillInternalWorkflowsPath", .used, [connector, .string("Path", required: true)]),
                ElementDeclaration("Configuration", .used, [.string("Path", required: true)]),
                ElementDeclaration("NoConnectorProvisioning", .used, [connector]),
                ElementDeclaration("NoConnectorSynchronization", .used, [connector]),
                ElementDeclaration("NotUsed", .used, [connector]),
                ElementDeclaration("PrincipalDataConnector", .used, [connector]),
            ], identity: ["JobIdentifier"] + attributes.map(\.name), childOrderMatters: true)
    }
}
