/// The rows that were rejected by each connector's last preparation, and the keys that are carried for them (DESIGN §5).
struct CreateQuarantineTables: Migration {
    let name = "0005-quarantine"

    func run(_ transaction: any Transaction) throws {
        let text = transaction.dialect.text
        let integer = transaction.dialect.integer
        let identity = transaction.dialect.identity
        try transaction.execute(
            """
            CREATE TABLE US_Quarantines (
              Connector \(sql: text) NOT NULL, Mapping \(sql: text) NOT NULL, SourceTable \(sql: text) NOT NULL,
              Rejected \(sql: integer) NOT NULL, ListedRejected \(sql: integer) NOT NULL,
              Carried \(sql: integer) NOT NULL, ListedCarried \(sql: integer) NOT NULL,
              Session \(sql: text) NOT NULL, JobInstance \(sql: text) NOT NULL, SeenAt \(sql: text) NOT NULL,
              PRIMARY KEY (Connector, Mapping))
            """)
        // RowHash tells a row that stays rejected from a new one: of its key, else of its text.
        try transaction.execute(
            """
            CREATE TABLE US_RejectedRows (
              Id \(sql: identity), Connector \(sql: text) NOT NULL, Session \(sql: text) NOT NULL,
              Mapping \(sql: text) NOT NULL, FileName \(sql: text), Line \(sql: integer) NOT NULL,
              ByteOffset \(sql: integer) NOT NULL, Reason \(sql: text) NOT NULL, KeyValue \(sql: text),
              Raw \(sql: text), RowHash \(sql: text) NOT NULL, FirstSeenAt \(sql: text) NOT NULL)
            """)
        try transaction.execute("CREATE INDEX US_RejectedRows_Connector ON US_RejectedRows (Connector, Id)")
        try transaction.execute("CREATE INDEX US_RejectedRows_Hash ON US_RejectedRows (Connector, Mapping, RowHash)")
        try transaction.execute(
            """
            CREATE TABLE US_CarriedRows (
              Id \(sql: identity), Connector \(sql: text) NOT NULL, Session \(sql: text) NOT NULL,
              Mapping \(sql: text) NOT NULL, Key1 \(sql: text) NOT NULL, Key2 \(sql: text),
              Reason \(sql: text) NOT NULL, RowHash \(sql: text) NOT NULL, Since \(sql: text) NOT NULL)
            """)
        try transaction.execute("CREATE INDEX US_CarriedRows_Connector ON US_CarriedRows (Connector, Id)")
        try transaction.execute("CREATE INDEX US_CarriedRows_Hash ON US_CarriedRows (Connector, Mapping, RowHash)")
        try transaction.execute("CREATE INDEX US_CarriedRows_Key1 ON US_CarriedRows (Mapping, Key1)")
        try transaction.execute("CREATE INDEX US_CarriedRows_Key2 ON US_CarriedRows (Mapping, Key2)")
    }
}
