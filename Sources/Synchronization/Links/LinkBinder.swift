internal import Storage

/// Binds pairs to resources, and derives UR_ResourceLinks and the mono-valued columns from that (DESIGN §6).
///
/// A pair is bound when both its keys name a resource and it is the first in byte order of those that do for every
/// mono-valued side that it has. Everything else is an orphan, with both ids NULL. A key that several resources share
/// names the one whose primary key comes first. Only pairs whose binding can have changed are looked at, so that the
/// work does not depend on how many links the resources have.
struct LinkBinder {
    let plan: LinkPlan
    let transaction: any Transaction
    /// Names of temporary tables that nobody else uses.
    let table: (String) -> SQL

    private var mapping: SQL { "\(literal: plan.mapping)" }
    private var candidates: SQL { table("Candidates") }
    private var resolved: SQL { table("Resolved") }
    private var rebound: SQL { table("Rebound") }

    /// What becomes of a candidate pair.
    private enum Fate {
        static let deleted = -1
        static let stored = 0
        static let inserted = 1
        /// Only looked at to see who is first.
        static let context = 2
    }

    /// Which stored pairs may bind otherwise than before.
    enum Scope {
        /// Those with one of these keys: queries with one column of keys.
        case keys(side1: SQL?, side2: SQL?)
        case all
    }

    // MARK: Applying changes

    /// Applies the session's link changes and binds what they, or changed resources, touch.
    ///
    /// - Returns: by how much the number of orphans grows.
    func apply(changesOf session: String, rebinding scope: Scope) throws -> Int {
        try makeTables()
        try transaction.execute(
            """
            INSERT INTO \(sql: candidates) (Key1, Key2, Fate)
            SELECT Key1, Key2, CASE Operation WHEN 'insert' THEN \(Fate.inserted) ELSE \(Fate.deleted) END
            FROM UR_ResourceLinkChanges WHERE Session = \(session) AND Mapping = \(sql: mapping)
            """)
        switch scope {
        case .all: try addStored(where: "1 = 1", as: Fate.stored)
        case .keys(let side1, let side2):
            if let side1 { try addStored(where: "p.Key1 IN (\(sql: side1))", as: Fate.stored) }
            if let side2 { try addStored(where: "p.Key2 IN (\(sql: side2))", as: Fate.stored) }
            try addRivals()
        }
        try resolve(from: "\(sql: candidates) k")
        try compare()
        try derive()
        try store()
        let orphans = try countNewOrphans()
        try dropTables()
        return orphans
    }

    /// Stores and binds the pairs of a mapping that has none yet.
    ///
    /// - Returns: the number of orphans.
    func load(_ staged: StagedFile) throws -> Int {
        try makeTables()
        let present: SQL = staged.hasCommand ? "WHERE s.Command <> 'delete'" : ""
        try resolve(
            from: "(SELECT s.Key1, s.Key2, \(Fate.inserted) AS Fate FROM \(sql: staged.table) s \(sql: present)) k")
        try transaction.execute(
            """
            INSERT INTO \(sql: rebound) (Key1, Key2, Fate, Old1, Old2, New1, New2)
            SELECT n.Key1, n.Key2, n.Fate, NULL, NULL, n.R1, n.R2 FROM (\(sql: decided)) n ORDER BY n.Key1, n.Key2
            """)
        try derive()
        try store()
        let orphans = try countNewOrphans()
        try dropTables()
        return orphans
    }

    /// Binds every stored pair again: where a deployment changed how links are stored.
    ///
    /// - Returns: by how much the number of orphans grows.
    func bindAll() throws -> Int {
        try makeTables()
        try addStored(where: "1 = 1", as: Fate.stored)
        try resolve(from: "\(sql: candidates) k")
        try compare()
        try derive()
        try store()
        let orphans = try countNewOrphans()
        try dropTables()
        return orphans
    }

    /// By how much the number of pairs that are bound to nothing grows.
    private func countNewOrphans() throws -> Int {
        try transaction.count(
            """
            SELECT COALESCE(sum(
              CASE WHEN Fate <> \(Fate.deleted) AND New1 IS NULL THEN 1 ELSE 0 END
              - CASE WHEN Fate <> \(Fate.inserted) AND Old1 IS NULL THEN 1 ELSE 0 END), 0)
            FROM \(sql: rebound)
            """)
    }

    // MARK: Steps

