internal import API
internal import Foundation
internal import Storage
internal import WeirConfiguration

/// A row of US_Sessions.
struct SessionRecord: Sendable {
    var id: String
    var connector: String
    var mode: SynchronizationMode
    var content: SessionContent
    var state: SessionState
    var base: ImageVersion?
    var result: ImageVersion?
    var fingerprint: String
    var jobInstance: String
    var taskInstance: String
    var leaseToken: Int
    var openedAt: Date
    var endedAt: Date?
    var definition: ConnectorDefinition
    var options: SynchronizeOptions?
    var roots: [String: String]
    var counters: [String: ChangeCounters]
    var violations: [Violation]
    /// Mappings that were loaded into empty tables, so that no change rows exist.
    var loaded: [String]
    var detail: String?
    var changeSet: String?
    var approvedBy: String?
    /// Its run stops before the apply; what was computed may be approved.
    var isSimulation: Bool
    /// What it left out of its apply.
    var heldOutcome: HeldOutcome?
    /// The sets that `heldOutcome` names, as they are now; the store fills them in.
    var held: [HeldSet] = []
    /// The approved held set that it applies.
    var releases: String?
    /// Whether its rows are those of the agent's image, not of the source.
    var isVerification: Bool
    /// Whether its changes are what the source has and the server has not: then they say what is held.
    var recomputesHeld: Bool { releases == nil && !isVerification && (!isSimulation || isApproved) }

    static let columns: SQL = """
        Id, Connector, Mode, Content, State, BaseNumber, BaseSession, ResultNumber, ResultSession, Fingerprint,
        JobInstance, TaskInstance, LeaseToken, OpenedAt, EndedAt, Definition, Options, Roots, Counters, Violations,
        Loaded, Detail, ChangeSet, ApprovedBy, IsSimulation, Held, Releases, IsVerification
        """

    init(_ row: Row) throws {
        id = try row.string("Id")
        connector = try row.string("Connector")
        mode = try Self.known(SynchronizationMode(rawValue: row.int("Mode")))
        content = try Self.known(SessionContent(rawValue: row.string("Content")))
        state = try Self.known(SessionState(rawValue: row.string("State")))
        base = try Self.version(row, "BaseNumber", "BaseSession")
        result = try Self.version(row, "ResultNumber", "ResultSession")
        fingerprint = try row.string("Fingerprint")
        jobInstance = try row.string("JobInstance")
        taskInstance = try row.string("TaskInstance")
        leaseToken = try row.int("LeaseToken")
        openedAt = try row.date("OpenedAt")
        endedAt = try row.optionalDate("EndedAt")
        definition = try Self.known(row.json("Definition", as: ConnectorDefinition.self))
        options = try row.json("Options", as: SynchronizeOptions.self)
        roots = try row.json("Roots", as: [String: String].self) ?? [:]
        counters = try row.json("Counters", as: [String: ChangeCounters].self) ?? [:]
        violations = try row.json("Violations", as: [Violation].self) ?? []
        loaded = try row.json("Loaded", as: [String].self) ?? []
        detail = try row.optionalString("Detail")
        changeSet = try row.optionalString("ChangeSet")
        approvedBy = try row.optionalString("ApprovedBy")
        isSimulation = try row.bool("IsSimulation")
        heldOutcome = try row.json("Held", as: HeldOutcome.self)
        releases = try row.optionalString("Releases")
        isVerification = try row.bool("IsVerification")
    }

    /// What an apply left out, for the agent that sent it.
    struct HeldOutcome: Sendable, Codable {
        /// Identifiers of held sets.
        var sets: [String]
        /// Of what is stored, by mapping.
        var roots: [String: String]
    }

    /// Whether its change rows wait for a SetRecentlyModifiedFlagTask once it is applied.
    var keepsChanges: Bool { options?.doNotDeleteChanges == true }
    /// Whether a blocked or planned change set was approved after a review; one that was forced never waited. Nobody
    /// forces a simulation, so whoever approved it has looked at it.
    var isApproved: Bool { approvedBy != nil && (isSimulation || options?.forcedBy == nil) }

    func session(progress: API.Progress?) -> Session {
        Session(
            id: id, connector: connector, mode: mode, content: content, state: state, base: base, result: result,
            jobInstance: jobInstance, openedAt: openedAt, endedAt: endedAt, counters: counters, detail: detail,
            violations: violations, changeSet: changeSet, approvedBy: approvedBy, isSimulation: isSimulation,
            isVerification: isVerification, held: held, heldRoots: heldOutcome?.roots ?? [:], releases: releases,
            progress: progress)
    }

    private static func version(_ row: Row, _ number: String, _ session: String) throws -> ImageVersion? {
        guard let number = try row.optionalInt(number), let session = try row.optionalString(session) else {
            return nil
        }
        return ImageVersion(number: number, session: session)
    }

    private static func known<Value>(_ value: Value?) throws -> Value {
        guard let value else {
            throw StorageError(.corrupt, "A session in the database holds a word that Weir never wrote; restore it.")
        }
        return value
    }
}
