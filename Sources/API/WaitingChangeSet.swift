import Foundation

/// A change set that nobody has rejected and no run has applied yet: what an approval or a resume may name.
package struct WaitingChangeSet: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Equatable, Codable, CaseIterable {
        /// A whole session that a safeguard holds; its connector is left out of incremental runs meanwhile.
        case blocked
        /// A part of a session, while the rest of it is applied.
        case held
        /// What a simulation computed.
        case planned
    }

    package var kind: Kind
    /// 64 hex digits.
    package var changeSet: String
    /// The session that an approval names.
    package var session: String
    /// By which the changes are looked at: the held set's id, else the session's.
    package var id: String
    package var connector: String
    /// The run that computed it.
    package var jobInstance: String?
    /// What has become of that run; nil: it is not kept, or there was none.
    package var runState: RunState?
    package var since: Date
    /// What it would change, in a few words.
    package var summary: String
    package var approvedBy: String?

    package init(
        kind: Kind, changeSet: String, session: String, id: String, connector: String, jobInstance: String? = nil,
        runState: RunState? = nil, since: Date, summary: String, approvedBy: String? = nil
    ) {
        self.kind = kind
        self.changeSet = changeSet
        self.session = session
        self.id = id
        self.connector = connector
        self.jobInstance = jobInstance
        self.runState = runState
        self.since = since
        self.summary = summary
        self.approvedBy = approvedBy
    }

    /// Its own run goes on with it; else the connector's next run applies what is approved.
    package var isRunWaiting: Bool { runState?.waitsForDecision ?? false }

    /// What applies it once it is approved.
    package var wayOn: String { Self.wayOn(isRunOver: runState?.isFinal ?? true, connector: connector) }

    package static func wayOn(isRunOver: Bool, connector: String) -> String {
        isRunOver
            ? "its run is over, so the next run of the connector \u{201C}\(connector)\u{201D} applies it"
            : "the job goes on as soon as its agent takes it"
    }
}

extension WaitingChangeSet {
    /// nil: the session holds nothing as a whole.
    package init?(_ session: Session) {
        guard session.state.waitsForDecision, let changeSet = session.changeSet else { return nil }
        let counted = session.counters.values
        let numbers = [
            ("inserts", counted.reduce(0) { $0 + $1.inserted }), ("updates", counted.reduce(0) { $0 + $1.updated }),
            ("deletes", counted.reduce(0) { $0 + $1.deleted }),
        ].filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }
        self.init(
            kind: session.state == .blocked ? .blocked : .planned, changeSet: changeSet, session: session.id,
            id: session.id, connector: session.connector, jobInstance: session.jobInstance, since: session.openedAt,
            summary: (numbers.isEmpty ? "nothing" : numbers.joined(separator: ", ")) + " of \(session.connector)",
            approvedBy: session.approvedBy)
    }

    package init(_ set: HeldSet) {
        self.init(
            kind: .held, changeSet: set.changeSet, session: set.session, id: set.id, connector: set.connector,
            jobInstance: set.jobInstance, since: set.since, summary: "\(set.count) \(set.operation)s of \(set.mapping)",
            approvedBy: set.state == .approved ? set.approvedBy ?? "" : nil)
    }
}
