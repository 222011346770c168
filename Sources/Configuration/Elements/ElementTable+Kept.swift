extension ElementTable {
    /// The elements of REFERENCE §18 that are accepted, stored and listed, and the scaffoldings outside §6.
    static let kept: [ElementDeclaration] = (keptNames + keptScaffoldings).map(keptElement)

    /// Whether a wildcard of REFERENCE §18 covers the name.
    static func isKeptByPattern(_ name: String) -> Bool {
        func covers(_ prefix: String, _ suffix: String) -> Bool {
            name.count > prefix.count + suffix.count && name.hasPrefix(prefix) && name.hasSuffix(suffix)
        }
        return covers("AccessCertification", "") || covers("Resource", "Rule") || covers("Notification", "")
            || covers("Workflow", "") || covers("Universe", "") || covers("Select", "QueryHandlerSetting")
            || covers("", "Aspect") || covers("", "Form") || covers("ResourceTypeMapping", "")
            || covers("", "ResourceTypeMapping")
    }

    private static let keptNames = [
        "AccessCertificationCampaignPolicy", "AccessCertificationDataFilter", "AccessCertificationOwnerFilter",
        "AddChangeAspect", "AssertValueAspect", "AssertValueRequiredAspect", "BuildUniqueValueAspect",
        "InvokeScriptAspect", "InvokeWorkflowAspect", "NotificationAspect", "NotificationTemplate",
        "ResourceBinaryRule", "ResourceClassificationRule", "ResourceCorrelationRule", "ResourceNavigationRule",
        "ResourceQueryRule", "ResourceScalarRule", "ResourceTypeRule", "SelectAllPerformersByDateQueryHandlerSetting",
        "SelectPersonasByFilterQueryHandlerSetting", "SelectUserByIdentityQueryHandlerSetting",
        "AppDisplaySetting", "AutomationRule", "Category", "CompositeRole", "CompositeRoleRule",
        "ConfigurationVersionSetting", "Context", "ContextRule", "CustomLink1Setting", "CustomLink2Setting",
        "DashboardItemNumberSetting", "Dimension", "DisplayEntityAssociation", "DisplayEntityType",
        "DisplayPropertyGroup", "DisplayTable", "Form", "HomonymEntityLink", "Indicator", "IndirectResourceRule",
        "Language", "MailSetting", "MiningRule", "NavigationRule", "Notification", "PasswordGenerationSetting",
        "PasswordResetSettings", "PasswordTestsSetting", "Policy", "ProfileContext", "ProfileRuleContext",
        "RecordSection", "ReportQuery", "ResourceType", "ResourceTypeMapping", "Risk", "RoleMapping", "ScalarRule",
        "SchedulingCleanDataBaseSetting", "SearchBar", "SingleRole", "SingleRoleRule", "Tile", "TopicTemplate",
        "Universe", "Workflow",
    ]

    private static let keptScaffoldings = [
        "AccessReviewAdministrationAccessControlRules", "AssignProfileAccessControlRules", "BasketRulesControlRules",
        "BootstrapModule", "BulkPerformManualProvisioningAccessControlRules",
        "BulkResourceReconciliationAccessControlRules", "BulkReviewProvisioningAccessControlRules",
        "BulkRoleReconciliationAccessControlRules", "CleanDatabaseJob", "ConnectorResourceTypeAccessControl",
        "ConnectorsAccessControlRules", "CreateAccessCertificationJob", "CreateResourceIncrementalAccessControlRules",
        "CreateUpdateDeleteAccessControlRules", "CreateUpdateDeleteMenus", "CreateUpdateDeleteTemplate",
        "CreateUpdateDeleteWorkflows", "EntityReportDefault", "EntityTypeDisplayName", "EntityTypeDisplayTable",
        "EntityTypeDisplayTableAdaptable", "EntityTypeDisplayTargetResourceTable", "EntityTypeMenuItem",
        "EntityTypeSearchBar", "GovernanceRolesAccessControlRules", "JobTaskAdministrationAccessControlRules",
        "ManageAccounts", "ManageSettingAccessControlRule", "MonitoringAdministrationAccessControlRules",
        "OpenIdClientAdministrationAccessControlRules", "OptimizeDisplayTable",
        "PerformManualProvisioningAccessControlRules", "PolicySimulationControlRules",
        "ProfileAdministrationAccessControlRules", "ProvisioningAccessControlRules",
        "ReconciliateResourcesAccessControlRules", "ReconciliateRolesAccessControlRules",
        "RedundantAssignmentAccessControlRule", "ReportAccessControlRules", "ResourceApiAdministration",
        "ResourcePickerControlRules", "ResourceTypeMappingControlRules", "ReviewProvisioningAccessControlRules",
        "ReviewRolesAccessControlRules", "RisksAdministrationAccessControlRules",
        "RoleAdministrationAccessControlRules",
        "RoleAndSimulationControlRules", "RoleNamingAccessControlRules", "SearchBarPageAccessControl",
        "SettingsAccessControlRules", "SimulationAccessControlRules", "TargetResourceReport",
        "TargetResourceReportAccessControlRules", "TargetResourceReportMenus",
        "TaskInstanceAdministrationAccessControlRules", "UniverseAccessControlRules", "UniverseDataModel",
        "UpdateResourcesAccessControlRules", "UpdateResourcesMenus", "UpdateResourcesTemplate",
        "UpdateResourcesWorkflows", "ViewHistoryResourceTemplate", "ViewSourceResourceTemplate",
        "ViewTargetResourceTemplate", "ViewTemplate", "ViewTemplateAdaptable", "WorkforceModule",
    ]
}
