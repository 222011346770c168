import Foundation

/// Changes of one kind that a threshold holds while the rest of their run is applied (ThresholdScope `Operation`, DESIGN
/// §8): an artifact with a hash, decided on by itself.
package struct HeldSet: Sendable, Equatable, Codable {
    /// GUID; the changes are listed under it like those of a session.
    package var id: String
    package var connector: String
    /// The mapping's identifier, of an entity type or an association.
    package var mapping: String
    /// True: what is held are pairs of an association.
    package var isLinks: Bool
    /// `insert`, `update` or `delete`.
    package var operation: String
    /// Hash of the held changes with the values before and after them, 64 hex digits; what an approval names.
    package var changeSet: String
    /// When a run first held exactly these changes.
    package var since: Date
    /// The session that held them last.
    package var session: String
    /// The job instance of that session: the one that a decision resumes.
    package var jobInstance: String
    /// Changes of the mapping itself.
    package var count: Int
    /// Changes of pairs that are held with their resource.
    package var linkCount: Int
    /// The thresholds that were exceeded.
    package var violations: [Violation]
    package var state: HeldState
    package var approvedBy: String?
    /// Why it ended, or why its approval was refused, in a sentence.
    package var detail: String?

    package init(
        id: String, connector: String, mapping: String, isLinks: Bool, operation: String, changeSet: String,
        since: Date, session: String, jobInstance: String, count: Int, linkCount: Int = 0, violations: [Violation],
        state: HeldState = .held, approvedBy: String? = nil, detail: String? = nil
    ) {
        self.id = id
        self.connector = connector
        self.mapping = mapping
        self.isLinks = isLinks
        self.operation = operation
        self.changeSet = changeSet
        self.since = since
        self.session = session
        self.jobInstance = jobInstance
        self.count = count
        self.linkCount = linkCount
        self.violations = violations
        self.state = state
        self.approvedBy = approvedBy
        self.detail = detail
    }
}

package enum HeldState: String, Sendable, Equatable, Codable, CaseIterable {
    /// It waits for a decision.
    case held
    /// Somebody approved it, and nobody has applied it yet.
    case approved
    /// It was approved, and a session of its own applied it.
    case released
    case rejected
    /// A later run holds other changes of this kind, or a deployment changed the mappings.
    case superseded
    /// A later run had no such changes any more, or applied them.
    case cleared

    package var isOpen: Bool {
        switch self {
        case .held, .approved: true
        case .released, .rejected, .superseded, .cleared: false
        }
    }
}

/// One held change with the whole row before and after it: `GET /api/Connectors/SynchronizeSession/Held/Row`.
package struct HeldRow: Sendable, Equatable, Codable {
    package var mapping: String
    /// `insert`, `update` or `delete`.
    package var operation: String
    /// Non-empty stored values by property identifier, `Key1` and `Key2` of a pair; nil where nothing is stored.
    package var before: [String: String]?
    /// Likewise after the change; nil for a delete.
    package var after: [String: String]?

    package init(mapping: String, operation: String, before: [String: String]?, after: [String: String]?) {
        self.mapping = mapping
        self.operation = operation
        self.before = before
        self.after = after
    }
}
