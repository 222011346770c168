/// Causes of changes, and the changes that a threshold holds while the rest of their run is applied (DESIGN §8).
struct AddSafeguards: Migration {
    let name = "0004-safeguards"

    func run(_ transaction: any Transaction) throws {
        let text = transaction.dialect.text
        let integer = transaction.dialect.integer
        for table in ["UR_ResourceChanges", "UR_ResourceLinkChanges"] {
            try transaction.execute("ALTER TABLE \(identifier: table) ADD COLUMN Cause \(sql: text)")
        }
        try transaction.execute("ALTER TABLE US_Sessions ADD COLUMN Held \(sql: text)")
        try transaction.execute("ALTER TABLE US_Sessions ADD COLUMN Releases \(sql: text)")
        try transaction.execute(
            "ALTER TABLE US_Sessions ADD COLUMN IsVerification \(sql: integer) NOT NULL DEFAULT 0")
        try transaction.execute("ALTER TABLE UJ_TaskInstances ADD COLUMN SkipCode \(sql: text)")
        // The change rows of a held set have its id where those of a run have the session's.
        try transaction.execute(
            """
            CREATE TABLE US_HeldSets (
              Id \(sql: text) NOT NULL PRIMARY KEY, Connector \(sql: text) NOT NULL, Mapping \(sql: text) NOT NULL,
              IsLinks \(sql: integer) NOT NULL, Operation \(sql: text) NOT NULL, ChangeSet \(sql: text) NOT NULL,
              HeldSince \(sql: text) NOT NULL, Session \(sql: text) NOT NULL, JobInstance \(sql: text) NOT NULL,
              ChangeCount \(sql: integer) NOT NULL, LinkCount \(sql: integer) NOT NULL,
              Violations \(sql: text) NOT NULL, State \(sql: text) NOT NULL, ApprovedBy \(sql: text),
              EndedAt \(sql: text), Detail \(sql: text))
            """)
        try transaction.execute(
            """
            CREATE UNIQUE INDEX US_HeldSets_Open ON US_HeldSets (Connector, Mapping, Operation)
              WHERE State IN ('held', 'approved')
            """)
        try transaction.execute("CREATE INDEX US_HeldSets_JobInstance ON US_HeldSets (JobInstance)")
        try transaction.execute("CREATE INDEX US_HeldSets_Ended ON US_HeldSets (Connector, EndedAt)")
    }
}
