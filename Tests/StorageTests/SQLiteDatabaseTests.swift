import Foundation
import Storage
import TestSupport
import Testing

struct SQLiteDatabaseTests {
    @Test(arguments: DatabaseConformance.behaviours.indices) func `SQLite does what every database must`(
        behaviour: Int
    ) async throws {
        let temporary = try await TemporaryDatabase()
        try await DatabaseConformance.behaviours[behaviour].check(DatabaseConformance(database: temporary.database))
    }

    @Test func `the file and its companions are readable by their owner only`() async throws {
        let temporary = try await TemporaryDatabase()
        for name in ["weir.db", "weir.db-wal", "weir.db-shm"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: temporary.folder.path(name))
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    @Test func `what is committed is seen by another process`() async throws {
        let temporary = try await TemporaryDatabase()
        _ = try await temporary.database.write { try $0.execute("INSERT INTO UR_Resources (Type) VALUES ('T')") }
        let other = try temporary.reopened()
        #expect(try await other.read { try $0.count("SELECT count(*) FROM UR_Resources") } == 1)
    }

    @Test func `a full disk is said, and leaves what was there`() async throws {
        let temporary = try await TemporaryDatabase()
        let database = temporary.database
        _ = try await database.write { try $0.execute("INSERT INTO UR_Resources (Type) VALUES ('T')") }
        // SQLite answers with the same error when it reaches this limit as when the disk is full.
        let error = await #expect(throws: StorageError.self) {
            try await database.write { transaction in
                let pages = try transaction.count("PRAGMA page_count")
                _ = try transaction.count("PRAGMA max_page_count = \(literal: pages + 5)")
                for _ in 0..<100 {
                    try transaction.execute("INSERT INTO UR_Resources (Type, C0) VALUES ('T', hex(zeroblob(2000)))")
                }
            }
        }
        #expect(error?.code == .full)
        #expect(error?.detail.contains(database.path) == true)
        #expect(error?.detail.contains("free space") == true)
        #expect(error?.isTransient == true)
        #expect(try await database.read { try $0.count("SELECT count(*) FROM UR_Resources") } == 1)
    }

    @Test func `another process that keeps the lock is said`() async throws {
        let temporary = try await TemporaryDatabase()
        let other = try SQLiteDatabase(path: temporary.database.path, busyTimeout: .milliseconds(1))
        let error = try await temporary.database.write { transaction in
            try transaction.execute("INSERT INTO UR_Resources (Type) VALUES ('T')")
            return LockedOut.write(other)
        }.value
        #expect(error?.code == .busy)
    }

    private enum LockedOut {
        static func write(_ database: SQLiteDatabase) -> Task<StorageError?, Never> {
            let done = DispatchSemaphore(value: 0)
            let task = Task<StorageError?, Never> {
                defer { done.signal() }
                do {
                    _ = try await database.write { try $0.execute("INSERT INTO UR_Resources (Type) VALUES ('T')") }
                    return nil
                } catch {
                    return error as? StorageError
                }
            }
            done.wait()
            return task
        }
    }

    @Test func `a file that is no database is said`() throws {
        let folder = try TemporaryFolder()
        try Data(String(repeating: "Not a database. ", count: 100).utf8).write(
            to: URL(fileURLWithPath: folder.path("weir.db")))
        let error = #expect(throws: StorageError.self) { try openDatabase("sqlite:" + folder.path("weir.db")) }
        #expect(error?.code == .notADatabase)
        #expect(error?.detail.contains(folder.path("weir.db")) == true)
    }

    @Test func `a damaged database is said`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("weir.db")
        do {
            let database = try SQLiteDatabase(path: path)
            try await Migrator.migrate(database)
            _ = try await database.write { transaction in
                for number in 0..<500 {
                    try transaction.execute("INSERT INTO UR_Resources (Type, C0) VALUES ('T', \(number))")
                }
            }
            // Moves everything from the log into the file.
            try database.close()
        }
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        let size = try handle.seekToEnd()
        try handle.seek(toOffset: 4096)
        try handle.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 4096))
        try handle.close()
        let error = await #expect(throws: StorageError.self) {
            let database = try SQLiteDatabase(path: path)
            return try await database.read { try $0.count("SELECT count(C0) FROM UR_Resources") }
        }
        #expect(error?.code == .corrupt)
        #expect(error?.detail.contains("backup") == true)
    }

    @Test func `a folder that is not there is said`() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: StorageError.self) {
            try openDatabase("sqlite:" + folder.path("nowhere/weir.db"))
        }
        #expect(error?.code == .cannotOpen)
        #expect(error?.detail.contains("ConnectionString") == true)
    }

    @Test(arguments: ["postgresql://u:secret@h/db", "postgres://h/db", "host=h dbname=weir password=secret"])
    func `PostgreSQL is refused without showing the string`(text: String) {
        let error = #expect(throws: StorageError.self) { try openDatabase(text) }
        #expect(error?.code == .notSupported)
        #expect(error?.detail.contains("secret") == false)
    }

    @Test(arguments: ["", "weir.db", "sqlite:", "sqlite::memory:", "mysql://h/db"])
    func `any other connection string is refused`(text: String) {
        let error = #expect(throws: StorageError.self) { try openDatabase(text) }
        #expect(error?.code == .invalidConnectionString)
    }
}
