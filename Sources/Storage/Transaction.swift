/// What can be done inside a transaction. It must not leave the closure that it was given to.
package protocol Transaction {
    var dialect: Dialect { get }

    /// Runs one statement; the number of rows that it inserted, updated or deleted.
    @discardableResult
    func execute(_ sql: SQL) throws -> Int

    /// Calls `body` with each row, in order, without keeping them.
    func forEachRow(_ sql: SQL, _ body: (Row) throws -> Void) throws

    /// Inserts the rows of `source` into `table` with one prepared statement; the number of rows.
    ///
    /// - Parameter replacing: a row whose primary key is there already replaces it; else it is a constraint error.
    @discardableResult
    func load(
        into table: SQL, columns: [String], replacing: Bool, limit: Int, from source: inout some BulkSource
    ) throws -> Int
}

extension Transaction {
    package func rows(_ sql: SQL) throws -> [Row] {
        var rows: [Row] = []
        try forEachRow(sql) { rows.append($0) }
        return rows
    }

    /// The first row, nil when there is none.
    package func row(_ sql: SQL) throws -> Row? {
        try rows(sql).first
    }

    /// The first column of the first row as a whole number; 0 when there is none, as for `count(*)` or `sum`.
    package func count(_ sql: SQL) throws -> Int {
        guard case .integer(let number)? = try row(sql)?.values.first else { return 0 }
        return Int(number)
    }

    /// Whether the query has a row.
    package func exists(_ sql: SQL) throws -> Bool {
        try count("SELECT CASE WHEN EXISTS (\(sql: sql)) THEN 1 ELSE 0 END") == 1
    }
}

/// Rows for a bulk load, given as bytes so that no String is made.
package protocol BulkSource {
    /// Binds the next row's fields; false when there is none left. The bytes must stay until the next call.
    mutating func next(_ row: borrowing BulkRow) throws -> Bool
}

/// The places of one row of a bulk load. Fields that are not bound are NULL.
package struct BulkRow: ~Copyable {
    private let bindBytes: (Int, UnsafeRawBufferPointer) throws -> Void

    init(bindBytes: @escaping (Int, UnsafeRawBufferPointer) throws -> Void) {
        self.bindBytes = bindBytes
    }

    /// Binds UTF-8 text; no bytes is NULL, because absent and empty are one.
    @inline(__always)
    package func bind(_ bytes: UnsafeRawBufferPointer, at index: Int) throws {
        if !bytes.isEmpty { try bindBytes(index, bytes) }
    }
}
