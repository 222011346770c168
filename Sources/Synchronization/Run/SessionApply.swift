internal import API
internal import Foundation
internal import Storage
internal import WeirConfiguration

/// The transaction of a run: compares version and fingerprint, computes the changes, checks the safeguards, and either
/// blocks with the change rows as artifact, or applies them and makes the next version.
struct SessionApply {
    let run: SynchronizationRun
    let record: SessionRecord
    let staged: [String: StagedFile]
    let staging: any Staging
    let store: SessionStore
    let resources: [ResourceChangeSet]
    let links: [LinkChangeSet]

    var transaction: any Transaction { store.transaction }
    var options: SynchronizeOptions { record.options ?? SynchronizeOptions() }

    init(
        run: SynchronizationRun, record: SessionRecord, staged: [String: StagedFile], staging: any Staging,
        _ store: SessionStore
    ) {
        self.run = run
        self.record = record
        self.staged = staged
        self.staging = staging
        self.store = store
        resources = record.definition.resourcePlans.map {
            ResourceChangeSet(plan: $0, session: record.id, transaction: store.transaction)
        }
        links = record.definition.linkPlans.map {
            LinkChangeSet(plan: $0, session: record.id, transaction: store.transaction)
        }
    }

    /// - Returns: whether the received files are needed no more; false when it is blocked, or was taken away meanwhile, or
    ///   is a simulation that set rows aside.
    func execute() throws -> Bool {
        guard record.state == .applying else { return record.endedAt != nil }
        if let reason = try staleReason() {
            try store.move(record, .goStale, detail: reason)
            return true
        }
        if record.mode == .initial { try SynchronizationEngine.checkEmpty(record.definition, transaction) }
        if record.isApproved {
            try checkArtifact()
            try apply(counters: record.counters, loads: [:])
            if record.isSimulation {
                try QuarantineStore(transaction: transaction, now: store.now)
                    .replaceByKept(of: record, run.engine.files)
            }
            return true
        }
        run.publish("computing", 0, nil)
        var (counters, loads) = try compute()
        if let set = record.releases {
            return try release(HeldSetStore(transaction: transaction, now: store.now), set, counters)
        }
        let safeguards = try measure(counters, loads: loads)
        try run.engine.faults(.changesComputed)
        var violations =
            record.mode == .initial ? [] : ThresholdCheck.violations(record.definition, counters, safeguards)
        if record.isSimulation {
            try plan(counters: counters, loads: loads, violations)
            return !FileManager.default.fileExists(atPath: run.engine.files.keptQuarantine(of: record.id))
        }
        var held: [HeldSet] = []
        if !violations.isEmpty, options.forcedBy == nil {
            guard record.definition.connector.thresholdScope == .operation, record.recomputesHeld else {
                try block(counters: counters, loads: loads, violations)
                return false
            }
            (held, violations) = try hold(&counters, &loads, safeguards)
            try run.engine.faults(.changesHeld)
        }
        let hash = try hash(loads: loads)
        try transaction.execute(
            """
            UPDATE US_Sessions SET ChangeSet = \(hash), Violations = \(try jsonText(violations)),
              ApprovedBy = \(bound: options.forcedBy)
            WHERE Id = \(record.id)
            """)
        if let caller = options.forcedBy {
            try Decision(.force, by: caller, at: store.now).record(hash, of: record.id, transaction)
        }
        try run.engine.faults(.changesHashed)
        try apply(counters: counters, loads: loads, held: held)
        return true
    }

    // MARK: Deciding

    /// Why the server's content is not what the session was computed for; nil: it is.
    private func staleReason() throws -> String? {
        guard let connector = try ConnectorRecord.find(record.connector, transaction), let base = record.base,
            connector.version == base
        else {
            return "The content of connector \"\(record.connector)\" is not at version "
                + "\(record.base?.description ?? "none") any more; nothing was changed. Run the job again."
        }
        guard connector.fingerprint == record.fingerprint else {
            return
                "The mappings of connector \"\(record.connector)\" were changed by a deployment; nothing was changed. "
                + "Run the job again."
        }
        return nil
    }

