/// Brings a database's schema to the one that this version of Weir knows.
package struct Migrator {
    /// In order; each in its file in `Migrations/`.
    static let migrations: [any Migration] = [
        CreateSynchronizationTables(),
        CreateServerTables(),
        AddVerification(),
        AddSafeguards(),
        CreateQuarantineTables(),
        AddSimulations(),
    ]

    /// Runs what is missing, in one transaction that keeps other processes out: all of it, or nothing.
    ///
    /// - Returns: the names of the migrations that it ran.
    /// - Throws: `newerSchema` when the database has a migration that this version does not know.
    @discardableResult
    package static func migrate(_ database: any Database) async throws -> [String] {
        try await database.write { transaction in
            let missing = try missing(transaction, creatingTable: true)
            for migration in missing {
                try migration.run(transaction)
                try transaction.execute("INSERT INTO US_Migrations (Name) VALUES (\(migration.name))")
            }
            return missing.map(\.name)
        }
    }

    /// The names of the migrations that a database lacks.
    package static func pending(_ database: any Database) async throws -> [String] {
        try await database.read { transaction in
            try missing(transaction, creatingTable: false).map(\.name)
        }
    }

    private static func missing(_ transaction: any Transaction, creatingTable: Bool) throws -> [any Migration] {
        if creatingTable {
            try transaction.execute(
                """
                CREATE TABLE IF NOT EXISTS US_Migrations (
                  Name TEXT NOT NULL PRIMARY KEY,
                  AppliedAt TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)
                """)
        } else if try !transaction.hasTable("US_Migrations") {
            return migrations
        }
        let applied = try transaction.rows("SELECT Name FROM US_Migrations ORDER BY Name").map { try $0.string("Name") }
        let known = Set(migrations.map(\.name))
        if let unknown = applied.first(where: { !known.contains($0) }) {
            throw StorageError(
                .newerSchema,
                "The database was made by a newer version of Weir (its migration \"\(unknown)\" is not known here); "
                    + "install that version, or restore a backup made before it.")
        }
        return migrations.filter { !applied.contains($0.name) }
    }
}

extension Transaction {
    /// Whether the database has a table or view of that name.
    package func hasTable(_ name: String) throws -> Bool {
        switch dialect {
        case .sqlite: try exists("SELECT 1 FROM sqlite_master WHERE name = \(name)")
        case .postgresql:
            try exists("SELECT 1 FROM information_schema.tables WHERE table_name = lower(\(name))")
        }
    }
}
