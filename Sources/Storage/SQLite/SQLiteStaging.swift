import Synchronization

/// Temporary tables on the one connection that writes, told apart by a number in their names.
struct SQLiteStaging: Staging {
    let database: SQLiteDatabase
    private let number: Int

    private static let last = Atomic<Int>(0)

    init(database: SQLiteDatabase) {
        self.database = database
        number = Self.last.add(1, ordering: .relaxed).newValue
    }

    private var prefix: String { "Staging\(number)_" }

    func table(_ name: String) -> SQL { SQL(identifier: prefix + name) }

    func write<T: Sendable>(_ body: @Sendable (any Transaction) throws -> T) async throws -> T {
        try await database.write(body)
    }

    /// Drops what was made, also when the task was cancelled; a database that cannot do that any more has failed the
    /// work already, and the tables go with its connection.
    func drop() async {
        let prefix = prefix
        try? await database.writeUncancelled { transaction in
            let tables = try transaction.rows(
                "SELECT name FROM sqlite_temp_master WHERE type = 'table' AND substr(name, 1, \(prefix.count)) = \(prefix)"
            )
            for table in tables {
                try transaction.execute("DROP TABLE temp.\(identifier: try table.string("name"))")
            }
        }
    }
}
