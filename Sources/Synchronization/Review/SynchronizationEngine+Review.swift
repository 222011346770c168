package import API
internal import Foundation
internal import Storage

extension SynchronizationEngine {
    /// A session, or a held set by its id, with its counters by cause and who decided on it.
    package func review(of id: String) async throws -> ChangeReview {
        try await database.read { transaction in
            let record = try Self.reviewed(id, transaction)
            let counts = try [ChangeQuery.Table.resources, .links].flatMap { table in
                try ChangeQuery(table: table, session: id, filter: ChangeFilter(), transaction: transaction).counts()
            }
            let sets = HeldSetStore(transaction: transaction, now: .distantPast)
            let set = try sets.find(id)
            // A held set outlives the session on which it was decided; what releases it has no decision of its own.
            let decided = try set ?? record.releases.flatMap(sets.find)
            let decisions =
                try decided.map { try Decision.all(on: $0, transaction) } ?? Decision.all(of: record.id, transaction)
            return ChangeReview(
                session: record.session(progress: watch.progress(of: record.id)), heldSet: set, counts: counts,
                properties: try Self.properties(of: id, record, counts, transaction), decisions: decisions)
        }
    }

    /// Which properties the first updates of each mapping change, the most frequent first.
    private static func properties(
        of id: String, _ record: SessionRecord, _ counts: [ChangeCount], _ transaction: any Transaction
    ) throws -> [ChangedProperty] {
        let updated = Set(counts.filter { $0.operation == "update" }.map(\.mapping))
        return try record.definition.resourcePlans.filter { updated.contains($0.type) }.flatMap { plan in
            let query = ChangeQuery(
                table: .resources, session: id, filter: ChangeFilter(mapping: plan.type, operation: "update"),
                transaction: transaction)
            var found: [String: ChangedProperty] = [:]
            for row in try query.page("*", size: ChangeReview.sampledUpdates, after: nil).rows {
                let change = try change(row, plan)
                for property in Set(change.before.keys).union(change.after.keys) {
                    var counted =
                        found[property]
                        ?? ChangedProperty(mapping: plan.type, property: property, updates: 0, emptied: 0)
                    counted.updates += 1
                    counted.emptied += change.after[property] == nil ? 1 : 0
                    found[property] = counted
                }
            }
            return found.values.sorted { ($1.updates, $0.property) < ($0.updates, $1.property) }
        }
    }

    /// What is to be looked at: of the connector, or of all, what waits for a decision (a blocked session, a held set, a
    /// planned session, in this order), then what was approved and waits to be applied; else the newest session whose
    /// changes were computed.
    ///
    /// - Returns: the id of a session or held set.
    /// - Throws: `notFound` when no session has computed anything.
    package func sessionToReview(connector: String?) async throws -> String {
        let ofConnector: SQL = connector.map { "Connector = \($0)" } ?? "1 = 1"
        let id = try await database.read { try Self.toReview(where: ofConnector, $0) }
        guard let id else {
            let whose = connector.map { "Connector \"\($0)\" has" } ?? "No connector has"
            throw SynchronizationError(
                .notFound, "\(whose) no session whose changes were computed; run its job, or simulate it.")
        }
        return id
    }

    /// The same of a job instance; nil: it computed nothing.
    package func sessionToReview(jobInstance: String) async throws -> String? {
        try await database.read { try Self.toReview(where: "JobInstance = \(jobInstance)", $0) }
    }

    private static func toReview(where condition: SQL, _ transaction: any Transaction) throws -> String? {
        func session(_ state: SQL, _ order: SQL) throws -> String? {
            try transaction.row(
                "SELECT Id FROM US_Sessions WHERE \(sql: condition) AND \(sql: state) ORDER BY \(sql: order) LIMIT 1"
            ).map { try $0.string("Id") }
        }
        func heldSet(_ state: HeldState) throws -> String? {
            try transaction.row(
                """
                SELECT Id FROM US_HeldSets WHERE \(sql: condition) AND State = \(state.rawValue)
                ORDER BY HeldSince, IsLinks, Mapping, Operation LIMIT 1
                """
            ).map { try $0.string("Id") }
        }
        let undecided =
            try session("State = 'blocked' AND ApprovedBy IS NULL", "Sequence") ?? heldSet(.held)
            ?? session("State = 'planned' AND ApprovedBy IS NULL", "Sequence")
        return try undecided ?? session("State = 'blocked'", "Sequence") ?? heldSet(.approved)
            ?? session("State = 'planned'", "Sequence") ?? session("ChangeSet IS NOT NULL", "Sequence DESC")
    }

    /// A session's computed changes of resources, page by page: updates, inserts, deletes, each in the order of keys.
    package func resourceChanges(
        session: String, _ filter: ChangeFilter = ChangeFilter(), pageSize: Int, continuationToken: String? = nil
    ) async throws -> Page<ResourceChange> {
        try await database.read { transaction in
            let record = try Self.reviewed(session, transaction)
            let query = ChangeQuery(table: .resources, session: session, filter: filter, transaction: transaction)
            let (rows, hasMore) = try query.page("*", size: pageSize, after: continuationToken)
            let plans = record.definition.resourcePlans
            let items = try rows.map { row in
                let mapping = try row.string("Mapping")
                return try Self.change(row, plans.first { $0.type == mapping })
            }
            return Page(items: items, continuationToken: hasMore ? items.last.map { "\($0.id)" } : nil)
        }
    }

    /// A session's computed changes of links, page by page.
    package func linkChanges(
        session: String, _ filter: ChangeFilter = ChangeFilter(), pageSize: Int, continuationToken: String? = nil
    ) async throws -> Page<LinkChange> {
        try await database.read { transaction in
            _ = try Self.reviewed(session, transaction)
            let query = ChangeQuery(table: .links, session: session, filter: filter, transaction: transaction)
            let (rows, hasMore) = try query.page(
                "Id, Mapping, Operation, Cause, Key1, Key2", size: pageSize, after: continuationToken)
            let items = try rows.map { row in
                LinkChange(
                    id: try row.int("Id"), mapping: try row.string("Mapping"), operation: try row.string("Operation"),
                    cause: try ChangeQuery.cause(row), key1: try row.string("Key1"), key2: try row.string("Key2"))
            }
            return Page(items: items, continuationToken: hasMore ? items.last.map { "\($0.id)" } : nil)
        }
    }

    private static func change(_ row: Row, _ plan: ResourcePlan?) throws -> ResourceChange {
        let operation = try row.string("Operation")
        var before = try row.json("Before", as: [String: String].self) ?? [:]
        var after: [String: String] = [:]
        for field in plan?.fields ?? [] where operation != "delete" {
            after[field.property] = try row.optionalString(field.column)
        }
        if operation == "update" {
            for (property, value) in before where after[property] == value {
                before[property] = nil
                after[property] = nil
            }
        }
        return ResourceChange(
            id: try row.int("Id"), mapping: try row.string("Mapping"), operation: operation,
            key: try row.optionalString("KeyValue") ?? "", cause: try ChangeQuery.cause(row), before: before,
            after: after)
    }
}
