import Foundation
import WeirConfiguration

/// One exchange of a connector's changes between an agent and the server (DESIGN §4).
package struct Session: Sendable, Equatable, Codable {
    /// GUID.
    package var id: String
    package var connector: String
    package var mode: SynchronizationMode
    package var content: SessionContent
    package var state: SessionState
    package var base: ImageVersion?
    /// The version that its apply made.
    package var result: ImageVersion?
    package var jobInstance: String?
    package var openedAt: Date
    package var endedAt: Date?
    /// Per mapping identifier; filled as soon as the changes are computed.
    package var counters: [String: ChangeCounters]
    /// Why it is blocked, stale, failed …, in a sentence.
    package var detail: String?
    /// The thresholds that were exceeded.
    package var violations: [Violation]
    /// Hash of the computed change set, 64 hex digits; what an approval names.
    package var changeSet: String?
    package var approvedBy: String?
    /// It was made by `--simulate`: nothing of it is applied unless somebody approves it.
    package var isSimulation: Bool
    /// A repair that a verification made, of rows of the agent's image: no job's synchronization applies it.
    package var isVerification: Bool
    /// What it left out of its apply, with what has become of that since; the agent's image has these rows as they were.
    package var held: [HeldSet]
    /// The digest roots by mapping identifier that its apply left, where held changes make them other than the sealed
    /// ones.
    package var heldRoots: [String: String]
    /// The approved held set that it applies, and nothing else.
    package var releases: String?
    package var progress: Progress?

    package init(
        id: String, connector: String, mode: SynchronizationMode, content: SessionContent, state: SessionState,
        base: ImageVersion? = nil, result: ImageVersion? = nil, jobInstance: String? = nil, openedAt: Date,
        endedAt: Date? = nil, counters: [String: ChangeCounters] = [:], detail: String? = nil,
        violations: [Violation] = [], changeSet: String? = nil, approvedBy: String? = nil, isSimulation: Bool = false,
        isVerification: Bool = false, held: [HeldSet] = [], heldRoots: [String: String] = [:], releases: String? = nil,
        progress: Progress? = nil
    ) {
        self.id = id
        self.connector = connector
        self.mode = mode
        self.content = content
        self.state = state
        self.base = base
        self.result = result
        self.jobInstance = jobInstance
        self.openedAt = openedAt
        self.endedAt = endedAt
        self.counters = counters
        self.detail = detail
        self.violations = violations
        self.changeSet = changeSet
        self.approvedBy = approvedBy
        self.isSimulation = isSimulation
        self.isVerification = isVerification
        self.held = held
        self.heldRoots = heldRoots
        self.releases = releases
        self.progress = progress
    }
}

/// The states of DESIGN §4.
package enum SessionState: String, Sendable, Equatable, Codable, CaseIterable {
    case open, sealed, applying, applied, blocked, diverged, stale, failed, rejected, superseded, unchanged
    case abandoned, cancelled
    /// A simulation's: computed, its change set and hash are there, nothing was applied; the connector goes on.
    case planned

    /// Nothing more happens to a session in such a state.
    package var isFinal: Bool {
        switch self {
        case .open, .sealed, .applying, .blocked, .planned: false
        case .applied, .diverged, .stale, .failed, .rejected, .superseded, .unchanged, .abandoned, .cancelled: true
        }
    }

    /// Its change set waits for somebody who approves or rejects it.
    package var waitsForDecision: Bool { self == .blocked || self == .planned }
}

/// What the session's files hold: every row (`.sorted.csv`) or only changes (`.sorted.delta`).
package enum SessionContent: String, Sendable, Equatable, Codable {
    case full, delta
}

/// Counted changes of one mapping: of resources, or of links.
package struct ChangeCounters: Sendable, Equatable, Codable {
    package var isLinks: Bool
    package var inserted: Int
    package var updated: Int
    package var deleted: Int
    /// Stored before the run; percentages are of this number.
    package var stored: Int
    /// Links whose reference resolves to no resource.
    package var orphans: Int

    package init(
        isLinks: Bool = false, inserted: Int = 0, updated: Int = 0, deleted: Int = 0, stored: Int = 0, orphans: Int = 0
    ) {
        self.isLinks = isLinks
        self.inserted = inserted
        self.updated = updated
        self.deleted = deleted
        self.stored = stored
        self.orphans = orphans
    }

    package var total: Int { inserted + updated + deleted }
}

/// A threshold that a run exceeds: which, its limit and the number (REFERENCE §13, DESIGN §8).
package struct Violation: Sendable, Equatable, Codable {
    /// Connector, EntityTypeMapping or EntityAssociationMapping.
    package var element: String
    package var identifier: String
    /// The attribute, for instance `MaximumDeletedLines`.
    package var attribute: String
    package var limit: Int
    /// The number of changes counted; of `MinPercentageRows` the rows of the export.
    package var number: Int
    /// The stored number that a percentage is of.
    package var stored: Int?
    /// Whose emptied values were counted.
    package var property: String?

    package init(
        element: String, identifier: String, attribute: String, limit: Int, number: Int, stored: Int? = nil,
        property: String? = nil
    ) {
        self.element = element
        self.identifier = identifier
        self.attribute = attribute
        self.limit = limit
        self.number = number
        self.stored = stored
        self.property = property
    }
}

/// How far a step has come; numbers that do not apply are nil.
package struct Progress: Sendable, Equatable, Codable {
    package var phase: String
    package var rows: Int
    package var totalRows: Int?

    package init(phase: String, rows: Int, totalRows: Int? = nil) {
        self.phase = phase
        self.rows = rows
        self.totalRows = totalRows
    }
}
