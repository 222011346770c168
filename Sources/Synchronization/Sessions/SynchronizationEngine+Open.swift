package import API
internal import Foundation
internal import Storage
package import WeirConfiguration

extension SynchronizationEngine {
    /// Opens a session, before anything is sent. Opening twice for one task instance is opening once.
    ///
    /// - Parameter isSimulation: the run stops before the apply; what it computes may be approved (DESIGN §1.10).
    /// - Throws: `leaseLost`, `staleFingerprint`, `staleVersion`, `connectorBlocked`, `initialRefused`, or `sessionLive`
    ///   naming the other session's state.
    package func open(
        _ request: OpenSession, in model: Model, caller: String, isSimulation: Bool = false
    ) async throws -> Session {
        let definition = try ConnectorDefinition(of: request.connector, in: model)
        let fingerprint = fingerprint(of: request.connector, in: model)
        let now = clock()
        let id = makeIdentifier()
        let (record, ended) = try await database.write { transaction -> (SessionRecord, [String]) in
            try LeaseRecord.require(request.leaseToken, of: request.connector, transaction)
            let store = SessionStore(transaction: transaction, now: now)
            if let same = try reopened(request, store) { return (same, []) }
            let state = try ConnectorRecord.findOrMake(request.connector, fingerprint: fingerprint, transaction)
            try Self.check(request, fingerprint: fingerprint, against: state)
            if request.mode == .initial { try Self.checkEmpty(definition, transaction) }
            if let set = request.releases { try Self.checkApproved(set, transaction) }
            let ended = try clearWay(for: request, isSimulation: isSimulation, store)
            let base = try Self.base(of: request, state)
            let record = try store.insert(
                id: id, request: request, base: base, definition: definition, caller: caller,
                isSimulation: isSimulation)
            try faults(.openBeforeCommit)
            return (record, ended)
        }
        for session in ended { finished(session) }
        return record.session(progress: nil)
    }

    /// The session that this task instance opened before, as long as it leads somewhere.
    private func reopened(_ request: OpenSession, _ store: SessionStore) throws -> SessionRecord? {
        guard let same = try store.newest(connector: request.connector, taskInstance: request.taskInstance) else {
            return nil
        }
        switch same.state {
        case .open, .sealed, .applying, .applied, .blocked, .planned, .unchanged:
            try store.transaction.execute(
                "UPDATE US_Sessions SET LeaseToken = \(request.leaseToken) WHERE Id = \(same.id)")
            return try store.find(same.id)
        case .diverged, .stale, .failed, .rejected, .superseded, .abandoned, .cancelled: return nil
        }
    }

    private static func check(_ request: OpenSession, fingerprint: String, against state: ConnectorRecord) throws {
        guard request.fingerprint == fingerprint, state.fingerprint == fingerprint else {
            throw SynchronizationError(
                .staleFingerprint,
                "The mappings of connector \"\(request.connector)\" were changed by a deployment since the agent read "
                    + "them; run the job again, which then sends everything.")
        }
        if request.mode == .incremental, let since = state.blockedSince {
            throw SynchronizationError(
                .connectorBlocked,
                "Connector \"\(request.connector)\" is blocked since \(since.timestamp) by session "
                    + "\(state.blockedSession ?? ""); resume or reject that run, or run the connector in Complete mode."
            )
        }
        if request.mode == .initial, request.content != .full {
            throw SynchronizationError(
                .invalidRequest,
                "A session in mode Initial of connector \"\(request.connector)\" takes everything, not changes.")
        }
    }

    /// The version that the apply will compare: the agent's; where everything is sent and the agent holds none, the
    /// server's own.
    private static func base(of request: OpenSession, _ state: ConnectorRecord) throws -> ImageVersion {
        if request.base == nil, request.content == .full || state.version == ConnectorRecord.noVersion {
            return state.version
        }
        guard request.base == state.version else {
            throw SynchronizationError(
                .staleVersion,
                "Connector \"\(request.connector)\" is at version \(state.version), the agent's files stand on "
                    + "\(request.base?.description ?? "none"); send everything.")
        }
        return state.version
    }

    static func checkEmpty(_ definition: ConnectorDefinition, _ transaction: any Transaction) throws {
        for plan in definition.resourcePlans {
            guard try transaction.exists("SELECT 1 FROM UR_Resources WHERE Type = \(literal: plan.type)") else {
                continue
            }
            throw SynchronizationError(
                .initialRefused,
                "Entity type \"\(plan.type)\" of connector \"\(definition.connector.identifier)\" has resources already; "
                    + "an Initial synchronization is for the first load only. Run the connector in Complete mode.")
        }
    }

    /// One live session a connector. A session that takes everything cancels what waits with mere changes (REFERENCE
    /// §11), unless it is a simulation, which changes nothing; anything else stays in the way.
    private func clearWay(
        for request: OpenSession, isSimulation: Bool, _ store: SessionStore
    ) throws -> [String] {
        guard let live = try store.find(connector: request.connector, in: [.open, .sealed, .applying]) else {
            return []
        }
        if request.mode != .incremental, live.mode == .incremental, live.state != .applying,
            !isSimulation || live.isSimulation
        {
            try store.move(
                live, .abort,
                detail: "A \(request.mode.name) synchronization of the connector was started; nothing was changed.")
            return [live.id]
        }
        throw SynchronizationError(
            .sessionLive,
            "Session \(live.id) of connector \"\(request.connector)\", opened \(live.openedAt.timestamp) for job instance "
                + "\(live.jobInstance), is \(live.state.rawValue); wait for its end, or abort it.")
    }
}
