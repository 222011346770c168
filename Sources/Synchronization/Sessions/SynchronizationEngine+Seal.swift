package import API
internal import Foundation
internal import Storage
package import WeirConfiguration

extension SynchronizationEngine {
    /// Says what was sent, all of it. Sealing twice is sealing once.
    ///
    /// A Complete or Initial session supersedes the connector's blocked one here.
    /// - Throws: `invalidRequest` when a mapping is missing, named twice or unknown, `checksum` when the seal and the
    ///   received file differ, `leaseLost`, `sessionState`.
    package func seal(session id: String, _ request: SealSession, in model: Model) async throws -> Session {
        let now = clock()
        let (record, ended) = try await database.write { transaction -> (SessionRecord, [String]) in
            let store = SessionStore(transaction: transaction, now: now)
            let record = try store.find(id)
            try LeaseRecord.require(request.leaseToken, of: record.connector, transaction)
            if record.state != .open, try Self.isSealed(record, as: request, transaction) { return (record, []) }
            try checkFingerprint(of: record, in: model)
            let ordered = try Self.checked(request.files, of: record)
            try Self.compare(ordered, of: record, transaction)
            for file in ordered {
                try transaction.execute(
                    """
                    UPDATE US_SessionFiles SET Sealed = \(try jsonText(file))
                    WHERE Session = \(id) AND Mapping = \(file.mapping)
                    """)
            }
            try transaction.execute(
                """
                UPDATE US_Sessions SET SealedAt = \(now.timestamp), Roots = \(try jsonText(request.roots))
                WHERE Id = \(id)
                """)
            try replaceQuarantine(request.quarantine, of: record, store)
            let sealed = try store.move(record, .seal)
            let ended = try supersedeBlocked(by: record, store)
            try faults(.sealBeforeCommit)
            return (sealed, ended)
        }
        for session in ended { finished(session) }
        watch.signal(id)
        return record.session(progress: watch.progress(of: id))
    }

    /// There is nothing to send: the session ends without a new version, *unchanged* when both sides hold the same,
    /// *diverged* when they do not. Roots that the server has not computed yet are not compared.
    package func close(session id: String, _ request: CloseSession, in model: Model) async throws -> Session {
        let now = clock()
        let (record, ended) = try await database.write { transaction -> (SessionRecord, [String]) in
            let store = SessionStore(transaction: transaction, now: now)
            let record = try store.find(id)
            try LeaseRecord.require(request.leaseToken, of: record.connector, transaction)
            if record.state == .unchanged || record.state == .diverged { return (record, []) }
            try checkFingerprint(of: record, in: model)
            // The list is about the source, whatever the comparison finds.
            try replaceQuarantine(request.quarantine, of: record, store)
            let digests = DigestStore(transaction: transaction)
            let differing = try digests.differing(from: request.roots)
            guard differing.isEmpty else {
                let divergence = Divergence(connector: record.connector, mappings: differing)
                return (try store.move(record, .diverge, detail: divergence.detail), [])
            }
            if try LinkRecount.firstWaiting(of: record.definition.linkPlans, transaction) == nil,
                try digests.prove(request.roots, for: record.definition.mappings)
            {
                try ConnectorRecord.recordVerification(of: record.connector, at: now, transaction)
            }
            let closed = try store.move(record, .close)
            let held = HeldSetStore(transaction: transaction, now: now)
            if record.recomputesHeld {
                try held.clear(
                    connector: record.connector, except: [], "Session \(id) found no such changes any more.")
            }
            let ended = try supersedeBlocked(by: record, store)
            try faults(.closeBeforeCommit)
            return (closed, ended)
        }
        for session in ended + [id] { finished(session) }
        return record.session(progress: nil)
    }

    /// The lease's holder gives up an open or sealed session; giving up one that has ended does nothing.
    package func abort(session id: String, _ request: AbortSession) async throws -> Session {
        let now = clock()
        let record = try await database.write { transaction in
            let store = SessionStore(transaction: transaction, now: now)
            let record = try store.find(id)
            try LeaseRecord.require(request.leaseToken, of: record.connector, transaction)
            if record.state == .abandoned || record.state == .cancelled { return record }
            return try store.move(record, .abort, detail: request.reason)
        }
        finished(id)
        return record.session(progress: nil)
    }

