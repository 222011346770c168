internal import API
internal import Foundation
internal import Storage
internal import WeirConfiguration

extension SynchronizationEngine {
    /// Approves a held set of the connector of an applied session, by its hash. The set stays held until a session that
    /// `releases` it applies exactly these changes. Approving twice is approving once.
    ///
    /// - Returns: the session that held the set last; nil where the session holds nothing in part, and is approved or
    ///   refused as a whole.
    /// - Throws: `changeSetMismatch` when no open set has that hash, or when a row that it names has changed since.
    func approveHeld(
        _ request: ApproveSession, by caller: String,
        recording record: @Sendable (Session, _ isFirst: Bool, any Transaction) throws -> Void
    ) async throws -> Session? {
        let now = clock()
        let approved = try await database.write { transaction -> SessionRecord? in
            let store = SessionStore(transaction: transaction, now: now)
            let found = try store.find(request.session)
            guard found.state == .applied, found.heldOutcome != nil else { return nil }
            let sets = HeldSetStore(transaction: transaction, now: now)
            guard
                let set = try sets.open(connector: found.connector).first(where: { $0.changeSet == request.changeSet })
            else {
                let known = found.held.first { $0.changeSet == request.changeSet }
                throw SynchronizationError(
                    .changeSetMismatch,
                    "The connector \"\(found.connector)\" does not hold the change set \(request.changeSet). "
                        + (known?.detail ?? "Look at what it holds now and approve that."))
            }
            let latest = try store.find(set.session)
            if set.state == .approved {
                try record(latest.session(progress: nil), false, transaction)
                return latest
            }
            try Self.checkUnchanged(set, latest, transaction)
            try sets.approve(set, by: caller)
            try Decision(.approve, by: caller, at: now).record(request.changeSet, of: set.session, transaction)
            let approved = try store.find(set.session)
            try record(approved.session(progress: nil), true, transaction)
            try faults(.heldApproveBeforeCommit)
            return approved
        }
        if approved != nil { watch.signal(request.session) }
        return approved?.session(progress: nil)
    }

    /// Discards what an applied session holds; a later run that finds it again holds it anew.
    ///
    /// - Returns: nil where the session holds nothing in part.
    func rejectHeld(_ request: RejectSession, by caller: String) async throws -> Session? {
        let now = clock()
        return try await database.write { transaction -> SessionRecord? in
            let store = SessionStore(transaction: transaction, now: now)
            let record = try store.find(request.session)
            guard record.state == .applied, record.heldOutcome != nil else { return nil }
            let named = record.held.filter { request.changeSet == nil || $0.changeSet == request.changeSet }
            let open = named.filter(\.state.isOpen)
            // Rejecting twice is rejecting once.
            if open.isEmpty, named.contains(where: { $0.state == .rejected }) { return record }
            guard !open.isEmpty else {
                throw SynchronizationError(
                    .sessionState,
                    "Session \(record.id) of connector \"\(record.connector)\" holds nothing that waits for a decision. "
                        + (named.first?.detail ?? ""))
            }
            let sets = HeldSetStore(transaction: transaction, now: now)
            for set in open {
                try Decision(.reject, by: caller, at: now, reason: request.reason)
                    .record(set.changeSet, of: set.session, transaction)
                try sets.end(set, .rejected, "Rejected by \(caller): \(request.reason)", keepsRows: true)
            }
            return try store.find(record.id)
        }?.session(progress: nil)
    }

    /// A session may be opened for an approved set only.
    static func checkApproved(_ id: String, _ transaction: any Transaction) throws {
        let set = try found(id, transaction)
        guard set.state == .approved else {
            throw SynchronizationError(
                .sessionState,
                "The held \(set.operation)s of \"\(set.mapping)\" are \(set.state.rawValue), not approved. "
                    + (set.detail ?? ""))
        }
    }

    /// Whether the resources that a set names are as they were when it was computed.
    private static func checkUnchanged(
        _ set: HeldSet, _ session: SessionRecord, _ transaction: any Transaction
    ) throws {
        for plan in session.definition.resourcePlans {
            let changes = ResourceChangeSet(plan: plan, session: set.id, transaction: transaction)
            guard let key = try changes.firstStale() else { continue }
            throw SynchronizationError(
                .changeSetMismatch, set.refusal("\"\(key)\" has changed since"))
        }
    }
}

extension HeldSet {
    func refusal(_ reason: String) -> String {
        "The held \(operation)s of \"\(mapping)\" cannot be applied as they were shown: \(reason). Run the job again and "
            + "look at what it holds then."
    }
}