    /// Computes the change rows of everything but loads into empty tables, which are only counted: their change list is
    /// the file.
    private func compute() throws -> (counters: [String: ChangeCounters], loads: [String: StagedFile]) {
        var counters: [String: ChangeCounters] = [:]
        var loads: [String: StagedFile] = [:]
        for changes in resources {
            guard let file = staged[changes.plan.type] else { continue }
            var counter = ChangeCounters(stored: try stored(changes.plan.type))
            if try isLoad(changes.isEmpty()) {
                loads[changes.plan.type] = file
                counter.stored = 0
                counter.inserted = try changes.countLoad(file)
            } else {
                try changes.compute(from: file)
                (counter.inserted, counter.updated, counter.deleted) = try changes.counts()
            }
            counters[changes.plan.type] = counter
        }
        for changes in links {
            guard let file = staged[changes.plan.mapping] else { continue }
            var counter = ChangeCounters(isLinks: true, stored: try stored(changes.plan.mapping))
            if try isLoad(changes.isEmpty()) {
                loads[changes.plan.mapping] = file
                counter.stored = 0
                counter.inserted = try changes.countLoad(file)
            } else {
                try changes.compute(from: file)
                (counter.inserted, counter.deleted) = try changes.counts()
            }
            counters[changes.plan.mapping] = counter
        }
        return (counters, loads)
    }

    /// What was approved is compared row by row, also where nothing is stored yet.
    private func isLoad(_ isEmpty: Bool) -> Bool { isEmpty && record.releases == nil }

    private func stored(_ mapping: String) throws -> Int {
        try transaction.count("SELECT Stored FROM US_Counters WHERE Mapping = \(mapping)")
    }

    private func orphans(_ mapping: String) throws -> Int {
        try transaction.count("SELECT Orphans FROM US_Counters WHERE Mapping = \(mapping)")
    }

    private func hash(loads: [String: StagedFile]) throws -> String {
        var hash = ChangeSetHash(session: record.id, transaction)
        for changes in resources {
            if let file = loads[changes.plan.type] { hash.add(load: file) } else { try hash.add(changes.plan) }
        }
        for changes in links {
            if let file = loads[changes.plan.mapping] { hash.add(load: file) } else { try hash.add(changes.plan) }
        }
        return hash.finish()
    }

    private func block(
        counters: [String: ChangeCounters], loads: [String: StagedFile], _ violations: [Violation]
    ) throws {
        try store.move(record, .block, detail: Self.detail(of: violations))
        try keepArtifact(counters: counters, loads: loads, violations)
        let sets = HeldSetStore(transaction: transaction, now: store.now)
        for set in try sets.open(connector: record.connector) where record.recomputesHeld {
            try sets.end(set, .superseded, "Session \(record.id) is blocked as a whole; decide on that.")
        }
        try run.engine.faults(.blockBeforeCommit)
    }

    /// A simulation ends here, with the artifact that an apply would consume (DESIGN §1.10). The connector goes on; of
    /// its simulations the newest waits.
    private func plan(
        counters: [String: ChangeCounters], loads: [String: StagedFile], _ violations: [Violation]
    ) throws {
        _ = try store.supersede(
            store.waiting(connector: record.connector).filter { $0.state == .planned },
            because: "Session \(record.id) simulated connector \"\(record.connector)\" anew.")
        let isHeld = !violations.isEmpty && options.passesThresholds != true
        let part = record.definition.connector.thresholdScope == .operation ? " in part" : ""
        try store.move(
            record, .plan, detail: isHeld ? "A safeguard would hold it\(part): \(Self.detail(of: violations))" : nil)
        try keepArtifact(counters: counters, loads: loads, violations)
        try run.engine.faults(.blockBeforeCommit)
    }

    private static func detail(of violations: [Violation]) -> String {
        violations.map(\.explanation).joined(separator: "; ") + "."
    }

