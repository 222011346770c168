import Storage
import Synchronization

/// A database that notes how SQLite will find the rows of every statement it is given.
final class PlanRecorder: Database {
    private let database: any Database
    private let noted = Mutex<[(statement: String, step: String)]>([])

    init(_ database: any Database) {
        self.database = database
    }

    var dialect: Dialect { database.dialect }

    /// The steps noted since the last call, with their statements.
    func take() -> [(statement: String, step: String)] {
        noted.withLock { noted in
            defer { noted = [] }
            return noted
        }
    }

    func read<T: Sendable>(_ body: @Sendable (any Transaction) throws -> T) async throws -> T {
        try await database.read { try body(Recording(transaction: $0, recorder: self)) }
    }

    func write<T: Sendable>(_ body: @Sendable (any Transaction) throws -> T) async throws -> T {
        try await database.write { try body(Recording(transaction: $0, recorder: self)) }
    }

    func withStaging<T: Sendable>(_ body: (any Staging) async throws -> T) async throws -> T {
        try await database.withStaging { try await body(RecordingStaging(staging: $0, recorder: self)) }
    }

    private struct RecordingStaging: Staging {
        let staging: any Staging
        let recorder: PlanRecorder

        func table(_ name: String) -> SQL { staging.table(name) }

        func write<T: Sendable>(_ body: @Sendable (any Transaction) throws -> T) async throws -> T {
            try await staging.write { try body(Recording(transaction: $0, recorder: recorder)) }
        }
    }

    private struct Recording: Transaction {
        let transaction: any Transaction
        let recorder: PlanRecorder

        var dialect: Dialect { transaction.dialect }

        private func note(_ sql: SQL) throws {
            let text = sql.rendered(.sqlite).text
            guard ["SELECT", "INSERT", "UPDATE", "DELETE"].contains(where: { text.hasPrefix($0) }) else { return }
            try transaction.forEachRow("EXPLAIN QUERY PLAN \(sql: sql)") { row in
                let step = try row.string("detail")
                recorder.noted.withLock { $0.append((text, step)) }
            }
        }

        func execute(_ sql: SQL) throws -> Int {
            try note(sql)
            return try transaction.execute(sql)
        }

        func forEachRow(_ sql: SQL, _ body: (Row) throws -> Void) throws {
            try note(sql)
            try transaction.forEachRow(sql, body)
        }

        func forEachRowOfBytes(_ sql: SQL, _ body: ([UnsafeRawBufferPointer]) throws -> Void) throws {
            try note(sql)
            try transaction.forEachRowOfBytes(sql, body)
        }

        func load(
            into table: SQL, columns: [String], replacing: Bool, limit: Int, from source: inout some BulkSource
        ) throws -> Int {
            try transaction.load(into: table, columns: columns, replacing: replacing, limit: limit, from: &source)
        }
    }
}
