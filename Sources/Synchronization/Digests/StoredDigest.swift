internal import Delta

/// Adds stored rows of one mapping to a digest, or takes them away: both are the same (DESIGN §6).
final class StoredDigest {
    private let running: RunningDigest
    private let keys: [Int]
    private var pairKey: [UInt8] = []

    var digest: Digest { running.digest }

    /// Rows of resources, their values in the order of the plan's fields.
    init(_ plan: ResourcePlan, _ digest: Digest = Digest()) {
        running = RunningDigest(RowHasher(columns: plan.fields.map(\.property)), from: digest)
        keys = [plan.fields.firstIndex { $0.column == plan.key.column } ?? 0]
    }

    /// Pairs: key 1, key 2.
    init(_ plan: LinkPlan, _ digest: Digest = Digest()) {
        running = RunningDigest(RowHasher(association: plan.mapping), from: digest)
        keys = [0, 1]
    }

    func toggle(_ row: [UnsafeRawBufferPointer]) { running.toggle(row, bucket: bucket(of: row)) }

    /// - Returns: the row's hash.
    func hash(_ row: [UnsafeRawBufferPointer]) -> RowHash { running.hash(row) }

    func bucket(of row: [UnsafeRawBufferPointer]) -> Int {
        guard keys.count == 2 else { return Digest.bucket(of: row[keys[0]]) }
        pairKey.removeAll(keepingCapacity: true)
        pairKey.append(contentsOf: row[0])
        pairKey.append(0)
        pairKey.append(contentsOf: row[1])
        return pairKey.withUnsafeBytes { Digest.bucket(of: $0) }
    }

    /// The key, or both keys, of a row.
    func key(of row: [UnsafeRawBufferPointer]) -> [String] {
        keys.map { String(decoding: row[$0], as: UTF8.self) }
    }
}