    /// A simulation changes nothing: what it sent is kept, and listed when it is approved and applied.
    private func replaceQuarantine(
        _ sent: SentQuarantine?, of record: SessionRecord, _ store: SessionStore
    ) throws {
        guard let sent, record.state == .open else { return }
        let quarantine = QuarantineStore(transaction: store.transaction, now: store.now)
        guard !record.isSimulation else { return try quarantine.keep(sent, of: record, files) }
        try quarantine.replace(by: sent, of: record, files)
    }

    private func supersedeBlocked(by record: SessionRecord, _ store: SessionStore) throws -> [String] {
        // A simulation changes nothing, not even what waits; it does when it is approved and applied.
        guard record.mode != .incremental, !record.isSimulation,
            let blocked = try store.find(connector: record.connector, in: [.blocked])
        else { return [] }
        try store.move(
            blocked, .supersede,
            detail:
                "Session \(record.id) in \(record.mode.name) mode took its place; its change set cannot be applied any "
                + "more.")
        return [blocked.id]
    }

    private static func isSealed(
        _ record: SessionRecord, as request: SealSession, _ transaction: any Transaction
    ) throws -> Bool {
        switch record.state {
        case .sealed, .applying, .applied, .blocked, .planned:
            let stored = try sealedFiles(of: record.id, transaction)
            return stored == request.files.sorted { $0.mapping < $1.mapping } && record.roots == request.roots
        case .open, .diverged, .stale, .failed, .rejected, .superseded, .unchanged, .abandoned, .cancelled:
            return false
        }
    }

    static func sealedFiles(of session: String, _ transaction: any Transaction) throws -> [SealedFile] {
        try transaction.rows(
            "SELECT Sealed FROM US_SessionFiles WHERE Session = \(session) AND Sealed IS NOT NULL ORDER BY Mapping"
        ).compactMap { try $0.json("Sealed", as: SealedFile.self) }
    }

    /// Every mapping exactly once, each with what the session's mode takes.
    private static func checked(_ files: [SealedFile], of record: SessionRecord) throws -> [SealedFile] {
        let definition = record.definition
        for file in files {
            let isEntityType = definition.entityTypeMappings.contains { $0.identifier == file.mapping }
            guard definition.mappings.contains(file.mapping) else {
                throw SynchronizationError(
                    .invalidRequest,
                    "The seal of session \(record.id) names a mapping \"\(file.mapping)\" that connector "
                        + "\"\(record.connector)\" does not have; deploy it, or leave its file out.")
            }
            guard file.isEntityType == isEntityType else {
                throw SynchronizationError(
                    .invalidRequest,
                    "The seal of session \(record.id) takes mapping \"\(file.mapping)\" for one of an "
                        + "\(isEntityType ? "association, it is one of an entity type" : "entity type, it is one of an association")."
                )
            }
            guard file.content == .full || record.content == .delta else {
                throw SynchronizationError(
                    .invalidRequest,
                    "Session \(record.id) takes everything of mapping \"\(file.mapping)\", and changes were sent; send its "
                        + ".sorted.csv.")
            }
            guard file.rows >= 0, file.bytes >= 0 else {
                throw SynchronizationError(
                    .invalidRequest, "The seal of mapping \"\(file.mapping)\" has a negative number; send it again.")
            }
        }
        for mapping in definition.mappings {
            let count = files.count { $0.mapping == mapping }
            guard count == 1 else {
                throw SynchronizationError(
                    .invalidRequest,
                    "The seal of session \(record.id) names mapping \"\(mapping)\" \(count) times; name each mapping of "
                        + "connector \"\(record.connector)\" once.")
            }
        }
        return files.sorted { $0.mapping < $1.mapping }
    }

    private static func compare(
        _ files: [SealedFile], of record: SessionRecord, _ transaction: any Transaction
    ) throws {
        for file in files {
            let row = try transaction.row(
                "SELECT Bytes, Sha256 FROM US_SessionFiles WHERE Session = \(record.id) AND Mapping = \(file.mapping)")
            guard let row else {
                throw SynchronizationError(
                    .checksum, "The file of mapping \"\(file.mapping)\" was sealed but did not arrive; send it again.")
            }
            guard try row.int("Bytes") == file.bytes, try row.string("Sha256") == file.sha256.lowercased() else {
                throw SynchronizationError(
                    .checksum,
                    "The file of mapping \"\(file.mapping)\" arrived with \(try row.int("Bytes")) bytes and SHA-256 "
                        + "\(try row.string("Sha256")); the seal says \(file.bytes) and \(file.sha256). Send it again.")
            }
        }
    }
}
