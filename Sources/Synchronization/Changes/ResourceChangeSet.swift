internal import Storage

/// The changes of one entity type's resources: computed from a staging table, and applied from UR_ResourceChanges.
struct ResourceChangeSet {
    let plan: ResourcePlan
    let session: String
    let transaction: any Transaction

    private var type: SQL { "\(literal: plan.type)" }
    private var key: SQL { SQL(identifier: plan.key.column) }
    private var columns: SQL { plan.fields.map { SQL(identifier: $0.column) }.joined() }

    private func columns(of table: SQL) -> SQL {
        plan.fields.map { "\(sql: table).\(identifier: $0.column)" as SQL }.joined()
    }

    private var before: SQL {
        transaction.dialect.jsonObject(plan.fields.map { ($0.property, "r.\(identifier: $0.column)") })
    }

    // MARK: Computing

    /// Whether no resource of the type is stored.
    func isEmpty() throws -> Bool {
        try !transaction.exists("SELECT 1 FROM UR_Resources WHERE Type = \(sql: type)")
    }

    /// Writes the change rows of a staged file, in the order of their keys, each with its cause as far as the row tells
    /// it.
    func compute(from staged: StagedFile) throws {
        let present: SQL = staged.hasCommand ? "s.Command <> 'delete'" : "1 = 1"
        // CROSS JOIN keeps SQLite on the order in which the staged rows drive and the key's index is asked.
        let differs =
            others
            .map { transaction.dialect.differs("r.\(identifier: $0.column)", "s.\(identifier: $0.column)") }
            .joined(separator: " OR ")
        if plan.fields.count > 1 {
            try transaction.execute(
                """
                \(sql: insertInto) SELECT \(session), \(sql: type), 'update', r.Id, s.\(sql: key), \(sql: columns(of: "s")),
                  \(sql: before), CASE WHEN \(sql: empties(in: "s")) THEN 'emptied' ELSE 'changed' END
                FROM \(sql: staged.table) s CROSS JOIN UR_Resources r
                WHERE r.Type = \(sql: type) AND r.\(sql: key) = s.\(sql: key) AND \(sql: present) AND (\(sql: differs))
                ORDER BY s.\(sql: key)
                """)
        }
        try transaction.execute(
            """
            \(sql: insertInto) SELECT \(session), \(sql: type), 'insert', NULL, s.\(sql: key), \(sql: columns(of: "s")), NULL, 'new'
            FROM \(sql: staged.table) s
            WHERE \(sql: present) AND NOT EXISTS (
              SELECT 1 FROM UR_Resources r WHERE r.Type = \(sql: type) AND r.\(sql: key) = s.\(sql: key))
            ORDER BY s.\(sql: key)
            """)
        let nothing = plan.fields.map { _ in "NULL" as SQL }.joined()
        let gone: SQL =
            staged.hasCommand
            ? """
            \(sql: staged.table) s CROSS JOIN UR_Resources r
              WHERE s.Command = 'delete' AND r.Type = \(sql: type) AND r.\(sql: key) = s.\(sql: key)
            """
            : """
            UR_Resources r\(sql: keyIndex)
              WHERE r.Type = \(sql: type) AND NOT EXISTS (
                SELECT 1 FROM \(sql: staged.table) s WHERE s.\(sql: key) = r.\(sql: key))
            """
        try transaction.execute(
            """
            \(sql: insertInto) SELECT \(session), \(sql: type), 'delete', r.Id, r.\(sql: key), \(sql: nothing), \(sql: before),
              'left'
            FROM \(sql: gone) ORDER BY r.\(sql: key)
            """)
        if staged.deletesUnusable {
            for id in try plan.unusableRows(transaction) {
                try transaction.execute(
                    """
                    \(sql: insertInto)
                    SELECT \(session), \(sql: type), 'delete', r.Id, '', \(sql: nothing), \(sql: before), 'left'
                    FROM UR_Resources r WHERE r.Id = \(id)
                    """)
            }
        }
    }

    private var keyIndex: SQL {
        transaction.dialect.indexed(by: ResourcePlan.index(plan.type, column: plan.key.column))
    }

    private var insertInto: SQL {
        """
        INSERT INTO UR_ResourceChanges (
          Session, Mapping, Operation, Resource_Id, KeyValue, \(sql: columns), Before, Cause)
        """
    }

    /// The fields but the key.
    private var others: [ResourcePlan.Field] { plan.fields.filter { $0.column != plan.key.column } }

    /// Whether a stored value of `r` is empty in the row of another table.
    private func empties(in table: SQL) -> SQL {
        others.map { empties($0, in: table) }.joined(separator: " OR ")
    }

