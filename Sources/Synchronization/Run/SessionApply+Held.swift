internal import API
internal import Foundation
internal import Storage
internal import WeirConfiguration

/// What thresholds hold of a run while the rest is applied, and the sessions that apply it later (ThresholdScope
/// `Operation`, DESIGN §8).
extension SessionApply {
    /// What the safeguards of DESIGN §8 count, which costs what the changes cost; gives the change rows the causes that
    /// two rows tell together.
    func measure(
        _ counters: [String: ChangeCounters], loads: [String: StagedFile]
    ) throws -> [String: SafeguardCounts] {
        var counts: [String: SafeguardCounts] = [:]
        for (number, changes) in resources.enumerated() {
            let type = changes.plan.type
            guard let counter = counters[type], let file = staged[type] else { continue }
            var count = SafeguardCounts(exportRows: file.exportRows)
            if loads[type] == nil {
                if counter.updated > 0 {
                    let limit = record.definition.entityTypeMappings.first { $0.identifier == type }?.safeguards
                        .percentageEmptiedValues
                    count.emptied = try emptied(changes, limit: limit ?? 0)
                }
                if counter.inserted > 0, counter.deleted > 0 {
                    count.churned = try changes.markChangedKeys(in: staging.table("Churn\(number)"))
                }
            }
            counts[type] = count
        }
        for changes in links {
            guard let counter = counters[changes.plan.mapping], counter.inserted > 0, counter.deleted > 0 else {
                continue
            }
            try changes.markMoved()
        }
        return counts
    }

    private func emptied(_ changes: ResourceChangeSet, limit: Int) throws -> [String: SafeguardCounts.Emptied] {
        var emptied: [String: SafeguardCounts.Emptied] = [:]
        for (property, number) in try changes.emptiedValues() {
            // That many stored values, and the percentage is not exceeded: there is no need to count on.
            let enough = limit > 0 ? number.multipliedReportingOverflow(by: 100).partialValue / limit + 1 : 0
            emptied[property] = SafeguardCounts.Emptied(
                number: number,
                stored: enough > 0 ? try changes.storedValues(of: property, upTo: enough) : 0)
        }
        return emptied
    }

    /// Takes what exceeds a threshold out of the change rows and the counters: first resources with their pairs, then
    /// what is still too much of the pairs that are left.
    func hold(
        _ counters: inout [String: ChangeCounters], _ loads: inout [String: StagedFile],
        _ safeguards: [String: SafeguardCounts]
    ) throws -> (held: [HeldSet], violations: [Violation]) {
        let holding = Holding(
            record: record, resources: resources, links: links, store: store,
            makeIdentifier: run.engine.makeIdentifier)
        let ofResources = ThresholdCheck(record.definition, counters, safeguards).ofResources
        let types = Set(ofResources.flatMap(\.kinds).map(\.mapping))
        // What would have been loaded needs change rows, so that a part of it can be held.
        for changes in resources where types.contains(changes.plan.type) {
            if let file = loads.removeValue(forKey: changes.plan.type) { try changes.compute(from: file) }
        }
        for changes in links
        where types.contains(changes.plan.side1.entityType) || types.contains(changes.plan.side2.entityType) {
            if let file = loads.removeValue(forKey: changes.plan.mapping) { try changes.compute(from: file) }
        }
        var held = try holding.holdResources(ofResources)
        try recount(&counters, loads)
        let ofLinks = ThresholdCheck(record.definition, counters, safeguards).ofLinks
        let associations = Set(ofLinks.flatMap(\.kinds).map(\.mapping))
        for changes in links where associations.contains(changes.plan.mapping) {
            if let file = loads.removeValue(forKey: changes.plan.mapping) { try changes.compute(from: file) }
        }
        held += try holding.holdLinks(ofLinks)
        try recount(&counters, loads)
        return (held, (ofResources + ofLinks).map(\.violation))
    }

    /// What is left to apply.
    private func recount(_ counters: inout [String: ChangeCounters], _ loads: [String: StagedFile]) throws {
        for changes in resources where loads[changes.plan.type] == nil {
            guard var counter = counters[changes.plan.type] else { continue }
            (counter.inserted, counter.updated, counter.deleted) = try changes.counts()
            counters[changes.plan.type] = counter
        }
        for changes in links where loads[changes.plan.mapping] == nil {
            guard var counter = counters[changes.plan.mapping] else { continue }
            (counter.inserted, counter.deleted) = try changes.counts()
            counters[changes.plan.mapping] = counter
        }
    }

    /// Records what this run holds, and that nothing else is held any more.
    ///
    /// - Parameter roots: of what is stored now.
    func keepHeld(_ held: [HeldSet], _ roots: [String: String]) throws {
        guard record.recomputesHeld else { return }
        let sets = HeldSetStore(transaction: transaction, now: store.now)
        let detail =
            options.forcedBy.map { "Session \(record.id) applied them, forced by \($0)." }
            ?? "Session \(record.id) found no such changes any more."
        try sets.clear(connector: record.connector, except: held.map(\.id), detail)
        guard !held.isEmpty else { return }
        let outcome = SessionRecord.HeldOutcome(sets: held.map(\.id), roots: roots)
        let sentences = held.map(\.summary).joined(separator: "; ")
        try transaction.execute(
            """
            UPDATE US_Sessions SET Held = \(try jsonText(outcome)), Detail = \(sentences + ".") WHERE Id = \(record.id)
            """)
        try run.engine.faults(.heldKept)
    }

    /// Applies an approved held set: exactly its changes, on rows that are as they were, or nothing.
    ///
    /// - Returns: true: the session has ended.
    func release(_ sets: HeldSetStore, _ id: String, _ counters: [String: ChangeCounters]) throws -> Bool {
        try SynchronizationEngine.checkApproved(id, transaction)
        let set = try SynchronizationEngine.found(id, transaction)
        let hash = try ChangeSetHash.ofHeld(
            record.id, resources: resources.map(\.plan), links: links.map(\.plan), transaction)
        guard hash == set.changeSet else {
            let key = try resources.lazy.compactMap { try $0.firstMissing(of: id) }.first
            let reason = key.map { "\"\($0)\" has changed since" } ?? "what it names has changed since"
            try sets.refuse(set, set.refusal(reason))
            try store.move(record, .fail, detail: set.refusal(reason))
            return true
        }
        try run.engine.faults(.releaseChecked)
        try transaction.execute(
            """
            UPDATE US_Sessions SET ChangeSet = \(hash), Violations = \(try jsonText(set.violations)),
              ApprovedBy = \(bound: set.approvedBy)
            WHERE Id = \(record.id)
            """)
        try apply(counters: counters, loads: [:], held: nil)
        try sets.end(set, .released, "Session \(record.id) applied them.")
        return true
    }
}
