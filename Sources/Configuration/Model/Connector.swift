/// `Connector`: one managed system (REFERENCE §4).
package struct Connector: Sendable, Equatable, Codable {
    package var identifier: String
    package var displayName: String
    package var agent: String
    package var isDeactivated: Bool
    package var completeJob: JobIntegrationRule
    package var incrementalJob: JobIntegrationRule
    /// Thresholds on the resources of all its entity types together.
    package var thresholds: Thresholds
    /// Thresholds on its links.
    package var linkThresholds: Thresholds
    /// What of a run is held when a threshold is exceeded (DESIGN §8).
    package var thresholdScope: ThresholdScope

    package init(
        identifier: String, displayName: String, agent: String, isDeactivated: Bool = false,
        completeJob: JobIntegrationRule = .used, incrementalJob: JobIntegrationRule = .used,
        thresholds: Thresholds = .connectorDefault, linkThresholds: Thresholds = .linkDefault,
        thresholdScope: ThresholdScope = .connector
    ) {
        self.identifier = identifier
        self.displayName = displayName
        self.agent = agent
        self.isDeactivated = isDeactivated
        self.completeJob = completeJob
        self.incrementalJob = incrementalJob
        self.thresholds = thresholds
        self.linkThresholds = linkThresholds
        self.thresholdScope = thresholdScope
    }
}

package enum JobIntegrationRule: Int, Sendable, Equatable, Codable, CaseIterable {
    case used = 0
    case notUsed = 1
    case onlySynchronization = 2
    case onlyProvisioning = 3
}

package enum ThresholdScope: String, Sendable, Equatable, Codable, CaseIterable {
    case connector = "Connector"
    case operation = "Operation"
}

/// How many changes may pass unseen. 0 turns a limit off (REFERENCE §13).
package struct Thresholds: Sendable, Equatable, Codable {
    package var maximumInserted: Int
    package var maximumUpdated: Int
    package var maximumDeleted: Int
    /// Percent of the stored number before the run.
    package var percentageInserted: Int
    package var percentageUpdated: Int
    package var percentageDeleted: Int

    package init(
        maximumInserted: Int = 0, maximumUpdated: Int = 0, maximumDeleted: Int = 0,
        percentageInserted: Int = 0, percentageUpdated: Int = 0, percentageDeleted: Int = 0
    ) {
        self.maximumInserted = maximumInserted
        self.maximumUpdated = maximumUpdated
        self.maximumDeleted = maximumDeleted
        self.percentageInserted = percentageInserted
        self.percentageUpdated = percentageUpdated
        self.percentageDeleted = percentageDeleted
    }

    package static let none = Thresholds()
    package static let connectorDefault = Thresholds(
        maximumInserted: 100, maximumUpdated: 100, maximumDeleted: 100,
        percentageInserted: 5, percentageUpdated: 5, percentageDeleted: 5)
    package static let linkDefault = Thresholds(
        maximumInserted: 1000, maximumDeleted: 1000, percentageInserted: 5, percentageDeleted: 5)
}

/// The safeguards that the reference does not know, on an entity type mapping (DESIGN §8). 0: off.
package struct Safeguards: Sendable, Equatable, Codable {
    package var maximumEmptiedValues: Int
    package var percentageEmptiedValues: Int
    /// Rows of this export in percent of the last one's.
    package var minimumPercentageRows: Int
    package var percentageChurnedKeys: Int

    package init(
        maximumEmptiedValues: Int = 0, percentageEmptiedValues: Int = 0, minimumPercentageRows: Int = 50,
        percentageChurnedKeys: Int = 0
    ) {
        self.maximumEmptiedValues = maximumEmptiedValues
        self.percentageEmptiedValues = percentageEmptiedValues
        self.minimumPercentageRows = minimumPercentageRows
        self.percentageChurnedKeys = percentageChurnedKeys
    }
}

/// `Connection`: one way into a managed system, through a package (REFERENCE §4, §17).
package struct Connection: Sendable, Equatable, Codable {
    package var identifier: String
    package var displayName: String
    package var connector: String
    /// As written, for instance `Usercube.CSV@0000001`; `Packages` says what it means.
    package var package: String
    /// False when DeactivationExportFulfill holds Export.
    package var exports: Bool
    package var transformations: [Transformation]

    package init(
        identifier: String, displayName: String, connector: String, package: String, exports: Bool = true,
        transformations: [Transformation] = []
    ) {
        self.identifier = identifier
        self.displayName = displayName
        self.connector = connector
        self.package = package
        self.exports = exports
        self.transformations = transformations
    }
}

/// `Transformation`: applied to an exported table, in order, before it is prepared (REFERENCE §4).
package struct Transformation: Sendable, Equatable, Codable {
    package var table: String
    package var column: String
    package var operation: Operation

    package init(table: String, column: String, operation: Operation) {
        self.table = table
        self.column = column
        self.operation = operation
    }

    package enum Operation: Sendable, Equatable, Codable {
        /// `datePattern` is a .NET custom date pattern; nil: the stored form `yyyyMMddHHmmss`.
        case date(inputColumn: String?, addedDays: Double, minimumYear: Int?, maximumYear: Int?, datePattern: String?)
        case keepWhere(WhereOperator, value: String)
        case concatenate(
            inputColumns: [String], separator: String, removeEmpty: Bool, removeDuplicates: Bool, sortValues: Bool)
    }

    package enum WhereOperator: String, Sendable, Equatable, Codable, CaseIterable {
        case equals = "Equals"
        case notEquals = "NotEquals"
        case startsWith = "StartsWith"
        case notStartsWith = "NotStartsWith"
        case endsWith = "EndsWith"
        case notEndsWith = "NotEndsWith"
        case contains = "Contains"
        case notContains = "NotContains"
    }
}