    private func empties(_ field: ResourcePlan.Field, in table: SQL) -> SQL {
        "(r.\(identifier: field.column) IS NOT NULL AND \(sql: table).\(identifier: field.column) IS NULL)"
    }

    /// Inserted, updated, deleted.
    func counts() throws -> (inserted: Int, updated: Int, deleted: Int) {
        func count(_ operation: String) throws -> Int {
            try transaction.count(
                """
                SELECT count(*) FROM UR_ResourceChanges
                WHERE Session = \(session) AND Mapping = \(plan.type) AND Operation = \(operation)
                """)
        }
        return (try count("insert"), try count("update"), try count("delete"))
    }

    // MARK: Safeguards

    /// How many values of each property the updates empty; properties without any are left out.
    func emptiedValues() throws -> [String: Int] {
        guard !others.isEmpty else { return [:] }
        let sums = others.map { "sum(CASE WHEN \(sql: empties($0, in: "c")) THEN 1 ELSE 0 END)" as SQL }.joined()
        let row = try transaction.row(
            """
            SELECT \(sql: sums) FROM UR_ResourceChanges c CROSS JOIN UR_Resources r
            WHERE c.Session = \(session) AND c.Mapping = \(plan.type) AND c.Operation = 'update' AND r.Id = c.Resource_Id
            """)
        var counts: [String: Int] = [:]
        for (field, value) in zip(others, row?.values ?? []) {
            if case .integer(let number) = value, number > 0 { counts[field.property] = Int(number) }
        }
        return counts
    }

    /// How many stored resources have a value of the property, counted up to `limit`.
    func storedValues(of property: String, upTo limit: Int) throws -> Int {
        guard let field = plan.fields.first(where: { $0.property == property }) else { return 0 }
        return try transaction.count(
            """
            SELECT count(*) FROM (
              SELECT 1 FROM UR_Resources r\(sql: keyIndex)
              WHERE r.Type = \(sql: type) AND r.\(identifier: field.column) IS NOT NULL LIMIT \(limit)) stored
            """)
    }

    /// On the change rows `c`: updates that empty one of these properties.
    func emptying(_ properties: Set<String>) -> SQL {
        let fields = others.filter { properties.contains($0.property) }
        guard !fields.isEmpty else { return "1 = 0" }
        let isEmptied = fields.map { empties($0, in: "c") }.joined(separator: " OR ")
        return """
            (c.Operation = 'update' AND EXISTS (
              SELECT 1 FROM UR_Resources r WHERE r.Id = c.Resource_Id AND (\(sql: isEmptied))))
            """
    }

    /// Gives deletes that reappear as inserts with the same other values, and these inserts, their cause. Rows without
    /// any other value say nothing about each other.
    ///
    /// - Parameter table: the name of a temporary table that nobody else uses.
    /// - Returns: the number of such deletes.
    func markChangedKeys(in table: SQL) throws -> Int {
        guard !others.isEmpty else { return 0 }
        let dialect = transaction.dialect
        try transaction.execute(
            """
            CREATE TEMPORARY TABLE \(sql: table) (
              Content \(sql: dialect.text) NOT NULL, Operation \(sql: dialect.text) NOT NULL,
              Place \(sql: dialect.integer) NOT NULL, Change \(sql: dialect.integer) NOT NULL,
              PRIMARY KEY (Content, Operation, Place))\(sql: dialect.clustered)
            """)
        let sources: [(operation: String, values: SQL, from: SQL)] = [
            ("insert", "c", "UR_ResourceChanges c WHERE 1 = 1"),
            ("delete", "r", "UR_ResourceChanges c CROSS JOIN UR_Resources r WHERE r.Id = c.Resource_Id"),
        ]
        for (operation, values, from) in sources {
            let content = dialect.jsonObject(others.map { ($0.property, "\(sql: values).\(identifier: $0.column)") })
            let place: SQL = "row_number() OVER (PARTITION BY Content ORDER BY Change)"
            try transaction.execute(
                """
                INSERT INTO \(sql: table) (Content, Operation, Place, Change)
                SELECT Content, \(operation), \(sql: place), Change FROM (
                  SELECT \(sql: content) AS Content, c.Id AS Change FROM \(sql: from)
                    AND c.Session = \(session) AND c.Mapping = \(plan.type) AND c.Operation = \(operation)) contents
                WHERE Content <> '{}'
                """)
        }
        let marked = try transaction.execute(
            """
            UPDATE UR_ResourceChanges SET Cause = 'keyChanged' WHERE Id IN (
              SELECT a.Change FROM \(sql: table) a WHERE EXISTS (
                SELECT 1 FROM \(sql: table) b WHERE b.Content = a.Content AND b.Place = a.Place
                  AND b.Operation = CASE a.Operation WHEN 'insert' THEN 'delete' ELSE 'insert' END))
            """)
        try transaction.execute("DROP TABLE \(sql: table)")
        return marked / 2
    }