    /// The artifact is complete: what would have been loaded is written out too, so that it can be reviewed, and
    /// applied without the files.
    private func keepArtifact(
        counters: [String: ChangeCounters], loads: [String: StagedFile], _ violations: [Violation]
    ) throws {
        for changes in resources {
            if let file = loads[changes.plan.type] { try changes.compute(from: file) }
        }
        for changes in links {
            if let file = loads[changes.plan.mapping] { try changes.compute(from: file) }
        }
        let hash = try hash(loads: [:])
        try transaction.execute(
            """
            UPDATE US_Sessions SET Counters = \(try jsonText(counters)), Violations = \(try jsonText(violations)),
              ChangeSet = \(hash) WHERE Id = \(record.id)
            """)
    }

    /// What was approved is what is there, or nothing happens.
    private func checkArtifact() throws {
        guard try hash(loads: [:]) == record.changeSet else {
            throw SynchronizationError(
                .changeSetMismatch,
                "The change rows of session \(record.id) are not those that were approved; nothing was changed. Run the "
                    + "job again and look at what it shows.")
        }
    }

    // MARK: Applying

    /// - Parameter held: what this run holds; nil: it says nothing about what earlier ones hold.
    func apply(
        counters: [String: ChangeCounters], loads: [String: StagedFile], held: [HeldSet]? = []
    ) throws {
        let total = counters.values.reduce(0) { $0 + $1.total }
        run.publish("applying", 0, total)
        let isMisbound = Set(
            try links.map(\.plan.mapping).filter { try LinkRecount.isWaiting($0, transaction) })
        let scopes = try rebindingScopes(loads: loads, isMisbound)
        let digests = ContentDigests(
            resources: resources, links: links,
            anew: record.content == .full ? Set(record.definition.mappings) : Set(loads.keys), transaction)
        try digests.leave()
        try run.engine.faults(.digestsLeft)
        var done = 0
        for changes in resources {
            let before = done
            if let file = loads[changes.plan.type] {
                try changes.load(file) { run.publish("applying", before + $0, total) }
            } else {
                try changes.apply { run.publish("applying", before + $0, total) }
            }
            done += counters[changes.plan.type]?.total ?? 0
            run.publish("applying", done, total)
        }
        try run.engine.faults(.resourcesApplied)
        var counters = counters
        for (changes, scope) in zip(links, scopes) {
            let binder = LinkBinder(plan: changes.plan, transaction: transaction) { staging.table($0) }
            let mapping = changes.plan.mapping
            let orphans =
                if let file = loads[mapping] {
                    try binder.load(file)
                } else {
                    try orphans(mapping) + binder.apply(changesOf: record.id, rebinding: scope)
                }
            if isMisbound.contains(mapping) {
                try LinkRecount(plan: changes.plan, transaction: transaction) { staging.table($0) }.bindAnew()
            }
            counters[mapping, default: ChangeCounters(isLinks: true)].orphans = orphans
            done += counters[changes.plan.mapping]?.total ?? 0
            run.publish("applying", done, total)
        }
        if options.orphans { try writeOrphans() }
        try run.engine.faults(.linksApplied)
        try keepCounters(counters, held: held ?? [])
        let roots = try digests.enter()
        try run.engine.faults(.digestsKept)
        let isVerified = try prove(roots, held: held ?? [])
        if let held { try keepHeld(held, roots) }
        if options.doNotDeleteChanges {
            for changes in resources where loads[changes.plan.type] == nil { try changes.nameInserted() }
            for changes in links where loads[changes.plan.mapping] == nil { try changes.nameInserted() }
        } else {
            try store.discardChanges(of: record.id)
        }
        try advance(counters: counters, loaded: loads.keys.sorted(), isVerified: isVerified)
        try run.engine.faults(.applyBeforeCommit)
    }

