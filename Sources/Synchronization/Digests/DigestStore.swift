internal import Delta
internal import Storage

/// The kept digests: buckets in US_DigestBuckets, roots in US_Counters. A mapping without root has no digest yet.
struct DigestStore {
    let transaction: any Transaction

    /// Buckets that one statement writes.
    private static let batch = 1024

    /// By mapping; those that have none are left out.
    func roots(of mappings: [String]) throws -> [String: String] {
        var roots: [String: String] = [:]
        try transaction.forEachRow("SELECT Mapping, Root FROM US_Counters WHERE Root IS NOT NULL") { row in
            roots[try row.string("Mapping")] = try row.string("Root")
        }
        return roots.filter { mappings.contains($0.key) }
    }

    /// Mappings whose kept root is another than the given one, sorted.
    func differing(from roots: [String: String]) throws -> [String] {
        let kept = try self.roots(of: Array(roots.keys))
        return kept.filter { roots[$0.key] != $0.value }.map(\.key).sorted()
    }

    /// Whether all of the mappings have the given roots.
    func prove(_ roots: [String: String], for mappings: [String]) throws -> Bool {
        let kept = try self.roots(of: mappings)
        return mappings.allSatisfy { kept[$0] != nil && kept[$0] == roots[$0] }
    }

    /// nil: never computed, or the buckets are not those of the root. Buckets without row are empty ones.
    func digest(of mapping: String) throws -> Digest? {
        guard let root = try roots(of: [mapping])[mapping] else { return nil }
        var buckets = [RowHash](repeating: .zero, count: Digest.bucketCount)
        try transaction.forEachRow("SELECT Bucket, High, Low FROM US_DigestBuckets WHERE Mapping = \(mapping)") { row in
            guard case .integer(let bucket) = row[0], buckets.indices.contains(Int(bucket)),
                case .integer(let high) = row[1], case .integer(let low) = row[2]
            else { return }
            buckets[Int(bucket)] = RowHash(high: UInt64(bitPattern: high), low: UInt64(bitPattern: low))
        }
        guard let digest = Digest(buckets: buckets), digest.root == root else { return nil }
        return digest
    }

    /// Writes the buckets that are not as in `kept`, all of them without it, and the root.
    ///
    /// - Returns: the root.
    @discardableResult
    func keep(_ digest: Digest, of mapping: String, instead kept: Digest?) throws -> String {
        let root = digest.root
        if digest == kept { return root }
        if kept == nil { try forget(mapping) }
        let changed = digest.differences(from: kept ?? Digest())
        for start in stride(from: 0, to: changed.count, by: Self.batch) {
            let rows = changed[start..<min(start + Self.batch, changed.count)].map { bucket -> SQL in
                let hash = digest.buckets[bucket]
                let high = Int(truncatingIfNeeded: hash.high)
                let low = Int(truncatingIfNeeded: hash.low)
                return "(\(literal: mapping), \(literal: bucket), \(high), \(low))"
            }
            try transaction.execute(
                """
                INSERT INTO US_DigestBuckets (Mapping, Bucket, High, Low) VALUES \(sql: rows.joined())
                ON CONFLICT (Mapping, Bucket) DO UPDATE SET High = excluded.High, Low = excluded.Low
                """)
        }
        try transaction.execute(
            """
            INSERT INTO US_Counters (Mapping, Stored, Orphans, Root) VALUES (\(mapping), 0, 0, \(root))
            ON CONFLICT (Mapping) DO UPDATE SET Root = excluded.Root
            """)
        return root
    }

    /// What is stored changed in a way that nobody hashed: the next apply computes the digest anew.
    func forget(_ mapping: String) throws {
        try transaction.execute("DELETE FROM US_DigestBuckets WHERE Mapping = \(mapping)")
        try transaction.execute("UPDATE US_Counters SET Root = NULL WHERE Mapping = \(mapping)")
    }
}