    // MARK: Digests

    func hasChanges() throws -> Bool {
        try transaction.exists(
            "SELECT 1 FROM UR_ResourceChanges WHERE Session = \(session) AND Mapping = \(plan.type)")
    }

    /// The stored values of the resources that an operation's change rows name, in the order of the fields.
    func storedRows(of operation: String) -> SQL {
        let match: SQL = operation == "insert" ? "r.\(sql: key) = c.KeyValue" : "r.Id = c.Resource_Id"
        return """
            SELECT \(sql: columns(of: "r")) FROM UR_ResourceChanges c CROSS JOIN UR_Resources r
            WHERE c.Session = \(session) AND c.Mapping = \(plan.type) AND c.Operation = \(operation)
              AND r.Type = \(sql: type) AND \(sql: match)
            """
    }

    /// The key of a change row whose resource is not stored as it was when the row was computed; nil: all are.
    func firstStale() throws -> String? {
        try transaction.row(
            """
            SELECT c.KeyValue FROM UR_ResourceChanges c
            WHERE c.Session = \(session) AND c.Mapping = \(plan.type) AND c.Operation IN ('update', 'delete')
              AND NOT EXISTS (
                SELECT 1 FROM UR_Resources r
                WHERE r.Id = c.Resource_Id AND r.Type = \(sql: type) AND \(sql: before) = c.Before)
            UNION ALL SELECT c.KeyValue FROM UR_ResourceChanges c CROSS JOIN UR_Resources r
            WHERE c.Session = \(session) AND c.Mapping = \(plan.type) AND c.Operation = 'insert'
              AND r.Type = \(sql: type) AND r.\(sql: key) = c.KeyValue
            LIMIT 1
            """)?.optionalString("KeyValue")
    }

    /// The key of a change row of another session that this one's changes lack; nil: each has its equal here.
    func firstMissing(of other: String) throws -> String? {
        func rows(_ session: String) -> SQL {
            """
            SELECT KeyValue, Operation, Before, \(sql: columns) FROM UR_ResourceChanges
            WHERE Session = \(session) AND Mapping = \(plan.type)
            """
        }
        return try transaction.row(
            "\(sql: rows(other)) EXCEPT \(sql: rows(session)) ORDER BY KeyValue LIMIT 1")?.optionalString("KeyValue")
    }

    /// The values that inserts and updates give, in the order of the fields.
    var newRows: SQL {
        """
        SELECT \(sql: columns) FROM UR_ResourceChanges
        WHERE Session = \(session) AND Mapping = \(plan.type) AND Operation IN ('insert', 'update')
        """
    }

    // MARK: Applying

    /// Key values that appear, go, or come to mean another resource with these changes; to be asked before the apply.
    func touchedKeys(column: String, isPrimaryKey: Bool) -> SQL {
        let mine: SQL = "c.Session = \(session) AND c.Mapping = \(plan.type)"
        let column = SQL(identifier: column)
        let differs = transaction.dialect.differs("r.\(sql: column)", "c.\(sql: column)")
        let moved: SQL =
            isPrimaryKey
            ? ""
            : """
             UNION SELECT r.\(sql: column) FROM UR_ResourceChanges c CROSS JOIN UR_Resources r
              WHERE \(sql: mine) AND c.Operation = 'update' AND r.Id = c.Resource_Id
                AND \(sql: differs) AND r.\(sql: column) IS NOT NULL
            UNION SELECT c.\(sql: column) FROM UR_ResourceChanges c CROSS JOIN UR_Resources r
              WHERE \(sql: mine) AND c.Operation = 'update' AND r.Id = c.Resource_Id
                AND \(sql: differs) AND c.\(sql: column) IS NOT NULL
            """
        return """
            SELECT c.\(sql: column) FROM UR_ResourceChanges c
              WHERE \(sql: mine) AND c.Operation = 'insert' AND c.\(sql: column) IS NOT NULL
            UNION SELECT r.\(sql: column) FROM UR_ResourceChanges c CROSS JOIN UR_Resources r
              WHERE \(sql: mine) AND c.Operation = 'delete' AND r.Id = c.Resource_Id AND r.\(sql: column) IS NOT NULL
            \(sql: moved)
            """
    }

