package import API
internal import Foundation
internal import Storage

extension SynchronizationEngine {
    /// A session's computed changes of resources, in the order of their keys, page by page; also those of a held set.
    ///
    /// - Parameter operation: `insert`, `update` or `delete`; nil: all.
    package func resourceChanges(
        session: String, mapping: String? = nil, operation: String? = nil, pageSize: Int,
        continuationToken: String? = nil
    ) async throws -> Page<ResourceChange> {
        try await database.read { transaction in
            let record = try Self.reviewed(session, transaction)
            let rows = try transaction.rows(
                """
                SELECT * FROM UR_ResourceChanges
                \(sql: try Self.filter(session, mapping, operation, continuationToken)) ORDER BY Id LIMIT \(pageSize + 1)
                """)
            let plans = record.definition.resourcePlans
            let items = try rows.prefix(pageSize).map { row in
                let mapping = try row.string("Mapping")
                return try Self.change(row, plans.first { $0.type == mapping })
            }
            return Page(items: items, continuationToken: rows.count > pageSize ? items.last.map { "\($0.id)" } : nil)
        }
    }

    /// A session's computed changes of links, page by page.
    package func linkChanges(
        session: String, mapping: String? = nil, operation: String? = nil, pageSize: Int,
        continuationToken: String? = nil
    ) async throws -> Page<LinkChange> {
        try await database.read { transaction in
            _ = try Self.reviewed(session, transaction)
            let rows = try transaction.rows(
                """
                SELECT Id, Mapping, Operation, Cause, Key1, Key2 FROM UR_ResourceLinkChanges
                \(sql: try Self.filter(session, mapping, operation, continuationToken)) ORDER BY Id LIMIT \(pageSize + 1)
                """)
            let items = try rows.prefix(pageSize).map { row in
                LinkChange(
                    id: try row.int("Id"), mapping: try row.string("Mapping"), operation: try row.string("Operation"),
                    cause: try row.optionalString("Cause").flatMap(ChangeCause.init), key1: try row.string("Key1"),
                    key2: try row.string("Key2"))
            }
            return Page(items: items, continuationToken: rows.count > pageSize ? items.last.map { "\($0.id)" } : nil)
        }
    }

    private static func filter(
        _ session: String, _ mapping: String?, _ operation: String?, _ token: String?
    ) throws -> SQL {
        var conditions: SQL = "WHERE Session = \(session)"
        if let mapping { conditions = conditions + " AND Mapping = \(mapping)" }
        if let operation { conditions = conditions + " AND Operation = \(operation)" }
        if let token {
            guard let last = Int(token) else {
                throw SynchronizationError(
                    .invalidRequest,
                    "The continuation token \"\(token)\" is not one of this list; start at its beginning.")
            }
            conditions = conditions + " AND Id > \(last)"
        }
        return conditions
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
            key: try row.optionalString("KeyValue") ?? "",
            cause: try row.optionalString("Cause").flatMap(ChangeCause.init), before: before, after: after)
    }
}