    private func makeTables() throws {
        let text = transaction.dialect.text
        let integer = transaction.dialect.integer
        let clustered = transaction.dialect.clustered
        try transaction.execute(
            """
            CREATE TEMPORARY TABLE \(sql: candidates) (
              Key1 \(sql: text) NOT NULL, Key2 \(sql: text) NOT NULL, Fate \(sql: integer) NOT NULL,
              PRIMARY KEY (Key1, Key2))\(sql: clustered)
            """)
        try transaction.execute(
            """
            CREATE TEMPORARY TABLE \(sql: resolved) (
              Key1 \(sql: text) NOT NULL, Key2 \(sql: text) NOT NULL, Fate \(sql: integer) NOT NULL,
              R1 \(sql: integer), R2 \(sql: integer), PRIMARY KEY (Key1, Key2))\(sql: clustered)
            """)
        try transaction.execute(
            """
            CREATE TEMPORARY TABLE \(sql: rebound) (
              Key1 \(sql: text) NOT NULL, Key2 \(sql: text) NOT NULL, Fate \(sql: integer) NOT NULL,
              Old1 \(sql: integer), Old2 \(sql: integer), New1 \(sql: integer), New2 \(sql: integer),
              PRIMARY KEY (Key1, Key2))\(sql: clustered)
            """)
    }

    private func dropTables() throws {
        for table in [candidates, resolved, rebound] { try transaction.execute("DROP TABLE \(sql: table)") }
    }

    private func addStored(where condition: SQL, as fate: Int) throws {
        try transaction.execute(
            """
            INSERT INTO \(sql: candidates) (Key1, Key2, Fate)
            SELECT p.Key1, p.Key2, \(fate) FROM US_Pairs p WHERE p.Mapping = \(sql: mapping) AND \(sql: condition)
            ON CONFLICT DO NOTHING
            """)
    }

    /// On a mono-valued side, the pairs of one key decide among themselves who binds: all of them are needed. Where both
    /// sides are, the rivals' own rivals on the other side are needed to decide about them, and no further.
    private func addRivals() throws {
        if plan.side1.isMonoValued {
            try addStored(where: "p.Key1 IN (SELECT Key1 FROM \(sql: candidates))", as: Fate.stored)
        }
        if plan.side2.isMonoValued {
            try addStored(where: "p.Key2 IN (SELECT Key2 FROM \(sql: candidates))", as: Fate.stored)
        }
        if plan.side1.isMonoValued, plan.side2.isMonoValued {
            let own: SQL = "FROM \(sql: candidates) WHERE Fate <> \(Fate.context)"
            try addStored(where: "p.Key1 IN (SELECT Key1 \(sql: own))", as: Fate.context)
            try addStored(where: "p.Key2 IN (SELECT Key2 \(sql: own))", as: Fate.context)
        }
    }

    /// The id of the resource that a key of that side names.
    func id(_ side: LinkPlan.Side, _ key: SQL) -> SQL {
        """
        (SELECT r.Id FROM UR_Resources r
           WHERE r.Type = \(literal: side.entityType) AND r.\(identifier: side.keyColumn) = \(sql: key)
           ORDER BY r.\(identifier: side.primaryKeyColumn) LIMIT 1)
        """
    }

    private func resolve(from source: SQL) throws {
        try transaction.execute(
            """
            INSERT INTO \(sql: resolved) (Key1, Key2, Fate, R1, R2)
            SELECT k.Key1, k.Key2, k.Fate, \(sql: id(plan.side1, "k.Key1")), \(sql: id(plan.side2, "k.Key2"))
            FROM \(sql: source) WHERE k.Fate <> \(Fate.deleted)
            """)
    }

    /// How many stored pairs are bound to other resources than their keys name now, or to none although they name some.
    func countMisbound() throws -> Int {
        let pairs: SQL = """
            (SELECT p.Key1, p.Key2, 0 AS Fate, \(sql: id(plan.side1, "p.Key1")) AS R1,
               \(sql: id(plan.side2, "p.Key2")) AS R2
             FROM US_Pairs p WHERE p.Mapping = \(sql: mapping)) looked
            """
        let differs: SQL =
            transaction.dialect.differs("p.R1_Id", "n.R1") + " OR " + transaction.dialect.differs("p.R2_Id", "n.R2")
        return try transaction.count(
            """
            SELECT count(*) FROM (\(sql: decided(from: pairs))) n JOIN US_Pairs p
              ON p.Mapping = \(sql: mapping) AND p.Key1 = n.Key1 AND p.Key2 = n.Key2
            WHERE \(sql: differs)
            """)
    }

    /// Candidates with what they bind to now: both ids, or none.
    private var decided: SQL { decided(from: resolved) }

    private func decided(from source: SQL) -> SQL {
        let isResolved: SQL = "R1 IS NOT NULL AND R2 IS NOT NULL"
        let group: SQL = "CASE WHEN \(sql: isResolved) THEN 1 ELSE 0 END"
        var place: SQL = ""
        var isFirst: SQL = ""
        if plan.side1.isMonoValued {
            place = place + ", row_number() OVER (PARTITION BY Key1, \(sql: group) ORDER BY Key2) AS Place1"
            isFirst = isFirst + " AND Place1 = 1"
        }
        if plan.side2.isMonoValued {
            place = place + ", row_number() OVER (PARTITION BY Key2, \(sql: group) ORDER BY Key1) AS Place2"
            isFirst = isFirst + " AND Place2 = 1"
        }
        return """
            SELECT Key1, Key2, Fate,
              CASE WHEN \(sql: isResolved)\(sql: isFirst) THEN R1 END AS R1,
              CASE WHEN \(sql: isResolved)\(sql: isFirst) THEN R2 END AS R2
            FROM (SELECT Key1, Key2, Fate, R1, R2\(sql: place) FROM \(sql: source)) placed
            """
    }

