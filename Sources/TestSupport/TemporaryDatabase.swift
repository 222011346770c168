import Storage

/// A migrated SQLite database in a folder of its own.
package final class TemporaryDatabase: Sendable {
    package let folder: TemporaryFolder
    package let database: SQLiteDatabase

    package init() async throws {
        folder = try TemporaryFolder()
        database = try SQLiteDatabase(path: folder.path("weir.db"))
        try await Migrator.migrate(database)
    }

    /// Another connection to the same file, as a process that was started again has.
    package func reopened() throws -> SQLiteDatabase {
        try SQLiteDatabase(path: database.path)
    }
}
