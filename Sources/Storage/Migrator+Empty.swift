extension Migrator {
    /// Empties every table but the record of migrations, in one transaction: configuration, resources, history, keys.
    ///
    /// For `deploy-configuration --reset-database`; there is no way back.
    package static func empty(_ database: any Database) async throws {
        try await database.write { transaction in
            for table in try transaction.tableNames() where table != "US_Migrations" {
                try transaction.execute("DELETE FROM \(identifier: table)")
            }
        }
    }
}

extension Transaction {
    /// Weir's tables: those that migrations made, and whatever else is there.
    fileprivate func tableNames() throws -> [String] {
        let query: SQL =
            switch dialect {
            case .sqlite: "SELECT name AS name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            case .postgresql: "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()"
            }
        return try rows(query).map { try $0.string("name") }
    }
}
