/// What can be done inside a transaction. It must not leave the closure that it was given to.
package protocol Transaction {
    var dialect: Dialect { get }

    /// Runs one statement; the number of rows that it inserted, updated or deleted.
    @discardableResult
    func execute(_ sql: SQL) throws -> Int

    /// Calls `body` with each row, in order, without keeping them.
    func forEachRow(_ sql: SQL, _ body: (Row) throws -> Void) throws

    /// Calls `body` with the values of each row as UTF-8, in order; NULL is no bytes. The bytes live until `body` returns.
    ///
    /// SQLite keeps a BLOB in a column of text, where it equals no text, whatever its bytes. So it is given with a byte 0
    /// before its own: as something that no text of ours is.
    func forEachRowOfBytes(_ sql: SQL, _ body: ([UnsafeRawBufferPointer]) throws -> Void) throws

    /// Inserts the rows of `source` into `table` with one prepared statement; the number of rows.
    ///
    /// - Parameter replacing: a row whose primary key is there already replaces it; else it is a constraint error.
    @discardableResult
    func load(
        into table: SQL, columns: [String], replacing: Bool, limit: Int, from source: inout some BulkSource
    ) throws -> Int
}

extension Transaction {
    package func forEachRowOfBytes(_ sql: SQL, _ body: ([UnsafeRawBufferPointer]) throws -> Void) throws {
        try forEachRow(sql) { row in
            let texts = row.values.map { value -> [UInt8] in
                switch value {
                case .null: []
                case .integer(let number): Array(String(number).utf8)
                case .real(let number): Array(String(number).utf8)
                case .text(let text): Array(text.utf8)
                case .blob(let bytes): bytes
                }
            }
            let ends = texts.reduce(into: [Int]()) { $0.append(($0.last ?? 0) + $1.count) }
            try texts.joined().withContiguousBytes { all in
                try body(
                    zip(texts, ends).map { text, end in
                        UnsafeRawBufferPointer(rebasing: all[(end - text.count)..<end])
                    })
            }
        }
    }

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

extension Sequence<UInt8> {
    fileprivate func withContiguousBytes(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        try Array(self).withUnsafeBytes(body)
    }
}