    /// Keeps the candidates whose binding changes, and those that come or go.
    private func compare() throws {
        let differs: SQL =
            transaction.dialect.differs("p.R1_Id", "n.R1") + " OR " + transaction.dialect.differs("p.R2_Id", "n.R2")
        try transaction.execute(
            """
            INSERT INTO \(sql: rebound) (Key1, Key2, Fate, Old1, Old2, New1, New2)
            SELECT n.Key1, n.Key2, n.Fate, p.R1_Id, p.R2_Id, n.R1, n.R2
            FROM (\(sql: decided)) n LEFT JOIN US_Pairs p
              ON p.Mapping = \(sql: mapping) AND p.Key1 = n.Key1 AND p.Key2 = n.Key2
            WHERE n.Fate = \(Fate.inserted)
              OR (n.Fate = \(Fate.stored) AND (\(sql: differs)))
            """)
        try transaction.execute(
            """
            INSERT INTO \(sql: rebound) (Key1, Key2, Fate, Old1, Old2, New1, New2)
            SELECT k.Key1, k.Key2, k.Fate, p.R1_Id, p.R2_Id, NULL, NULL
            FROM \(sql: candidates) k CROSS JOIN US_Pairs p
            WHERE k.Fate = \(Fate.deleted) AND p.Mapping = \(sql: mapping) AND p.Key1 = k.Key1 AND p.Key2 = k.Key2
            """)
    }

    private func derive() throws {
        if plan.hasLinkRows {
            try transaction.execute(
                """
                DELETE FROM UR_ResourceLinks WHERE Type = \(sql: mapping) AND (R1_Id, R2_Id) IN (
                  SELECT Old1, Old2 FROM \(sql: rebound) WHERE Old1 IS NOT NULL)
                """)
            try transaction.execute(
                """
                INSERT INTO UR_ResourceLinks (Type, R1_Id, R2_Id)
                SELECT \(sql: mapping), New1, New2 FROM \(sql: rebound) WHERE New1 IS NOT NULL ON CONFLICT DO NOTHING
                """)
        }
        if let column = plan.side1.column { try derive(column: column, old: "Old1", new: "New1", target: "New2") }
        if let column = plan.side2.column { try derive(column: column, old: "Old2", new: "New2", target: "New1") }
    }

    private func derive(column: String, old: SQL, new: SQL, target: SQL) throws {
        try transaction.execute(
            """
            UPDATE UR_Resources SET \(identifier: column) = NULL
            WHERE Id IN (SELECT \(sql: old) FROM \(sql: rebound) WHERE \(sql: old) IS NOT NULL)
            """)
        let value: SQL = column.hasPrefix("C") ? "CAST(b.\(sql: target) AS TEXT)" : "b.\(sql: target)"
        try transaction.execute(
            """
            UPDATE UR_Resources SET \(identifier: column) = \(sql: value) FROM \(sql: rebound) b
            WHERE UR_Resources.Id = b.\(sql: new)
            """)
    }

    private func store() throws {
        try transaction.execute(
            """
            DELETE FROM US_Pairs WHERE Mapping = \(sql: mapping) AND (Key1, Key2) IN (
              SELECT Key1, Key2 FROM \(sql: rebound) WHERE Fate = \(Fate.deleted))
            """)
        try transaction.execute(
            """
            UPDATE US_Pairs SET (R1_Id, R2_Id) = (
              SELECT b.New1, b.New2 FROM \(sql: rebound) b WHERE b.Key1 = US_Pairs.Key1 AND b.Key2 = US_Pairs.Key2)
            WHERE Mapping = \(sql: mapping) AND (Key1, Key2) IN (
              SELECT Key1, Key2 FROM \(sql: rebound) WHERE Fate = \(Fate.stored))
            """)
        try transaction.execute(
            """
            INSERT INTO US_Pairs (Mapping, Key1, Key2, R1_Id, R2_Id)
            SELECT \(sql: mapping), Key1, Key2, New1, New2 FROM \(sql: rebound) WHERE Fate = \(Fate.inserted)
            ORDER BY Key1, Key2
            ON CONFLICT (Mapping, Key1, Key2) DO UPDATE SET R1_Id = excluded.R1_Id, R2_Id = excluded.R2_Id
            """)
    }
}
