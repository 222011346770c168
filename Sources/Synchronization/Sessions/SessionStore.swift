internal import API
internal import Foundation
internal import Storage
internal import WeirConfiguration

/// Sessions inside one transaction: found, inserted, and moved only as `SessionLife` allows.
struct SessionStore {
    let transaction: any Transaction
    let now: Date

    func find(_ id: String) throws -> SessionRecord {
        let row = try transaction.row("SELECT \(sql: SessionRecord.columns) FROM US_Sessions WHERE Id = \(id)")
        guard let row else {
            throw SynchronizationError(.notFound, "There is no session \(id); open one first.")
        }
        return try record(row)
    }

    /// The session of a row, with what has become of the changes that it held.
    func record(_ row: Row) throws -> SessionRecord {
        var record = try SessionRecord(row)
        if let held = record.heldOutcome {
            record.held = try HeldSetStore(transaction: transaction, now: now).find(held.sets)
        }
        return record
    }

    /// The connector's session in one of these states; the newest, if there are several.
    func find(connector: String, in states: [SessionState]) throws -> SessionRecord? {
        let names = states.map { "\($0.rawValue)" as SQL }.joined()
        return try transaction.row(
            """
            SELECT \(sql: SessionRecord.columns) FROM US_Sessions
            WHERE Connector = \(connector) AND State IN (\(sql: names)) ORDER BY Sequence DESC LIMIT 1
            """
        ).map(record)
    }

    func newest(connector: String) throws -> SessionRecord? {
        try transaction.row(
            """
            SELECT \(sql: SessionRecord.columns) FROM US_Sessions WHERE Connector = \(connector)
            ORDER BY Sequence DESC LIMIT 1
            """
        ).map(record)
    }

    func newest(connector: String, taskInstance: String) throws -> SessionRecord? {
        try transaction.row(
            """
            SELECT \(sql: SessionRecord.columns) FROM US_Sessions
            WHERE Connector = \(connector) AND TaskInstance = \(taskInstance) ORDER BY Sequence DESC LIMIT 1
            """
        ).map(record)
    }

    /// The connector's sessions that wait for a decision, the oldest first.
    func waiting(connector: String) throws -> [SessionRecord] {
        try transaction.rows(
            """
            SELECT \(sql: SessionRecord.columns) FROM US_Sessions
            WHERE Connector = \(connector) AND State IN ('blocked', 'planned') ORDER BY Sequence
            """
        ).map(record)
    }

    /// Ends the sessions of a connector that wait for a decision and cannot be applied any more.
    ///
    /// - Returns: their ids; the caller removes their files after the commit.
    func supersede(_ waiting: [SessionRecord], because reason: String) throws -> [String] {
        for session in waiting { try move(session, .supersede, detail: reason) }
        return waiting.map(\.id)
    }

    /// The connector's sessions whose end this transaction made by putting another in their place.
    func supersededNow(connector: String) throws -> [String] {
        try transaction.rows(
            """
            SELECT Id FROM US_Sessions WHERE Connector = \(connector) AND EndedAt = \(now.timestamp)
              AND State = \(SessionState.superseded.rawValue)
            """
        ).map { try $0.string("Id") }
    }

    func insert(
        id: String, request: OpenSession, base: ImageVersion, definition: ConnectorDefinition, caller: String,
        isSimulation: Bool
    ) throws -> SessionRecord {
        try transaction.execute(
            """
            INSERT INTO US_Sessions (
              Id, Connector, Mode, Content, State, BaseNumber, BaseSession, Fingerprint, JobInstance, TaskInstance,
              LeaseToken, OpenedBy, OpenedAt, Definition, IsSimulation, Releases, IsVerification)
            VALUES (
              \(id), \(request.connector), \(request.mode.rawValue), \(request.content.rawValue),
              \(SessionState.open.rawValue), \(base.number), \(base.session), \(request.fingerprint),
              \(request.jobInstance), \(request.taskInstance), \(request.leaseToken), \(caller), \(now.timestamp),
              \(try jsonText(definition)), \(isSimulation), \(bound: request.releases),
              \(request.isVerification ?? false))
            """)
        return try find(id)
    }

    /// Moves the session on and does what its life asks for.
    ///
    /// - Returns: the session as it is then; the caller removes the files of one that ended, after the commit.
    /// - Throws: `sessionState` when the event does not fit.
    @discardableResult
    func move(_ record: SessionRecord, _ event: SessionLife.Event, detail: String? = nil) throws -> SessionRecord {
        var life = SessionLife(
            state: record.state, isApproved: record.isApproved, isSimulation: record.isSimulation)
        guard let actions = life.received(event) else {
            throw SynchronizationError(
                .sessionState,
                "Session \(record.id) of connector \"\(record.connector)\" is \(record.state.rawValue); it cannot "
                    + "\(event.verb) in that state. Run the job again.")
        }
        try transaction.execute(
            """
            UPDATE US_Sessions SET State = \(life.state.rawValue), Detail = COALESCE(\(bound: detail), Detail)
            WHERE Id = \(record.id)
            """)
        for action in actions { try execute(action, record) }
        return try find(record.id)
    }

    private func execute(_ action: SessionLife.Action, _ record: SessionRecord) throws {
        switch action {
        case .end:
            try transaction.execute("UPDATE US_Sessions SET EndedAt = \(now.timestamp) WHERE Id = \(record.id)")
        case .markBlocked:
            try transaction.execute(
                """
                UPDATE US_Connectors SET BlockedSince = \(now.timestamp), BlockedSession = \(record.id)
                WHERE Connector = \(record.connector)
                """)
        case .clearBlocked:
            try transaction.execute(
                """
                UPDATE US_Connectors SET BlockedSince = NULL, BlockedSession = NULL
                WHERE Connector = \(record.connector) AND BlockedSession = \(record.id)
                """)
        case .discardChanges: try discardChanges(of: record.id)
        }
    }

    func discardChanges(of session: String) throws {
        for table in ["UR_ResourceChanges", "UR_ResourceLinkChanges", "UR_ResourceFileChanges"] {
            try transaction.execute("DELETE FROM \(identifier: table) WHERE Session = \(session)")
        }
    }
}

extension SessionLife.Event {
    /// For messages.
    var verb: String {
        switch self {
        case .seal: "be sealed"
        case .close: "be closed"
        case .abort, .leaseRanOut: "be given up"
        case .synchronize: "be applied"
        case .interrupt, .apply, .block, .plan, .diverge, .goStale, .fail: "end its apply"
        case .approve: "be approved"
        case .reject: "be rejected"
        case .supersede: "be superseded"
        }
    }
}