    /// For each association the stored pairs to look at again, from the keys of resources before they change.
    private func rebindingScopes(
        loads: [String: StagedFile], _ isMisbound: Set<String>
    ) throws -> [LinkBinder.Scope] {
        let touched = staging.table("Touched")
        let text = transaction.dialect.text
        try transaction.execute(
            """
            CREATE TEMPORARY TABLE \(sql: touched) (
              Mapping \(sql: text) NOT NULL, Side \(sql: transaction.dialect.integer) NOT NULL, KeyValue \(sql: text) NOT NULL,
              PRIMARY KEY (Mapping, Side, KeyValue))\(sql: transaction.dialect.clustered)
            """)
        return try links.map { changes in
            let sides = [changes.plan.side1, changes.plan.side2]
            if isMisbound.contains(changes.plan.mapping) || sides.contains(where: { loads[$0.entityType] != nil }) {
                return .all
            }
            var keys: [SQL] = []
            for (number, side) in sides.enumerated() {
                if let resources = resources.first(where: { $0.plan.type == side.entityType }) {
                    let values = resources.touchedKeys(column: side.keyColumn, isPrimaryKey: side.isPrimaryKey)
                    try transaction.execute(
                        """
                        INSERT INTO \(sql: touched) (Mapping, Side, KeyValue)
                        SELECT \(changes.plan.mapping), \(number), t.* FROM (\(sql: values)) t
                        """)
                }
                keys.append(
                    """
                    SELECT t.KeyValue FROM \(sql: touched) t
                    WHERE t.Mapping = \(changes.plan.mapping) AND t.Side = \(number)
                    """)
            }
            return .keys(side1: keys[0], side2: keys[1])
        }
    }

    private func keepCounters(_ counters: [String: ChangeCounters], held: [HeldSet]) throws {
        for (mapping, counter) in counters {
            // Where everything was sent, what is stored now is what was sent, whatever happened outside before.
            let file = staged[mapping]
            let isWhole = held.isEmpty && file?.hasCommand == false
            let stored = isWhole ? file?.rows ?? 0 : counter.stored + counter.inserted - counter.deleted
            try transaction.execute(
                """
                INSERT INTO US_Counters (Mapping, Stored, Orphans) VALUES (\(mapping), \(stored), \(counter.orphans))
                ON CONFLICT (Mapping) DO UPDATE SET Stored = excluded.Stored, Orphans = excluded.Orphans
                """)
        }
    }

    /// Compares what is stored now with what the agent sealed (DESIGN §6).
    ///
    /// - Returns: whether all of it was compared; false where the agent sent no roots.
    private func prove(_ stored: [String: String], held: [HeldSet]) throws -> Bool {
        var roots = stored
        if !held.isEmpty {
            let proof = HeldProof(resources: resources, links: links, transaction: transaction)
            roots = try proof.roots(with: held, stored: stored)
        }
        let differing = record.roots.filter { roots[$0.key] != $0.value }.map(\.key).sorted()
        guard differing.isEmpty else { throw Divergence(connector: record.connector, mappings: differing) }
        return Set(roots.keys).isSubset(of: record.roots.keys)
    }

    /// The compare-and-swap: version n and fingerprint as they were, or nothing of this transaction stays.
    private func advance(counters: [String: ChangeCounters], loaded: [String], isVerified: Bool) throws {
        guard let base = record.base else { throw staleError }
        let changed = try transaction.execute(
            """
            UPDATE US_Connectors SET Version = \(base.number + 1), VersionSession = \(record.id)
            WHERE Connector = \(record.connector) AND Version = \(base.number) AND VersionSession = \(base.session)
              AND Fingerprint = \(record.fingerprint)
            """)
        guard changed == 1 else { throw staleError }
        if isVerified { try ConnectorRecord.recordVerification(of: record.connector, at: store.now, transaction) }
        try transaction.execute(
            """
            UPDATE US_Sessions SET ResultNumber = \(base.number + 1), ResultSession = \(record.id),
              Counters = \(try jsonText(counters)), Loaded = \(try jsonText(loaded))
            WHERE Id = \(record.id)
            """)
        try store.move(record, .apply)
        // What was computed for version n cannot be applied to version n + 1.
        _ = try store.supersede(
            store.waiting(connector: record.connector),
            because: "Session \(record.id) was applied to connector \"\(record.connector)\" after it was computed.")
    }

    private var staleError: SynchronizationError {
        SynchronizationError(
            .staleVersion,
            "The content of connector \"\(record.connector)\" changed during the run; nothing was changed by it. Run the job "
                + "again.")
    }

    private func writeOrphans() throws {
        for changes in links {
            let file = OrphanFile(plan: changes.plan, transaction: transaction)
            try file.write(
                to: run.engine.files.orphans(changes.plan.mapping, of: record.id), run.engine.files, record.id)
        }
    }
}
