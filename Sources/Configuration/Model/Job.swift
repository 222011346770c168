/// `Job`: tasks in launch order (REFERENCE §5).
package struct Job: Sendable, Equatable, Codable {
    package var identifier: String
    package var displayName: String
    /// nil: runs on the server.
    package var agent: String?
    package var cron: String?
    package var cronTimeZone: CronTimeZone
    package var isIncremental: Bool
    package var isConnectorJob: Bool
    package var isInitialization: Bool
    package var userStartDenied: Bool
    /// In launch order: by level, then document order. The index is the task's Order in `get-job-steps`.
    package var tasks: [JobTask]

    package init(
        identifier: String, displayName: String, agent: String? = nil, cron: String? = nil,
        cronTimeZone: CronTimeZone = .utc, isIncremental: Bool = false, isConnectorJob: Bool = false,
        isInitialization: Bool = false, userStartDenied: Bool = false, tasks: [JobTask] = []
    ) {
        self.identifier = identifier
        self.displayName = displayName
        self.agent = agent
        self.cron = cron
        self.cronTimeZone = cronTimeZone
        self.isIncremental = isIncremental
        self.isConnectorJob = isConnectorJob
        self.isInitialization = isInitialization
        self.userStartDenied = userStartDenied
        self.tasks = tasks
    }
}

package enum CronTimeZone: Int, Sendable, Equatable, Codable, CaseIterable {
    case utc = 0
    case serverTime = 1
}

/// One task of a job, with what its element said.
package struct JobTask: Sendable, Equatable, Codable {
    package var identifier: String
    package var displayName: String
    /// nil: no Level was written; such tasks run one by one, in order.
    package var level: Int?
    package var parents: [String]
    package var openIdClient: String?
    package var continueOnError: Bool
    package var kind: Kind

    package init(
        identifier: String, displayName: String, level: Int? = nil, parents: [String] = [],
        openIdClient: String? = nil, continueOnError: Bool = false, kind: Kind
    ) {
        self.identifier = identifier
        self.displayName = displayName
        self.level = level
        self.parents = parents
        self.openIdClient = openIdClient
        self.continueOnError = continueOnError
        self.kind = kind
    }

    package enum Kind: Sendable, Equatable, Codable {
        /// `ignoreCookieFile`: export everything.
        case export(connection: String, connector: String, ignoreCookieFile: Bool)
        case prepareSynchronization(
            connector: String, mode: SynchronizationMode, type: ChangeType, commandColumn: String)
        case synchronize(
            connector: String, type: ChangeType, doNotDeleteChanges: Bool, force: Bool, orphans: Bool)
        /// `deep`: both sides compute their digests anew. `repair`: what differs is sent.
        case verifySynchronization(connector: String, deep: Bool, repair: Bool)
        case setRecentlyModifiedFlag
        case updateExpressions(entityTypes: [String], dirtyOnly: Bool)
        /// An element that this version does not execute; it ends as skipped, naming itself.
        case notExecuted(element: String)
    }

    /// The element's name, as in the XML (`ExportTask`).
    package var element: String {
        switch kind {
        case .export: "ExportTask"
        case .prepareSynchronization: "PrepareSynchronizationTask"
        case .synchronize: "SynchronizeTask"
        case .verifySynchronization: "VerifySynchronizationTask"
        case .setRecentlyModifiedFlag: "SetRecentlyModifiedFlagTask"
        case .updateExpressions: "UpdateEntityPropertyExpressionsTask"
        case .notExecuted(let element): element
        }
    }

    package var connector: String? {
        switch kind {
        case .export(_, let connector, _): connector
        case .prepareSynchronization(let connector, _, _, _): connector
        case .synchronize(let connector, _, _, _, _): connector
        case .verifySynchronization(let connector, _, _): connector
        case .setRecentlyModifiedFlag, .updateExpressions, .notExecuted: nil
        }
    }
}

extension JobTask.Kind {
    package var isSynchronization: Bool {
        switch self {
        case .synchronize: true
        case .export, .prepareSynchronization, .verifySynchronization, .setRecentlyModifiedFlag, .updateExpressions,
            .notExecuted:
            false
        }
    }
}

/// Against what changes are computed (REFERENCE §1).
package enum SynchronizationMode: Int, Sendable, Equatable, Codable, CaseIterable {
    case initial = 0
    case complete = 1
    case incremental = 2
}

/// `Type` of a prepare or synchronize task. At run time each file decides by having a Command column or not.
package enum ChangeType: String, Sendable, Equatable, Codable, CaseIterable {
    case none = "None"
    case changes = "Changes"
    case activeDirectory = "ActiveDirectory"
}
