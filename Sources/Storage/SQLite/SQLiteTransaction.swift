import GRDB
import GRDBSQLite

/// A transaction of SQLite. Statements are stepped through the C interface: rows and bulk values are read and bound
/// without a detour through GRDB's values.
struct SQLiteTransaction: Transaction {
    let db: GRDB.Database
    let path: String

    var dialect: Dialect { .sqlite }

    func execute(_ sql: SQL) throws -> Int {
        let before = db.totalChangesCount
        let (text, values) = sql.rendered(.sqlite)
        try mappingErrors(path) {
            try db.makeStatement(sql: text).execute(arguments: StatementArguments(values.map(\.databaseValue)))
        }
        return db.totalChangesCount - before
    }

    func forEachRow(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        let (text, values) = sql.rendered(.sqlite)
        let statement = try mappingErrors(path) {
            let statement = try db.makeStatement(sql: text)
            try statement.setArguments(StatementArguments(values.map(\.databaseValue)))
            return statement
        }
        let columns = statement.columnNames
        let handle = statement.sqliteStatement
        defer { sqlite3_reset(handle) }
        while true {
            let code = sqlite3_step(handle)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw failure(code) }
            let row = (0..<columns.count).map { SQLValue(statement: handle, column: CInt($0)) }
            try body(Row(columns: columns, values: row))
        }
    }

    func forEachRowOfBytes(_ sql: SQL, _ body: ([UnsafeRawBufferPointer]) throws -> Void) throws {
        let (text, values) = sql.rendered(.sqlite)
        let statement = try mappingErrors(path) {
            let statement = try db.makeStatement(sql: text)
            try statement.setArguments(StatementArguments(values.map(\.databaseValue)))
            return statement
        }
        let handle = statement.sqliteStatement
        defer { sqlite3_reset(handle) }
        var row = [UnsafeRawBufferPointer](
            repeating: UnsafeRawBufferPointer(start: nil, count: 0), count: statement.columnCount)
        var blobs: [UnsafeMutableRawBufferPointer] = []
        defer { for blob in blobs { blob.deallocate() } }
        while true {
            let code = sqlite3_step(handle)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw failure(code) }
            for column in row.indices {
                if sqlite3_column_type(handle, CInt(column)) == SQLITE_BLOB {
                    let blob = Self.marked(handle, CInt(column))
                    blobs.append(blob)
                    row[column] = UnsafeRawBufferPointer(blob)
                    continue
                }
                // The text first: asking for it may convert the value, which changes how many bytes there are.
                let bytes = sqlite3_column_text(handle, CInt(column))
                row[column] = UnsafeRawBufferPointer(
                    start: bytes, count: bytes == nil ? 0 : Int(sqlite3_column_bytes(handle, CInt(column))))
            }
            try body(row)
            if !blobs.isEmpty {
                for blob in blobs { blob.deallocate() }
                blobs.removeAll()
            }
        }
    }

    /// A BLOB's bytes behind a byte 0.
    private static func marked(_ handle: OpaquePointer?, _ column: CInt) -> UnsafeMutableRawBufferPointer {
        let bytes = sqlite3_column_blob(handle, column)
        let count = Int(sqlite3_column_bytes(handle, column))
        let blob = UnsafeMutableRawBufferPointer.allocate(byteCount: count + 1, alignment: 1)
        blob[0] = 0
        UnsafeMutableRawBufferPointer(rebasing: blob[1...]).copyMemory(
            from: UnsafeRawBufferPointer(start: bytes, count: count))
        return blob
    }

    func load(
        into table: SQL, columns: [String], replacing: Bool, limit: Int, from source: inout some BulkSource
    ) throws -> Int {
        let names = columns.map { SQL(identifier: $0) }.joined()
        let places = columns.map { _ in "?" as SQL }.joined()
        let verb: SQL = replacing ? "INSERT OR REPLACE" : "INSERT"
        let text = ("\(sql: verb) INTO \(sql: table) (\(sql: names)) VALUES (\(sql: places))" as SQL).rendered(.sqlite)
            .text
        let statement = try mappingErrors(path) { try db.makeStatement(sql: text) }
        let handle = statement.sqliteStatement
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        let transaction = self
        let row = BulkRow { index, bytes in
            // No destructor: the bytes stay until the row is stepped, so SQLite need not copy them.
            let code = sqlite3_bind_text64(
                handle, CInt(index + 1), bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                sqlite3_uint64(bytes.count), nil, UInt8(SQLITE_UTF8))
            if code != SQLITE_OK { throw transaction.failure(code) }
        }
        var count = 0
        while count < limit {
            sqlite3_clear_bindings(handle)
            guard try source.next(row) else { break }
            let code = sqlite3_step(handle)
            guard code == SQLITE_DONE else { throw failure(code) }
            sqlite3_reset(handle)
            count += 1
        }
        return count
    }

    private func failure(_ code: CInt) -> any Error {
        let error = DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: db.sqliteConnection.map { String(cString: sqlite3_errmsg($0)) })
        if error.resultCode == .SQLITE_INTERRUPT || error.resultCode == .SQLITE_ABORT { return CancellationError() }
        return StorageError(error, path: path)
    }
}
