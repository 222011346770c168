package import API
internal import Delta
internal import Foundation
internal import Storage
package import WeirConfiguration

extension SynchronizationEngine {
    /// Computes a connector's digests anew from the stored columns, compares links with pairs, and keeps what it finds
    /// as the server's truth, so that an exchange sees it (DESIGN §6). Computing twice is computing once.
    ///
    /// Resources are read from a snapshot, so that nobody waits for it; what is found is written in one transaction.
    /// - Throws: `leaseLost`, `sessionLive` while a session is applied, `staleVersion` when one was in between.
    package func recompute(_ request: RecomputeContent, in model: Model) async throws -> RecomputedContent {
        let definition = try ConnectorDefinition(of: request.connector, in: model)
        let resources = definition.resourcePlans
        let links = definition.linkPlans
        let (version, contents) = try await database.read { transaction in
            try LeaseRecord.require(request.leaseToken, of: request.connector, transaction)
            try Self.checkNotApplying(request.connector, transaction)
            return (
                try ConnectorRecord.find(request.connector, transaction)?.version,
                try resources.map { try $0.content(transaction) }
            )
        }
        try faults(.contentRead)
        return try await database.withStaging { staging in
            try await staging.write { transaction in
                try LeaseRecord.require(request.leaseToken, of: request.connector, transaction)
                try Self.checkNotApplying(request.connector, transaction)
                guard try ConnectorRecord.find(request.connector, transaction)?.version == version else {
                    throw SynchronizationError(
                        .staleVersion,
                        "The content of connector \"\(request.connector)\" changed while it was read; run this again.")
                }
                var found: [String: RecomputedContent.Mapping] = [:]
                for (plan, content) in zip(resources, contents) {
                    found[plan.type] = try keep(content, of: plan, transaction)
                }
                for plan in links {
                    let recount = LinkRecount(plan: plan, transaction: transaction) { staging.table($0) }
                    found[plan.mapping] = try keep(recount, transaction)
                }
                try faults(.recomputeBeforeCommit)
                return RecomputedContent(
                    version: version.flatMap { $0 == ConnectorRecord.noVersion ? nil : $0 }, mappings: found)
            }
        }
    }

    private func keep(
        _ content: StoredContent, of plan: ResourcePlan, _ transaction: any Transaction
    ) throws -> RecomputedContent.Mapping {
        let store = DigestStore(transaction: transaction)
        let root = try store.keep(content.digest, of: plan.type, instead: store.digest(of: plan.type))
        try transaction.execute(
            "UPDATE US_Counters SET Stored = \(content.rows), Orphans = 0 WHERE Mapping = \(plan.type)")
        return RecomputedContent.Mapping(
            root: root, rows: content.rows, unusableBuckets: content.unusableBuckets.sorted())
    }

    private func keep(
        _ recount: LinkRecount, _ transaction: any Transaction
    ) throws -> RecomputedContent.Mapping {
        let plan = recount.plan
        let (strays, misbound) = try recount.run()
        let store = DigestStore(transaction: transaction)
        let root = try store.keep(plan.digest(transaction), of: plan.mapping, instead: store.digest(of: plan.mapping))
        return RecomputedContent.Mapping(
            root: root, rows: try transaction.count("SELECT Stored FROM US_Counters WHERE Mapping = \(plan.mapping)"),
            strayLinks: strays, misboundPairs: misbound)
    }

    /// The kept digest of a mapping: 64 KiB.
    ///
    /// - Throws: `leaseLost`, `sessionState` when none is kept, or its buckets are not those of its root.
    package func buckets(_ request: ContentBuckets, in model: Model) async throws -> [UInt8] {
        let definition = try ConnectorDefinition(of: request.connector, in: model)
        try Self.check(request.mapping, definition)
        return try await database.read { transaction in
            try LeaseRecord.require(request.leaseToken, of: request.connector, transaction)
            guard let digest = try DigestStore(transaction: transaction).digest(of: request.mapping) else {
                throw SynchronizationError(
                    .sessionState,
                    "The server keeps no digest of mapping \"\(request.mapping)\" that fits its root; have it recomputed "
                        + "first.")
            }
            return digest.bytes
        }
    }

