import Foundation

/// Opens what `ConnectionString` names: `sqlite:path`.
///
/// - Throws: `notSupported` for a libpq string or URI, `invalidConnectionString` for anything else.
package func openDatabase(_ connectionString: String) throws -> any Database {
    if connectionString.hasPrefix("sqlite:") {
        let path = String(connectionString.dropFirst("sqlite:".count))
        guard !path.isEmpty, path != ":memory:" else {
            throw StorageError(
                .invalidConnectionString,
                "The connection string \"\(connectionString)\" names no file; write sqlite:path, for instance "
                    + "sqlite:weir.db.")
        }
        return try SQLiteDatabase(path: path)
    }
    let isPostgreSQL =
        ["postgresql://", "postgres://"].contains { connectionString.hasPrefix($0) }
        || ["host=", "dbname=", "service=", "user="].contains { connectionString.contains($0) }
    // The string is not shown: it may hold a password.
    if isPostgreSQL {
        throw StorageError(
            .notSupported,
            "The connection string names a PostgreSQL database, which this version of Weir does not speak; write "
                + "sqlite:path.")
    }
    throw StorageError(
        .invalidConnectionString,
        "The connection string is not understood; write sqlite:path, for instance sqlite:weir.db.")
}

/// Whether what `ConnectionString` names is there; opening it would make it.
package func databaseExists(_ connectionString: String) -> Bool {
    guard connectionString.hasPrefix("sqlite:") else { return true }
    return FileManager.default.fileExists(atPath: String(connectionString.dropFirst("sqlite:".count)))
}
