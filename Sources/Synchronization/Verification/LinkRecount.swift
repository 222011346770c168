internal import API
internal import Storage

/// Compares an association's pairs with the links that were derived from them: UR_ResourceLinks, or the columns of
/// mono-valued properties (DESIGN §6).
///
/// A pair whose link is missing or another leaves US_Pairs; a link without pair enters it with the keys of its ends. So
/// what SQL did to links is a difference of pairs, which the agent sees, and which a session repairs through its
/// safeguards. What no pair can stand for is counted, and bound anew by the next apply (`bindAnew`).
struct LinkRecount {
    let plan: LinkPlan
    let transaction: any Transaction
    /// Names of temporary tables that nobody else uses.
    let table: (String) -> SQL

    private var mapping: SQL { "\(literal: plan.mapping)" }
    private var extra: SQL { table("Extra") }
    private var binder: LinkBinder { LinkBinder(plan: plan, transaction: transaction, table: table) }

    /// - Returns: what no pair can stand for.
    func run() throws -> (strayLinks: Int, misboundPairs: Int) {
        // No file can name a pair whose keys are no text, so it goes here; its link enters as a pair again.
        let dialect = transaction.dialect
        try transaction.execute(
            """
            DELETE FROM US_Pairs WHERE Mapping = \(sql: mapping)
              AND NOT (\(sql: dialect.isText("Key1")) AND \(sql: dialect.isText("Key2")))
            """)
        // Everything is looked at before anything changes: a pair that leaves may let another one bind.
        let misbound = try binder.countMisbound()
        try collectExtra()
        try transaction.execute(
            "DELETE FROM US_Pairs WHERE Mapping = \(sql: mapping) AND R1_Id IS NOT NULL AND (\(sql: isMissing))")
        let strays = try transaction.count("SELECT count(*) FROM \(sql: extra)") - enterExtra()
        try transaction.execute("DROP TABLE \(sql: extra)")
        try keepCounters(misbound: strays + misbound)
        return (strays, misbound)
    }

    // MARK: Links without pair

    private func collectExtra() throws {
        let integer = transaction.dialect.integer
        try transaction.execute(
            """
            CREATE TEMPORARY TABLE \(sql: extra) (
              R1 \(sql: integer) NOT NULL, R2 \(sql: integer) NOT NULL, PRIMARY KEY (R1, R2))\
            \(sql: transaction.dialect.clustered)
            """)
        for links in storedLinks {
            try transaction.execute(
                """
                INSERT INTO \(sql: extra) (R1, R2)
                SELECT R1, R2 FROM (\(sql: links) EXCEPT \(sql: boundPairs)) found WHERE 1 = 1 ON CONFLICT DO NOTHING
                """)
        }
    }

    /// Wherever links of the association are stored: queries for their ends.
    private var storedLinks: [SQL] {
        if plan.hasLinkRows {
            return ["SELECT R1_Id AS R1, R2_Id AS R2 FROM UR_ResourceLinks WHERE Type = \(sql: mapping)"]
        }
        var links: [SQL] = []
        if let column = plan.side1.column {
            links.append(
                """
                SELECT Id AS R1, \(sql: Self.number(column)) AS R2 FROM UR_Resources
                WHERE Type = \(literal: plan.side1.entityType) AND \(identifier: column) IS NOT NULL
                """)
        }
        if let column = plan.side2.column {
            links.append(
                """
                SELECT \(sql: Self.number(column)) AS R1, Id AS R2 FROM UR_Resources
                WHERE Type = \(literal: plan.side2.entityType) AND \(identifier: column) IS NOT NULL
                """)
        }
        return links
    }

    private var boundPairs: SQL {
        "SELECT R1_Id, R2_Id FROM US_Pairs WHERE Mapping = \(sql: mapping) AND R1_Id IS NOT NULL"
    }

    /// Makes pairs of the links whose ends have keys that are free and name these very ends. Where several resources share
    /// a key, a pair with it would stand for the link of another one.
    private func enterExtra() throws -> Int {
        func key(_ side: LinkPlan.Side, _ alias: SQL) -> SQL { "\(sql: alias).\(identifier: side.keyColumn)" }
        func isUsable(_ side: LinkPlan.Side, _ alias: SQL) -> SQL {
            let key = key(side, alias)
            return """
                \(sql: alias).Type = \(literal: side.entityType) AND \(sql: transaction.dialect.isText(key))
                  AND \(sql: key) <> '' AND length(\(sql: key)) <= \(side.keyLimit)
                """
        }
        return try transaction.execute(
            """
            INSERT INTO US_Pairs (Mapping, Key1, Key2, R1_Id, R2_Id)
            SELECT \(sql: mapping), \(sql: key(plan.side1, "a")), \(sql: key(plan.side2, "b")), e.R1, e.R2
            FROM \(sql: extra) e JOIN UR_Resources a ON a.Id = e.R1 JOIN UR_Resources b ON b.Id = e.R2
            WHERE \(sql: isUsable(plan.side1, "a")) AND \(sql: isUsable(plan.side2, "b"))
              AND \(sql: binder.id(plan.side1, key(plan.side1, "a"))) = e.R1
              AND \(sql: binder.id(plan.side2, key(plan.side2, "b"))) = e.R2
            ON CONFLICT DO NOTHING
            """)
    }

