internal import Delta
internal import Storage

/// One entity type's rows as the columns hold them now.
struct StoredContent: Sendable {
    var digest: Digest
    var rows: Int
    /// Buckets with rows whose key no file can hold.
    var unusableBuckets: Set<Int>
}

extension ResourcePlan {
    /// Reads every row of the type.
    func content(_ transaction: any Transaction) throws -> StoredContent {
        let digest = StoredDigest(self)
        let place = keyPlace
        var content = StoredContent(digest: Digest(), rows: 0, unusableBuckets: [])
        try transaction.forEachRowOfBytes(rows(transaction.dialect)) { row in
            digest.toggle(row)
            content.rows += 1
            if !key.isUsable(row[place]) { content.unusableBuckets.insert(digest.bucket(of: row)) }
        }
        content.digest = digest.digest
        return content
    }

    /// Where the key stands among the fields.
    var keyPlace: Int { fields.firstIndex { $0.column == key.column } ?? 0 }

    /// The ids of the rows whose key no file can hold: SQL made them NULL, empty, too long or no text.
    func unusableRows(_ transaction: any Transaction) throws -> [Int] {
        let column = SQL(identifier: key.column)
        let index = transaction.dialect.indexed(by: Self.index(type, column: key.column))
        var ids: [Int] = []
        try transaction.forEachRowOfBytes(
            "SELECT \(sql: column), Id FROM UR_Resources\(sql: index) WHERE Type = \(literal: type)"
        ) { row in
            if !key.isUsable(row[0]), let id = Int(String(decoding: row[1], as: UTF8.self)) { ids.append(id) }
        }
        return ids
    }
}

extension ResourcePlan.Field {
    /// Whether a sent file can hold this value as a key.
    func isUsable(_ value: UnsafeRawBufferPointer) -> Bool {
        guard !value.isEmpty, let characters = characterCount(value) else { return false }
        return characters <= limit
    }
}
