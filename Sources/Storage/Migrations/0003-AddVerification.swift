/// What the server keeps of a connector's verifications (DESIGN §6).
struct AddVerification: Migration {
    let name = "0003-verification"

    func run(_ transaction: any Transaction) throws {
        let text = transaction.dialect.text
        let integer = transaction.dialect.integer
        // Links that are not where the pairs and keys say, and that no pair stands for: the next apply binds anew.
        try transaction.execute(
            "ALTER TABLE US_Counters ADD COLUMN Misbound \(sql: integer) NOT NULL DEFAULT 0")
        try transaction.execute(
            """
            CREATE TABLE US_Verifications (
              Connector \(sql: text) NOT NULL PRIMARY KEY, CheckedAt \(sql: text) NOT NULL,
              IsDeep \(sql: integer) NOT NULL, Resources \(sql: integer) NOT NULL, Links \(sql: integer) NOT NULL,
              RepairedAt \(sql: text), Session \(sql: text))
            """)
    }
}
