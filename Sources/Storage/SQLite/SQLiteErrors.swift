import GRDB

/// Runs `body`; an error of SQLite becomes one that names the file and the mend.
func mappingErrors<T>(_ path: String, _ body: () throws -> T) throws -> T {
    do {
        return try body()
    } catch let error as DatabaseError {
        // GRDB interrupts the statement of a cancelled task.
        if error.resultCode == .SQLITE_INTERRUPT || error.resultCode == .SQLITE_ABORT { throw CancellationError() }
        throw StorageError(error, path: path)
    }
}

func mappingErrors<T>(_ path: String, _ body: () async throws -> T) async throws -> T {
    do {
        return try await body()
    } catch let error as DatabaseError {
        // GRDB interrupts the statement of a cancelled task.
        if error.resultCode == .SQLITE_INTERRUPT || error.resultCode == .SQLITE_ABORT { throw CancellationError() }
        throw StorageError(error, path: path)
    }
}

extension StorageError {
    /// Messages of SQLite name tables and columns, never values, so they may be shown.
    init(_ error: DatabaseError, path: String) {
        let message = error.message ?? "error \(error.resultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(
                .full, "\(path): the disk is full, nothing was changed; free space on its volume and run this again.")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                .busy,
                "\(path): another process keeps the database locked; end it, or wait for it, and run this again.")
        case .SQLITE_READONLY:
            self.init(
                .readOnly,
                "\(path): the database cannot be written (\(message)); give its owner the right to write the file and "
                    + "its folder.")
        case .SQLITE_CORRUPT:
            self.init(.corrupt, "\(path): the database is damaged (\(message)); restore it from a backup.")
        case .SQLITE_NOTADB:
            self.init(
                .notADatabase,
                "\(path) is not an SQLite database; name another file in ConnectionString, or move this one away.")
        case .SQLITE_CANTOPEN:
            self.init(
                .cannotOpen,
                "\(path): the database cannot be opened (\(message)); check the folder and its rights, or name another "
                    + "file in ConnectionString.")
        case .SQLITE_CONSTRAINT:
            self.init(.constraint, "\(path): \(message).")
        case .SQLITE_IOERR:
            self.init(
                .inputOutput,
                "\(path): the disk gave an error (\(message)); nothing was changed. Check the volume and run this again."
            )
        default:
            self.init(.statement, "\(path): the database refused a statement: \(message).")
        }
    }
}