    // MARK: Pairs without their link

    /// A condition on bound pairs. A link whose carrier is gone went with it, and comes back when that resource does.
    private var isMissing: SQL {
        if plan.hasLinkRows {
            return """
                NOT EXISTS (
                  SELECT 1 FROM UR_ResourceLinks l
                  WHERE l.Type = \(sql: mapping) AND l.R1_Id = US_Pairs.R1_Id AND l.R2_Id = US_Pairs.R2_Id)
                """
        }
        var conditions: [SQL] = []
        if let column = plan.side1.column {
            conditions.append(isMissing(column, of: plan.side1, carrier: "US_Pairs.R1_Id", target: "US_Pairs.R2_Id"))
        }
        if let column = plan.side2.column {
            conditions.append(isMissing(column, of: plan.side2, carrier: "US_Pairs.R2_Id", target: "US_Pairs.R1_Id"))
        }
        return conditions.joined(separator: " OR ")
    }

    private func isMissing(_ column: String, of side: LinkPlan.Side, carrier: SQL, target: SQL) -> SQL {
        let differs = transaction.dialect.differs("r.\(identifier: column)", Self.value(target, in: column))
        return """
            EXISTS (
              SELECT 1 FROM UR_Resources r
              WHERE r.Id = \(sql: carrier) AND r.Type = \(literal: side.entityType) AND \(sql: differs))
            """
    }

    private static func number(_ column: String) -> SQL {
        column.hasPrefix("C") ? "CAST(\(identifier: column) AS INTEGER)" : SQL(identifier: column)
    }

    private static func value(_ id: SQL, in column: String) -> SQL {
        column.hasPrefix("C") ? "CAST(\(sql: id) AS TEXT)" : id
    }

    private func keepCounters(misbound: Int) throws {
        let stored = try transaction.count("SELECT count(*) FROM US_Pairs WHERE Mapping = \(sql: mapping)")
        let orphans = try transaction.count(
            "SELECT count(*) FROM US_Pairs WHERE Mapping = \(sql: mapping) AND R1_Id IS NULL")
        try transaction.execute(
            """
            INSERT INTO US_Counters (Mapping, Stored, Orphans, Misbound)
            VALUES (\(sql: mapping), \(stored), \(orphans), \(misbound))
            ON CONFLICT (Mapping) DO UPDATE SET Stored = excluded.Stored, Orphans = excluded.Orphans,
              Misbound = excluded.Misbound
            """)
    }
}

// MARK: Binding anew

extension LinkRecount {
    /// Whether the last recount found what the next apply has to bind anew.
    static func isWaiting(_ mapping: String, _ transaction: any Transaction) throws -> Bool {
        try transaction.exists("SELECT 1 FROM US_Counters WHERE Mapping = \(mapping) AND Misbound > 0")
    }

    /// The first of the mappings of which that is so; nil: none.
    static func firstWaiting(of plans: [LinkPlan], _ transaction: any Transaction) throws -> String? {
        try plans.first { try isWaiting($0.mapping, transaction) }?.mapping
    }

    /// After every pair was bound: removes links that no pair is bound to, and adds those that are missing.
    func bindAnew() throws {
        try collectExtra()
        if plan.hasLinkRows {
            try transaction.execute(
                """
                DELETE FROM UR_ResourceLinks WHERE Type = \(sql: mapping) AND (R1_Id, R2_Id) IN (
                  SELECT R1, R2 FROM \(sql: extra))
                """)
            try transaction.execute(
                """
                INSERT INTO UR_ResourceLinks (Type, R1_Id, R2_Id)
                SELECT \(sql: mapping), R1_Id, R2_Id FROM US_Pairs
                WHERE Mapping = \(sql: mapping) AND R1_Id IS NOT NULL ON CONFLICT DO NOTHING
                """)
        }
        if let column = plan.side1.column { try derive(column, of: plan.side1, from: "R1", to: "R2") }
        if let column = plan.side2.column { try derive(column, of: plan.side2, from: "R2", to: "R1") }
        try transaction.execute("DROP TABLE \(sql: extra)")
        try transaction.execute("UPDATE US_Counters SET Misbound = 0 WHERE Mapping = \(sql: mapping)")
    }

    private func derive(_ column: String, of side: LinkPlan.Side, from carrier: SQL, to target: SQL) throws {
        try transaction.execute(
            """
            UPDATE UR_Resources SET \(identifier: column) = NULL
            WHERE Type = \(literal: side.entityType) AND Id IN (SELECT \(sql: carrier) FROM \(sql: extra))
            """)
        let value = Self.value("p.\(sql: target)_Id", in: column)
        let differs = transaction.dialect.differs("UR_Resources.\(identifier: column)", value)
        try transaction.execute(
            """
            UPDATE UR_Resources SET \(identifier: column) = \(sql: value) FROM US_Pairs p
            WHERE p.Mapping = \(sql: mapping) AND UR_Resources.Id = p.\(sql: carrier)_Id AND \(sql: differs)
            """)
    }
}
