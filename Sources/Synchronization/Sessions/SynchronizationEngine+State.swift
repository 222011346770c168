package import API
internal import Foundation
internal import Storage
package import WeirConfiguration

extension SynchronizationEngine {
    /// 64 hex digits; empty for a connector that the model does not have.
    package func fingerprint(of connector: String, in model: Model) -> String {
        model.connector(connector) == nil ? "" : model.fingerprintText(connector: connector).utf8.digest
    }

    /// What an agent must know before it synchronizes the connector.
    package func state(of connector: String, in model: Model) async throws -> ConnectorState {
        let definition = try ConnectorDefinition(of: connector, in: model)
        let (record, last, blocked, waiting, held, roots, verification, wrong) = try await database.read {
            transaction in
            let store = SessionStore(transaction: transaction, now: .distantPast)
            let record = try ConnectorRecord.find(connector, transaction)
            return (
                record, try store.newest(connector: connector), try record?.blockedSession.map(store.find),
                try store.waiting(connector: connector).map { $0.session(progress: nil) },
                try HeldSetStore(transaction: transaction, now: .distantPast).open(connector: connector),
                try DigestStore(transaction: transaction).roots(of: definition.mappings),
                try VerificationRecord.find(connector, transaction),
                try LinkRecount.firstWaiting(of: definition.linkPlans, transaction)
            )
        }
        let version = record.flatMap { $0.version == ConnectorRecord.noVersion ? nil : $0.version }
        return ConnectorState(
            definition: definition, fingerprint: fingerprint(of: connector, in: model), version: version, roots: roots,
            lastSession: last.map { $0.session(progress: watch.progress(of: $0.id)) },
            blockedSince: record?.blockedSince, waiting: waiting, held: held, verifiedAt: record?.verifiedAt,
            verification: verification, hasWrongLinks: wrong != nil,
            blockedSession: blocked?.session(progress: nil))
    }

    /// How the connectors that were ever synchronized stand with their agents' images, by identifier.
    package func verificationStates() async throws -> [String: VerificationState] {
        try await database.read { transaction in
            let names = try transaction.rows("SELECT Connector FROM US_Connectors WHERE Version > 0").map {
                try $0.string("Connector")
            }
            var states: [String: VerificationState] = [:]
            for name in names {
                guard let record = try ConnectorRecord.find(name, transaction) else { continue }
                states[name] = VerificationState(
                    verifiedAt: record.verifiedAt, last: try VerificationRecord.find(name, transaction))
            }
            return states
        }
    }

    package func session(_ id: String) async throws -> Session {
        let record = try await database.read { transaction in
            try SessionStore(transaction: transaction, now: .distantPast).find(id)
        }
        return record.session(progress: watch.progress(of: id))
    }

    /// Whether the session was opened for that task instance.
    package func wasOpened(session id: String, byTaskInstance taskInstance: String) async throws -> Bool {
        try await database.read { transaction in
            try SessionStore(transaction: transaction, now: .distantPast).find(id).taskInstance == taskInstance
        }
    }

    /// The session as soon as its state or progress is not that of `after`, or when `timeout` has passed.
    package func waitForChange(of id: String, after seen: Session?, timeout: Duration) async throws -> Session {
        let changes = watch.changes(of: id)
        let deadline = ContinuousClock.now + timeout
        while true {
            let session = try await session(id)
            if session.state != seen?.state || session.progress != seen?.progress { return session }
            let woken = await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    for await _ in changes { return true }
                    return false
                }
                group.addTask {
                    try? await ContinuousClock().sleep(until: deadline)
                    return false
                }
                let first = await group.next() ?? false
                group.cancelAll()
                return first
            }
            try Task.checkCancellation()
            if !woken { return try await self.session(id) }
        }
    }

    /// A connector's sessions, the newest first.
    ///
    /// - Parameter before: the page's continuation token, the id of a session; only older ones are given.
    package func sessions(connector: String, limit: Int, before: String? = nil) async throws -> Page<Session> {
        let records = try await database.read { transaction in
            let store = SessionStore(transaction: transaction, now: .distantPast)
            let older: SQL =
                before.map { "Sequence < (SELECT Sequence FROM US_Sessions WHERE Id = \($0))" } ?? "1 = 1"
            return try transaction.rows(
                """
                SELECT \(sql: SessionRecord.columns) FROM US_Sessions
                WHERE Connector = \(connector) AND \(sql: older) ORDER BY Sequence DESC LIMIT \(limit + 1)
                """
            ).map(store.record)
        }
        let page = records.prefix(limit)
        return Page(
            items: page.map { $0.session(progress: watch.progress(of: $0.id)) },
            continuationToken: records.count > limit ? page.last?.id : nil)
    }

    /// The sessions of that job instance that wait for a decision, or are approved and wait to be applied, in the order
    /// in which they were opened.
    package func waitingSessions(jobInstance: String) async throws -> [Session] {
        try await waitingSessions(where: "JobInstance = \(jobInstance)")
    }

    /// Those of all connectors.
    package func waitingSessions() async throws -> [Session] {
        try await waitingSessions(where: "1 = 1")
    }

    private func waitingSessions(where condition: SQL) async throws -> [Session] {
        let records = try await database.read { transaction in
            let store = SessionStore(transaction: transaction, now: .distantPast)
            return try transaction.rows(
                """
                SELECT \(sql: SessionRecord.columns) FROM US_Sessions
                WHERE \(sql: condition) AND State IN ('blocked', 'planned') ORDER BY Sequence
                """
            ).map(store.record)
        }
        return records.map { $0.session(progress: watch.progress(of: $0.id)) }
    }

    /// After the commit that ended a session: its files go, and whoever waits looks again.
    func finished(_ session: String) {
        files.removeReceived(of: session)
        watch.publish(nil, of: session)
    }
}