    /// Applies the change rows to UR_Resources: first what goes, so that its keys are free. In slices, so that its
    /// progress can be seen.
    func apply(slice: Int = 20_000, progress: (Int) -> Void) throws {
        var count = 0
        try forEachSlice("delete", of: slice) { rows in
            let gone: SQL = "SELECT c.Resource_Id FROM UR_ResourceChanges c WHERE \(sql: rows)"
            try transaction.execute("DELETE FROM UR_ResourceFiles WHERE Resource_Id IN (\(sql: gone))")
            count += try transaction.execute("DELETE FROM UR_Resources WHERE Id IN (\(sql: gone))")
            progress(count)
        }
        let assignments = others.map {
            "\(identifier: $0.column) = c.\(identifier: $0.column)" as SQL
        }
        let shown = plan.displayName.map { ["InternalDisplayName = c.\(identifier: $0.column)" as SQL] } ?? []
        try forEachSlice("update", of: slice) { rows in
            count += try transaction.execute(
                """
                UPDATE UR_Resources SET \(sql: (shown + assignments).joined()) FROM UR_ResourceChanges c
                WHERE \(sql: rows) AND UR_Resources.Id = c.Resource_Id
                """)
            progress(count)
        }
        try forEachSlice("insert", of: slice) { rows in
            count += try transaction.execute(
                """
                INSERT INTO UR_Resources (Type, InternalDisplayName, \(sql: columns))
                SELECT c.Mapping, \(sql: displayName(of: "c")), \(sql: columns(of: "c"))
                FROM UR_ResourceChanges c WHERE \(sql: rows) ORDER BY c.Id
                """)
            progress(count)
        }
    }

    /// Calls `body` with a condition on `c`, the change rows, for one slice of an operation's rows after another.
    private func forEachSlice(_ operation: String, of slice: Int, _ body: (SQL) throws -> Void) throws {
        let mine: SQL = "c.Session = \(session) AND c.Mapping = \(plan.type) AND c.Operation = \(operation)"
        var after = 0
        while true {
            let last = try transaction.row(
                """
                SELECT max(Id) AS Last FROM (
                  SELECT c.Id FROM UR_ResourceChanges c WHERE \(sql: mine) AND c.Id > \(after) ORDER BY c.Id LIMIT \(slice)
                ) slice
                """)
            guard let until = try last?.optionalInt("Last") else { return }
            try body("\(sql: mine) AND c.Id > \(after) AND c.Id <= \(until)")
            after = until
        }
    }

    /// Lets the change rows name the resources that they made, for those who read them later.
    func nameInserted() throws {
        try transaction.execute(
            """
            UPDATE UR_ResourceChanges SET Resource_Id = (
              SELECT r.Id FROM UR_Resources r
              WHERE r.Type = \(sql: type) AND r.\(sql: key) = UR_ResourceChanges.KeyValue)
            WHERE Session = \(session) AND Mapping = \(plan.type) AND Operation = 'insert'
            """)
    }

    // MARK: Loading

    func countLoad(_ staged: StagedFile) throws -> Int {
        staged.hasCommand
            ? try transaction.count("SELECT count(*) FROM \(sql: staged.table) WHERE Command <> 'delete'") : staged.rows
    }

    /// Inserts a staged file into the empty entity type, in slices, so that its progress can be seen.
    func load(_ staged: StagedFile, slice: Int = 50_000, progress: (Int) -> Void) throws {
        let present: SQL = staged.hasCommand ? "s.Command <> 'delete'" : "1 = 1"
        var after = SQLValue.null
        var count = 0
        while true {
            let behind: SQL = after == .null ? "1 = 1" : "s.\(sql: key) > \(after)"
            let last = try transaction.row(
                """
                SELECT s.\(sql: key) FROM \(sql: staged.table) s WHERE \(sql: behind)
                ORDER BY s.\(sql: key) LIMIT 1 OFFSET \(slice - 1)
                """)?[0]
            let until: SQL = last.map { "s.\(sql: key) <= \($0)" } ?? "1 = 1"
            count += try transaction.execute(
                """
                INSERT INTO UR_Resources (Type, InternalDisplayName, \(sql: columns))
                SELECT \(sql: type), \(sql: displayName(of: "s")), \(sql: columns(of: "s"))
                FROM \(sql: staged.table) s WHERE \(sql: behind) AND \(sql: until) AND \(sql: present)
                ORDER BY s.\(sql: key)
                """)
            progress(count)
            guard let last else { return }
            after = last
        }
    }

    private func displayName(of table: SQL) -> SQL {
        plan.displayName.map { "\(sql: table).\(identifier: $0.column)" } ?? "NULL"
    }
}