    /// The stored rows of some buckets of a mapping, in the order of their keys.
    ///
    /// - Throws: `leaseLost`, `invalidRequest`, `storageFull`.
    package func rows(_ request: ContentRows, in model: Model) async throws -> RowsFile {
        let definition = try ConnectorDefinition(of: request.connector, in: model)
        try Self.check(request.mapping, definition)
        guard request.buckets.allSatisfy((0..<Digest.bucketCount).contains) else {
            throw SynchronizationError(
                .invalidRequest, "Buckets are numbered from 0 to \(Digest.bucketCount - 1); ask for these.")
        }
        let path = files.rowsFolder + "/" + makeIdentifier() + ".csv"
        do {
            try files.makeFolder(files.rowsFolder)
            let byteCount = try await database.read { transaction in
                try LeaseRecord.require(request.leaseToken, of: request.connector, transaction)
                let writer = RowsWriter(buckets: Set(request.buckets), transaction: transaction)
                if let plan = definition.resourcePlans.first(where: { $0.type == request.mapping }) {
                    return try writer.write(plan, withValues: request.withValues, to: path)
                }
                guard let plan = definition.linkPlans.first(where: { $0.mapping == request.mapping }) else { return 0 }
                return try writer.write(plan, to: path)
            }
            return RowsFile(path: path, byteCount: byteCount)
        } catch let error as DeltaError {
            throw SynchronizationError(
                error.code == .diskFull ? .storageFull : .internal, "\(error.path): \(error.detail)")
        }
    }

    /// Keeps what a comparison found. Nothing found, the image's roots are those that are kept, and no link is
    /// known to be bound wrongly: both sides are proven equal.
    package func record(_ result: VerificationResult, in model: Model) async throws -> Verification {
        let definition = try ConnectorDefinition(of: result.connector, in: model)
        guard result.resources >= 0, result.links >= 0 else {
            throw SynchronizationError(.invalidRequest, "Counts of differences are not negative; send them again.")
        }
        let now = clock()
        return try await database.write { transaction in
            try LeaseRecord.require(result.leaseToken, of: result.connector, transaction)
            let found = Verification(
                checkedAt: try Date(timestamp: now.timestamp), isDeep: result.isDeep, resources: result.resources,
                links: result.links, session: result.session)
            if found.resources + found.links == 0 {
                if let mapping = try LinkRecount.firstWaiting(of: definition.linkPlans, transaction) {
                    throw SynchronizationError(
                        .staleVersion,
                        "Links of mapping \"\(mapping)\" of connector \"\(result.connector)\" are known to be bound wrongly, "
                            + "so equal roots are no proof; verify it deep, and repair it.")
                }
                guard
                    try DigestStore(transaction: transaction).prove(result.roots, for: definition.mappings)
                else {
                    throw SynchronizationError(
                        .staleVersion,
                        "The content of connector \"\(result.connector)\" is not what the image's roots say; verify it "
                            + "again.")
                }
                try ConnectorRecord.recordVerification(of: result.connector, at: now, transaction)
            }
            try VerificationRecord.keep(found, of: result.connector, transaction)
            return found
        }
    }

    private static func check(_ mapping: String, _ definition: ConnectorDefinition) throws {
        guard definition.mappings.contains(mapping) else {
            throw SynchronizationError(
                .invalidRequest,
                "Connector \"\(definition.connector.identifier)\" has no mapping \"\(mapping)\"; its mappings are "
                    + definition.mappings.joined(separator: ", ") + ".")
        }
    }

    private static func checkNotApplying(_ connector: String, _ transaction: any Transaction) throws {
        let store = SessionStore(transaction: transaction, now: .distantPast)
        guard let live = try store.find(connector: connector, in: [.applying]) else { return }
        throw SynchronizationError(
            .sessionLive,
            "Session \(live.id) of connector \"\(connector)\" is being applied; wait for its end and verify then.")
    }
}
