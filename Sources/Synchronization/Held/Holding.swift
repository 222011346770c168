internal import API
internal import Foundation
internal import Storage

/// Takes what thresholds hold out of a run's change rows, so that everything after it sees only what is applied.
///
/// A held set's rows have its id in place of the session's. A link pair of a held resource is held with it.
struct Holding {
    let record: SessionRecord
    let resources: [ResourceChangeSet]
    let links: [LinkChangeSet]
    let store: SessionStore
    let makeIdentifier: @Sendable () -> String

    private var transaction: any Transaction { store.transaction }

    /// Holds the kinds of change of entity types that are exceeded, with their pairs.
    func holdResources(_ exceeded: [Exceeded]) throws -> [HeldSet] {
        try resources.flatMap { changes in
            try ["insert", "update", "delete"].compactMap { operation in
                try hold(operation, of: changes, exceeded)
            }
        }
    }

    /// Holds the kinds of change of associations that are exceeded. A moved pair is held whole: half of it would leave
    /// its resource without a link, or with two.
    func holdLinks(_ exceeded: [Exceeded]) throws -> [HeldSet] {
        try links.flatMap { changes in
            let operations = ["insert", "delete"].filter { operation in
                exceeded.contains { $0.concerns(changes.plan.mapping, operation) }
            }
            return try operations.compactMap { operation -> HeldSet? in
                let condition: SQL =
                    operations.count == 2
                    ? "c.Operation = \(operation)" : "(c.Operation = \(operation) OR c.Cause = 'moved')"
                let id = makeIdentifier()
                let count = try moveLinks(of: changes.plan, where: condition, to: id)
                guard count > 0 else { return nil }
                return try keep(
                    id, changes.plan.mapping, isLinks: true, operation, count: count, linkCount: 0, exceeded)
            }
        }
    }

    private func hold(_ operation: String, of changes: ResourceChangeSet, _ exceeded: [Exceeded]) throws -> HeldSet? {
        let plan = changes.plan
        let kinds = exceeded.flatMap(\.kinds).filter { $0.mapping == plan.type && $0.operation == operation }
        guard !kinds.isEmpty else { return nil }
        let id = makeIdentifier()
        let count = try transaction.execute(
            """
            UPDATE UR_ResourceChanges AS c SET Session = \(id)
            WHERE c.Session = \(record.id) AND c.Mapping = \(plan.type) AND c.Operation = \(operation)
              AND \(sql: condition(kinds, changes))
            """)
        guard count > 0 else { return nil }
        var linkCount = 0
        for plan in links.map(\.plan) {
            for (side, key) in [(plan.side1, "Key1"), (plan.side2, "Key2")] as [(LinkPlan.Side, SQL)]
            where side.entityType == changes.plan.type {
                let own = Self.ownPairs(operation, isMonoValued: side.isMonoValued)
                let keys = Self.keys(of: id, operation, column: SQL(identifier: side.keyColumn))
                linkCount += try moveLinks(
                    of: plan, where: "c.\(sql: key) IN (\(sql: keys)) AND \(sql: own)", to: id)
            }
        }
        return try keep(
            id, plan.type, isLinks: false, operation, count: count, linkCount: linkCount, exceeded)
    }

    private func condition(_ kinds: [HeldKind], _ changes: ResourceChangeSet) -> SQL {
        if kinds.contains(where: { $0.rows == .all }) { return "1 = 1" }
        var properties: Set<String> = []
        var conditions: [SQL] = []
        for kind in kinds {
            switch kind.rows {
            case .all: break
            case .emptying(let property): properties.insert(property)
            case .changedKeys: conditions.append("c.Cause = 'keyChanged'")
            }
        }
        if !properties.isEmpty { conditions.append(changes.emptying(properties)) }
        return "(\(sql: conditions.joined(separator: " OR ")))"
    }

    /// Pairs that go with a resource: what comes with it, or leaves with it. A pair that moved belongs to the resource that
    /// may have one only, whole, and not to those at its other end.
    private static func ownPairs(_ operation: String, isMonoValued: Bool) -> SQL {
        let same: SQL = operation == "update" ? "1 = 1" : "c.Operation = \(operation)"
        return isMonoValued ? "(\(sql: same) OR c.Cause = 'moved')" : "\(sql: same) AND c.Cause <> 'moved'"
    }

    /// The values by which pairs name a set's resources, before and after the change.
    private static func keys(of set: String, _ operation: String, column: SQL) -> SQL {
        let mine: SQL = "h.Session = \(set) AND h.Operation = \(operation)"
        let before: SQL = """
            SELECT r.\(sql: column) FROM UR_ResourceChanges h CROSS JOIN UR_Resources r
            WHERE \(sql: mine) AND r.Id = h.Resource_Id AND r.\(sql: column) IS NOT NULL
            """
        let after: SQL = """
            SELECT h.\(sql: column) FROM UR_ResourceChanges h WHERE \(sql: mine) AND h.\(sql: column) IS NOT NULL
            """
        return "\(sql: before) UNION \(sql: after)"
    }

    private func moveLinks(of plan: LinkPlan, where condition: SQL, to set: String) throws -> Int {
        try transaction.execute(
            """
            UPDATE UR_ResourceLinkChanges AS c SET Session = \(set)
            WHERE c.Session = \(record.id) AND c.Mapping = \(plan.mapping) AND \(sql: condition)
            """)
    }

    private func keep(
        _ id: String, _ mapping: String, isLinks: Bool, _ operation: String, count: Int, linkCount: Int,
        _ exceeded: [Exceeded]
    ) throws -> HeldSet {
        let hash = try ChangeSetHash.ofHeld(
            id, resources: resources.map(\.plan), links: links.map(\.plan), transaction)
        return try HeldSetStore(transaction: transaction, now: store.now).keep(
            HeldSet(
                id: id, connector: record.connector, mapping: mapping, isLinks: isLinks, operation: operation,
                changeSet: hash, since: store.now, session: record.id, jobInstance: record.jobInstance, count: count,
                linkCount: linkCount,
                violations: exceeded.filter { $0.concerns(mapping, operation) }.map(\.violation)))
    }
}

extension ChangeSetHash {
    /// The hash of everything that is held, or of everything that a session applies, values before it included.
    static func ofHeld(
        _ id: String, resources: [ResourcePlan], links: [LinkPlan], _ transaction: any Transaction
    ) throws -> String {
        var hash = ChangeSetHash(session: id, includesBefore: true, transaction)
        for plan in resources { try hash.add(plan) }
        for plan in links { try hash.add(plan) }
        return hash.finish()
    }
}

extension Exceeded {
    fileprivate func concerns(_ mapping: String, _ operation: String) -> Bool {
        kinds.contains { $0.mapping == mapping && $0.operation == operation }
    }
}
