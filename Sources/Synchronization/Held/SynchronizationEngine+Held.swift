package import API
internal import Foundation
internal import Storage

extension SynchronizationEngine {
    /// A connector's held sets that are not decided on and applied yet.
    package func heldSets(connector: String) async throws -> [HeldSet] {
        try await database.read { transaction in
            try HeldSetStore(transaction: transaction, now: .distantPast).open(connector: connector)
        }
    }

    /// What a job instance holds, sorted by mapping and operation; empty: nothing that waits for anybody.
    package func heldSets(jobInstance: String) async throws -> [HeldSet] {
        try await database.read { transaction in
            try HeldSetStore(transaction: transaction, now: .distantPast).open(jobInstance: jobInstance)
        }
    }

    /// What all connectors hold.
    package func heldSets() async throws -> [HeldSet] {
        try await database.read { transaction in
            try HeldSetStore(transaction: transaction, now: .distantPast).open()
        }
    }

    /// A held set, open or not.
    package func heldSet(_ id: String) async throws -> HeldSet {
        try await database.read { try Self.found(id, $0) }
    }

    /// The changes of a held set, page by page, resources first: what an agent needs to leave them out of its image, or
    /// to apply them. Kept until the connector's next run after the set was decided on.
    package func heldRows(
        of set: String, pageSize: Int, continuationToken: String? = nil
    ) async throws -> Page<HeldRow> {
        try await database.read { transaction in
            let held = try Self.found(set, transaction)
            let plans = try SessionStore(transaction: transaction, now: .distantPast).find(held.session).definition
                .resourcePlans
            let place = try HeldRowPlace(continuationToken)
            var rows: [(place: HeldRowPlace, row: HeldRow)] = []
            if !place.isInLinks {
                rows = try transaction.rows(
                    """
                    SELECT * FROM UR_ResourceChanges WHERE Session = \(set) AND Id > \(place.id)
                    ORDER BY Id LIMIT \(pageSize + 1)
                    """
                ).map { row in
                    (HeldRowPlace(isInLinks: false, id: try row.int("Id")), try Self.heldRow(row, plans))
                }
            }
            let room = pageSize + 1 - rows.count
            rows += try transaction.rows(
                """
                SELECT Id, Mapping, Operation, Key1, Key2 FROM UR_ResourceLinkChanges
                WHERE Session = \(set) AND Id > \(place.isInLinks ? place.id : 0) ORDER BY Id LIMIT \(room)
                """
            ).map { row in
                let operation = try row.string("Operation")
                let keys = ["Key1": try row.string("Key1"), "Key2": try row.string("Key2")]
                return (
                    HeldRowPlace(isInLinks: true, id: try row.int("Id")),
                    HeldRow(
                        mapping: try row.string("Mapping"), operation: operation,
                        before: operation == "delete" ? keys : nil, after: operation == "delete" ? nil : keys)
                )
            }
            let page = rows.prefix(pageSize)
            return Page(
                items: page.map(\.row), continuationToken: rows.count > pageSize ? page.last?.place.token : nil)
        }
    }

    private static func heldRow(_ row: Row, _ plans: [ResourcePlan]) throws -> HeldRow {
        let mapping = try row.string("Mapping")
        let operation = try row.string("Operation")
        var after: [String: String] = [:]
        for field in plans.first(where: { $0.type == mapping })?.fields ?? [] {
            after[field.property] = try row.optionalString(field.column)
        }
        return HeldRow(
            mapping: mapping, operation: operation, before: try row.json("Before", as: [String: String].self),
            after: operation == "delete" ? nil : after)
    }

    static func found(_ id: String, _ transaction: any Transaction) throws -> HeldSet {
        guard let set = try HeldSetStore(transaction: transaction, now: .distantPast).find(id) else {
            throw SynchronizationError(.notFound, "There is no held set \(id); run the job again.")
        }
        return set
    }

    /// The session by which change rows are understood that have this id: it itself, or that of a held set.
    static func reviewed(_ id: String, _ transaction: any Transaction) throws -> SessionRecord {
        let set = try HeldSetStore(transaction: transaction, now: .distantPast).find(id)
        return try SessionStore(transaction: transaction, now: .distantPast).find(set?.session ?? id)
    }
}

/// Where a page of held rows ends.
private struct HeldRowPlace {
    var isInLinks: Bool
    var id: Int

    init(isInLinks: Bool = false, id: Int = 0) {
        self.isInLinks = isInLinks
        self.id = id
    }

    init(_ token: String?) throws {
        guard let token else {
            self.init()
            return
        }
        guard let kind = token.first, kind == "r" || kind == "l", let id = Int(token.dropFirst()) else {
            throw SynchronizationError(
                .invalidRequest, "The continuation token \"\(token)\" is not one of this list; start at its beginning.")
        }
        self.init(isInLinks: kind == "l", id: id)
    }

    var token: String { (isInLinks ? "l" : "r") + "\(id)" }
}
