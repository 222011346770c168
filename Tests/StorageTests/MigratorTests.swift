import Foundation
import Storage
import TestSupport
import Testing

struct MigratorTests {
    @Test func `an empty database gets every migration once`() async throws {
        let folder = try TemporaryFolder()
        let database = try SQLiteDatabase(path: folder.path("weir.db"))
        let pending = try await Migrator.pending(database)
        #expect(pending.first == "0001-synchronization")
        #expect(try await Migrator.migrate(database) == pending)
        #expect(try await Migrator.migrate(database) == [])
        #expect(try await Migrator.pending(database) == [])
    }

    @Test func `processes that migrate at once do it once`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("weir.db")
        let applied = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<4 {
                let database = try SQLiteDatabase(path: path)
                group.addTask { try await Migrator.migrate(database) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(applied).count == applied.count)
        #expect(!applied.isEmpty)
    }

    @Test func `a newer schema is refused`() async throws {
        let temporary = try await TemporaryDatabase()
        _ = try await temporary.database.write {
            try $0.execute("INSERT INTO US_Migrations (Name) VALUES ('9999-tomorrow')")
        }
        let error = await #expect(throws: StorageError.self) { try await Migrator.migrate(temporary.database) }
        #expect(error?.code == .newerSchema)
        #expect(error?.detail.contains("9999-tomorrow") == true)
    }

    /// The schema is part of what people rely on. `WEIR_RECORD=1` writes it anew after a migration was added.
    @Test func `the schema is the committed one`() async throws {
        let temporary = try await TemporaryDatabase()
        let schema = try await temporary.database.read { transaction in
            try transaction.rows(
                """
                SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
                ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, name
                """
            ).map { try $0.string("sql") + ";\n" }.joined()
        }
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/Schema/sqlite.sql")
        if ProcessInfo.processInfo.environment["WEIR_RECORD"] != nil {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try schema.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == schema)
    }

    @Test func `the tables and columns that people rely on are there`() async throws {
        let temporary = try await TemporaryDatabase()
        let columns = try await temporary.database.read { transaction in
            try transaction.rows("SELECT name FROM pragma_table_info('UR_Resources') ORDER BY cid").map {
                try $0.string("name")
            }
        }
        #expect(columns.count == 4 + 128 + 25)
        #expect(columns.prefix(5) == ["Id", "Type", "InternalDisplayName", "Dirty", "C0"])
        #expect(columns.contains("CV") && columns.contains("C10") && columns.contains("C3V"))
        #expect(columns.suffix(25).first == "I40" && columns.last == "I4O")
    }
}
