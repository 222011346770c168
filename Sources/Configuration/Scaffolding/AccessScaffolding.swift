/// The access control scaffoldings that take a Profile alone, and what each grants (REFERENCE §6).
package enum AccessScaffolding: String, Sendable, Equatable, CaseIterable {
    case synchronization = "SynchronizationAccessControlRules"
    case jobView = "JobViewAccessControlRules"
    case jobLog = "GetJobLogAdministrationAccessControlRules"
    case jobAdministration = "JobAdministrationAccessControlRules"
    case pendingResourceTypes = "PendingAssignedResourceTypesAccessControlRules"
    case resourceChangesView = "ResourceChangesViewAccessControlRules"
    case jobExecution = "JobExecutionAccessControlRules"
    case runJob = "RunJobAdministrationAccessControlRules"
    case runJobNotification = "RunJobNotificationAccessControlRules"
    case runJobRepair = "RunJobRepairAdministrationAccessControlRules"
    case runJobRepairNotification = "RunJobRepairNotificationAccessControlRules"
    case taskAdministration = "TaskAdministrationAccessControlRules"

    /// The scaffoldings that it brings along.
    var contained: [AccessScaffolding] {
        switch self {
        case .jobView: [.jobLog, .jobAdministration, .pendingResourceTypes, .resourceChangesView]
        case .jobExecution: [.jobView, .runJob, .runJobNotification, .runJobRepair, .runJobRepairNotification]
        case .synchronization, .jobLog, .jobAdministration, .pendingResourceTypes, .resourceChangesView, .runJob,
            .runJobNotification, .runJobRepair, .runJobRepairNotification, .taskAdministration:
            []
        }
    }

    /// The last part of its rules' identifiers, `<Profile>_<EntityType>_<feature>`.
    var feature: String {
        switch self {
        case .synchronization: "Synchronization"
        case .jobView: "JobView"
        case .jobLog: "GetJobLogAdministration"
        case .jobAdministration: "JobAdministration"
        case .pendingResourceTypes: "PendingAssignedResourceTypes"
        case .resourceChangesView: "ResourceChangesView"
        case .jobExecution: "JobExecution"
        case .runJob: "RunJobAdministration"
        case .runJobNotification: "RunJobNotification"
        case .runJobRepair: "RunJobRepairAdministration"
        case .runJobRepairNotification: "RunJobRepairNotification"
        case .taskAdministration: "TaskAdministration"
        }
    }

    /// What it grants besides what `contained` grants, sorted.
    var permissions: [String] {
        switch self {
        case .synchronization:
            [
                "/Connectors/Connector/Query", "/Connectors/SynchronizeSession", "/Jobs/JobInstance/Query",
                "/Jobs/JobInstance/Update", "/Jobs/Task/Query", "/Jobs/TaskInstance/Query", "/Jobs/TaskInstance/Update",
            ]
        case .jobView:
            [
                "/Jobs/Job/Query", "/Jobs/JobInstance/Query", "/Jobs/JobInstance/Update", "/Jobs/Task/Query",
                "/Jobs/TaskEntityType/Query", "/Jobs/TaskInstance/Query", "/Jobs/TaskResourceType/Query",
            ]
        case .jobLog: ["/Jobs/RunJob/GetLog"]
        case .jobAdministration: ["/Jobs/Job/Query", "/Jobs/Job/Update"]
        case .pendingResourceTypes: ["/ProvisioningPolicy/PendingAssignedResourceTypes/Query"]
        case .resourceChangesView:
            [
                "/Connectors/ResourceChange/Query", "/Connectors/ResourceFileChange/Query",
                "/Connectors/ResourceLinkChange/Query",
            ]
        case .jobExecution: []
        case .runJob: ["/Jobs/JobInstance/Create", "/Jobs/RunJob/Launch"]
        case .runJobNotification: ["/Jobs/RunJobNotification"]
        case .runJobRepair: ["/Jobs/RunJob/Repair"]
        case .runJobRepairNotification: ["/Jobs/RunJobRepairNotification"]
        case .taskAdministration:
            ["Job", "JobInstance", "Task", "TaskEntityType", "TaskInstance", "TaskResourceType"].flatMap { kind in
                ["Create", "Delete", "Query", "Update"].map { "/Jobs/\(kind)/\($0)" }
            }
        }
    }
}
