internal import Storage

/// The changes of one association mapping's pairs: computed from a staging table into UR_ResourceLinkChanges.
struct LinkChangeSet {
    let plan: LinkPlan
    let session: String
    let transaction: any Transaction

    func isEmpty() throws -> Bool {
        try !transaction.exists("SELECT 1 FROM US_Pairs WHERE Mapping = \(plan.mapping)")
    }

    /// Writes the change rows of a staged file, in the order of their keys.
    func compute(from staged: StagedFile) throws {
        let present: SQL = staged.hasCommand ? "s.Command <> 'delete'" : "1 = 1"
        try transaction.execute(
            """
            \(sql: insertInto) SELECT \(session), \(plan.mapping), 'insert', s.Key1, s.Key2, NULL, NULL, 'new'
            FROM \(sql: staged.table) s
            WHERE \(sql: present) AND NOT EXISTS (
              SELECT 1 FROM US_Pairs p WHERE p.Mapping = \(plan.mapping) AND p.Key1 = s.Key1 AND p.Key2 = s.Key2)
            ORDER BY s.Key1, s.Key2
            """)
        let gone: SQL =
            staged.hasCommand
            ? """
            \(sql: staged.table) s CROSS JOIN US_Pairs p
              WHERE s.Command = 'delete' AND p.Mapping = \(plan.mapping) AND p.Key1 = s.Key1 AND p.Key2 = s.Key2
            """
            : """
            US_Pairs p
              WHERE p.Mapping = \(plan.mapping) AND NOT EXISTS (
                SELECT 1 FROM \(sql: staged.table) s WHERE s.Key1 = p.Key1 AND s.Key2 = p.Key2)
            """
        try transaction.execute(
            """
            \(sql: insertInto) SELECT \(session), \(plan.mapping), 'delete', p.Key1, p.Key2, p.R1_Id, p.R2_Id,
              'left'
            FROM \(sql: gone) ORDER BY p.Key1, p.Key2
            """)
    }

    private var insertInto: SQL {
        "INSERT INTO UR_ResourceLinkChanges (Session, Mapping, Operation, Key1, Key2, R1_Id, R2_Id, Cause)"
    }

    /// Gives the pairs of mono-valued navigations whose other end changed their cause: the delete and the insert.
    func markMoved() throws {
        let mine: SQL = "Session = \(session) AND Mapping = \(plan.mapping)"
        let sides: [(key: SQL, side: LinkPlan.Side)] = [("Key1", plan.side1), ("Key2", plan.side2)]
        for (key, _) in sides.filter(\.side.isMonoValued) {
            let both = ["insert", "delete"].map { operation -> SQL in
                """
                \(sql: key) IN (
                  SELECT \(sql: key) FROM UR_ResourceLinkChanges WHERE \(sql: mine) AND Operation = \(operation))
                """
            }.joined(separator: " AND ")
            try transaction.execute(
                "UPDATE UR_ResourceLinkChanges SET Cause = 'moved' WHERE \(sql: mine) AND \(sql: both)")
        }
    }

    func counts() throws -> (inserted: Int, deleted: Int) {
        func count(_ operation: String) throws -> Int {
            try transaction.count(
                """
                SELECT count(*) FROM UR_ResourceLinkChanges
                WHERE Session = \(session) AND Mapping = \(plan.mapping) AND Operation = \(operation)
                """)
        }
        return (try count("insert"), try count("delete"))
    }

    func countLoad(_ staged: StagedFile) throws -> Int {
        staged.hasCommand
            ? try transaction.count("SELECT count(*) FROM \(sql: staged.table) WHERE Command <> 'delete'") : staged.rows
    }

    func hasChanges() throws -> Bool {
        try transaction.exists(
            "SELECT 1 FROM UR_ResourceLinkChanges WHERE Session = \(session) AND Mapping = \(plan.mapping)")
    }

    /// The stored pairs that an operation's change rows name.
    func storedPairs(of operation: String) -> SQL {
        """
        SELECT p.Key1, p.Key2 FROM UR_ResourceLinkChanges c CROSS JOIN US_Pairs p
        WHERE c.Session = \(session) AND c.Mapping = \(plan.mapping) AND c.Operation = \(operation)
          AND p.Mapping = \(plan.mapping) AND p.Key1 = c.Key1 AND p.Key2 = c.Key2
        """
    }

    /// All pairs that the change rows name.
    var pairs: SQL {
        "SELECT Key1, Key2 FROM UR_ResourceLinkChanges WHERE Session = \(session) AND Mapping = \(plan.mapping)"
    }

    /// Lets the change rows name the resources that their pairs bound, for those who read them later.
    func nameInserted() throws {
        try transaction.execute(
            """
            UPDATE UR_ResourceLinkChanges SET (R1_Id, R2_Id) = (
              SELECT p.R1_Id, p.R2_Id FROM US_Pairs p
              WHERE p.Mapping = \(plan.mapping) AND p.Key1 = UR_ResourceLinkChanges.Key1
                AND p.Key2 = UR_ResourceLinkChanges.Key2)
            WHERE Session = \(session) AND Mapping = \(plan.mapping) AND Operation = 'insert'
            """)
    }
}
