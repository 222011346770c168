import Foundation

/// What a session would change, or changed, and what became of it: `GET /api/Connectors/ResourceChange/Review`.
package struct ChangeReview: Sendable, Equatable, Codable {
    package var session: Session
    /// What is looked at is this part of the session, which a threshold held while the rest was applied.
    package var heldSet: HeldSet?
    /// The job's identifier; nil where its history is no longer kept.
    package var job: String?
    /// What has become of the run that computed it; nil where that is no longer kept.
    package var runState: RunState?
    /// What else waits for a decision in runs of the same job.
    package var siblings: [WaitingChangeSet] = []
    /// The change rows that are kept, by mapping, operation and cause. Empty for a load into an empty entity type and
    /// where the change rows are gone; the session's counters stay.
    package var counts: [ChangeCount]
    /// Which properties the first updates change, the most frequent first: at most `sampledUpdates` of each mapping are
    /// looked at.
    package var properties: [ChangedProperty]
    /// Who decided, oldest first; a force is an approval in advance.
    package var decisions: [SessionDecision]

    package static let sampledUpdates = 1000

    /// By which the changes are listed: the held set's id, else the session's.
    package var id: String { heldSet?.id ?? session.id }
    package var changeSet: String? { heldSet?.changeSet ?? session.changeSet }
    package var approvedBy: String? { heldSet == nil ? session.approvedBy : heldSet?.approvedBy }
    package var violations: [Violation] { heldSet?.violations ?? session.violations }
    /// Somebody may approve or reject it.
    package var waitsForDecision: Bool {
        heldSet.map { $0.state == .held } ?? (session.state.waitsForDecision && session.approvedBy == nil)
    }
    /// The word of its state.
    package var state: String { heldSet?.state.rawValue ?? session.state.rawValue }

    /// Who applies it once it is approved: its own run, or the next one of the connector.
    package var isRunOver: Bool { runState?.isFinal ?? true }

    /// Changes by mapping: of a held set its own, with what is stored beside it.
    package var counters: [String: ChangeCounters] {
        guard heldSet != nil else { return session.counters }
        var counters: [String: ChangeCounters] = [:]
        for count in counts {
            var counter =
                counters[count.mapping]
                ?? ChangeCounters(isLinks: count.isLinks, stored: session.counters[count.mapping]?.stored ?? 0)
            switch count.operation {
            case "insert": counter.inserted += count.count
            case "update": counter.updated += count.count
            case _: counter.deleted += count.count
            }
            counters[count.mapping] = counter
        }
        return counters
    }

    package init(
        session: Session, heldSet: HeldSet? = nil, job: String? = nil, counts: [ChangeCount],
        properties: [ChangedProperty] = [],
        decisions: [SessionDecision]
    ) {
        self.session = session
        self.heldSet = heldSet
        self.job = job
        self.counts = counts
        self.properties = properties
        self.decisions = decisions
    }
}

/// How many of a mapping's first updates change a property.
package struct ChangedProperty: Sendable, Equatable, Codable {
    package var mapping: String
    package var property: String
    package var updates: Int
    /// Those of them that empty it.
    package var emptied: Int

    package init(mapping: String, property: String, updates: Int, emptied: Int) {
        self.mapping = mapping
        self.property = property
        self.updates = updates
        self.emptied = emptied
    }
}

/// How many change rows of a session have the same mapping, operation and cause.
package struct ChangeCount: Sendable, Equatable, Codable {
    package var mapping: String
    package var isLinks: Bool
    /// `insert`, `update` or `delete`.
    package var operation: String
    package var cause: ChangeCause?
    package var count: Int

    package init(mapping: String, isLinks: Bool, operation: String, cause: ChangeCause?, count: Int) {
        self.mapping = mapping
        self.isLinks = isLinks
        self.operation = operation
        self.cause = cause
        self.count = count
    }
}

/// Who let a change set through, or stopped it.
package struct SessionDecision: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Equatable, Codable, CaseIterable {
        /// After a review.
        case approve
        /// In advance, whatever the change set would be.
        case force
        case reject
    }

    package var kind: Kind
    /// The change set's hash, 64 hex digits.
    package var changeSet: String
    package var decidedBy: String
    package var decidedAt: Date
    package var reason: String?

    package init(kind: Kind, changeSet: String, decidedBy: String, decidedAt: Date, reason: String? = nil) {
        self.kind = kind
        self.changeSet = changeSet
        self.decidedBy = decidedBy
        self.decidedAt = decidedAt
        self.reason = reason
    }
}

/// Which changes of a session somebody wants to see; nil takes all.
package struct ChangeFilter: Sendable, Equatable {
    package var mapping: String?
    /// `insert`, `update` or `delete`.
    package var operation: String?
    package var cause: ChangeCause?
    /// Part of a key, upper and lower case alike for ASCII letters.
    package var key: String?

    package init(mapping: String? = nil, operation: String? = nil, cause: ChangeCause? = nil, key: String? = nil) {
        self.mapping = mapping
        self.operation = operation
        self.cause = cause
        self.key = key
    }
}
