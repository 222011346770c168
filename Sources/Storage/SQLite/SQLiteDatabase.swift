import Foundation
import GRDB

/// SQLite 3 in write-ahead mode: readers see snapshots and never wait, writers follow one another.
///
/// Every commit is on the disk when it returns (`synchronous = FULL`). Foreign keys are not enforced: plain SQL on the
/// UR_ tables is part of the contract (REFERENCE §3). The file and its companions are readable by their owner only.
package final class SQLiteDatabase: Database {
    package let path: String
    let pool: DatabasePool

    package var dialect: Dialect { .sqlite }

    /// - Parameter busyTimeout: how long a statement waits for another process's lock.
    package init(path: String, busyTimeout: Duration = .seconds(30)) throws {
        self.path = path
        try Self.makeFile(path)
        var configuration = GRDB.Configuration()
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(busyTimeout / .seconds(1))
        configuration.maximumReaderCount = 8
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // 64 MB a connection: random inserts into an index of a million rows stay in memory.
            try db.execute(sql: "PRAGMA cache_size = -65536")
        }
        pool = try mappingErrors(path) { [configuration] in try DatabasePool(path: path, configuration: configuration) }
    }

    /// Makes an empty file with the right mode first: SQLite gives its companions the mode of the file.
    private static func makeFile(_ path: String) throws {
        let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            Foundation.close(descriptor)
            return
        }
        let reason = String(cString: strerror(errno))
        if errno == EACCES || errno == EROFS, FileManager.default.fileExists(atPath: path) {
            throw StorageError(
                .readOnly, "\(path): the database cannot be written (\(reason)); give its owner the right to write.")
        }
        throw StorageError(
            .cannotOpen,
            "\(path): the database cannot be opened (\(reason)); check the folder and its rights, or name another file "
                + "in ConnectionString.")
    }

    /// Ends every connection, and moves the log into the file.
    package func close() throws {
        try mappingErrors(path) { try pool.close() }
    }

    package func read<T: Sendable>(_ body: @Sendable (any Transaction) throws -> T) async throws -> T {
        let path = path
        return try await mappingErrors(path) {
            try await pool.read { db in try body(SQLiteTransaction(db: db, path: path)) }
        }
    }

    package func write<T: Sendable>(_ body: @Sendable (any Transaction) throws -> T) async throws -> T {
        let path = path
        return try await mappingErrors(path) {
            try await pool.write { db in try body(SQLiteTransaction(db: db, path: path)) }
        }
    }

    /// A write that runs to its end although the calling task was cancelled: cleaning up.
    func writeUncancelled(_ body: @escaping @Sendable (any Transaction) throws -> Void) async throws {
        let path = path
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            pool.asyncWrite({ db in try body(SQLiteTransaction(db: db, path: path)) }) { _, result in
                continuation.resume(
                    with: result.mapError { error in
                        (error as? DatabaseError).map { StorageError($0, path: path) } ?? error
                    })
            }
        }
    }

    package func withStaging<T: Sendable>(_ body: (any Staging) async throws -> T) async throws -> T {
        let staging = SQLiteStaging(database: self)
        let result: Result<T, any Error>
        do {
            result = .success(try await body(staging))
        } catch {
            result = .failure(error)
        }
        await staging.drop()
        return try result.get()
    }
}
