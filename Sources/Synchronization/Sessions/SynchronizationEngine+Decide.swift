package import API
internal import Foundation
package import Storage
package import WeirConfiguration

extension SynchronizationEngine {
    /// Has a sealed session, or a blocked or planned one whose change set was approved, applied by `run()`. Answers at
    /// once; asking twice is asking once.
    ///
    /// - Parameter adoptedBy: the job instance that the session belongs to from now on: it applies what a tool, or a run
    ///   that has ended, prepared; nil: it stays whose it is.
    /// - Throws: `leaseLost`, `staleFingerprint`, `sessionState` for a session that is still open.
    package func synchronize(
        session id: String, _ request: SynchronizeSession, options: SynchronizeOptions,
        adoptedBy jobInstance: String? = nil,
        in model: Model
    ) async throws -> Session {
        let now = clock()
        watch.claim(id)
        let record: SessionRecord
        do {
            record = try await database.write { transaction in
                let store = SessionStore(transaction: transaction, now: now)
                let record = try store.find(id)
                try LeaseRecord.require(request.leaseToken, of: record.connector, transaction)
                switch record.state {
                case .open, .sealed: break
                case .blocked where record.isApproved, .planned where record.isApproved: break
                case .applying, .applied, .blocked, .planned, .diverged, .stale, .failed, .rejected, .superseded,
                    .unchanged,
                    .abandoned, .cancelled:
                    return record
                }
                let moved = try store.move(record, .synchronize)
                try start(moved, request, options, in: model, transaction)
                if let jobInstance {
                    try transaction.execute("UPDATE US_Sessions SET JobInstance = \(jobInstance) WHERE Id = \(id)")
                }
                try faults(.synchronizeBeforeCommit)
                return try store.find(id)
            }
        } catch {
            watch.unclaim(id)
            throw error
        }
        if record.state != .applying { watch.unclaim(id) }
        watch.signal(id)
        watch.signal(SessionWatch.work)
        return record.session(progress: watch.progress(of: id))
    }

    /// Keeps what the run needs, so that it does not depend on who asked.
    private func start(
        _ record: SessionRecord, _ request: SynchronizeSession, _ options: SynchronizeOptions, in model: Model,
        _ transaction: any Transaction
    ) throws {
        let definition = try ConnectorDefinition(of: record.connector, in: model)
        try checkFingerprint(of: record, in: model)
        var options = options
        if record.isApproved || record.isSimulation { options.forcedBy = nil }
        try transaction.execute(
            """
            UPDATE US_Sessions SET Definition = \(try jsonText(definition)), Options = \(try jsonText(options)),
              SynchronizeTask = \(request.taskInstance), Detail = NULL
            WHERE Id = \(record.id)
            """)
    }

    /// Approves exactly the change set that a blocked or planned session shows. The session stays so until `synchronize`
    /// is asked, which then applies these change rows or nothing. Approving twice is approving once. Of an applied session
    /// it approves what that left out, a held set.
    ///
    /// - Parameter record: what belongs to the approval, in its transaction: it gets the session, and whether this is the
    ///   first approval of the change set.
    /// - Throws: `changeSetMismatch` when the hash is not the session's, `sessionState` with the reason.
    package func approve(
        _ request: ApproveSession, by caller: String, in model: Model,
        recording record: @Sendable (Session, _ isFirst: Bool, any Transaction) throws -> Void = { _, _, _ in }
    ) async throws -> Session {
        if let session = try await approveHeld(request, by: caller, recording: record) { return session }
        let now = clock()
        let approved = try await database.write { transaction in
            let store = SessionStore(transaction: transaction, now: now)
            let found = try store.find(request.session)
            if found.isApproved, found.changeSet == request.changeSet,
                [.blocked, .planned, .applying, .applied].contains(found.state)
            {
                try record(found.session(progress: nil), false, transaction)
                return found
            }
            guard found.state.waitsForDecision else { throw Self.notWaiting(found) }
            try checkFingerprint(of: found, in: model)
            guard found.changeSet == request.changeSet else {
                throw SynchronizationError(
                    .changeSetMismatch,
                    "Session \(found.id) holds the change set \(found.changeSet ?? ""), not \(request.changeSet); look at "
                        + "its changes again and approve what they show.")
            }
            try store.move(found, .approve)
            try transaction.execute("UPDATE US_Sessions SET ApprovedBy = \(caller) WHERE Id = \(found.id)")
            try Decision(.approve, by: caller, at: now).record(request.changeSet, of: found.id, transaction)
            let approved = try store.find(found.id)
            try record(approved.session(progress: nil), true, transaction)
            try faults(.approveBeforeCommit)
            return approved
        }
        watch.signal(request.session)
        return approved.session(progress: nil)
    }

    /// Discards a blocked or planned session, or what an applied one left out: these changes are not applied, and the next
    /// run computes anew.
    ///
    /// - Throws: `invalidRequest` without a reason, `sessionState` where nothing waits.
    package func reject(_ request: RejectSession, by caller: String) async throws -> Session {
        guard request.hasReason else {
            throw SynchronizationError(.invalidRequest, "The reason \(RejectSession.emptyReason)")
        }
        if let session = try await rejectHeld(request, by: caller) { return session }
        let now = clock()
        let record = try await database.write { transaction in
            let store = SessionStore(transaction: transaction, now: now)
            let record = try store.find(request.session)
            if record.state == .rejected { return record }
            guard record.state.waitsForDecision else { throw Self.notWaiting(record) }
            try Decision(.reject, by: caller, at: now, reason: request.reason)
                .record(record.changeSet ?? "", of: record.id, transaction)
            return try store.move(record, .reject, detail: "Rejected by \(caller): \(request.reason)")
        }
        finished(request.session)
        return record.session(progress: nil)
    }

    /// Refuses a step of a session that was opened before a deployment changed its connector's mappings.
    func checkFingerprint(of record: SessionRecord, in model: Model) throws {
        guard fingerprint(of: record.connector, in: model) == record.fingerprint else {
            throw SynchronizationError(
                .staleFingerprint,
                "The mappings of connector \"\(record.connector)\" were changed by a deployment since session \(record.id) "
                    + "was opened; run the job again.")
        }
    }

    private static func notWaiting(_ record: SessionRecord) -> SynchronizationError {
        SynchronizationError(
            .sessionState,
            "Session \(record.id) of connector \"\(record.connector)\" is \(record.state.rawValue), so there is nothing to "
                + "decide. \(record.detail ?? "")")
    }
}
