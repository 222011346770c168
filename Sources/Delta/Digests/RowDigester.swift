/// Adds canonical rows to a digest.
struct RowDigester: ~Copyable {
    private(set) var digest = Digest()
    private var hasher: RowHasher
    private var values: [UnsafeRawBufferPointer]
    private var unescaped = ByteBuffer(capacity: 256)
    private let columns: Int

    init(columns: [String], association: String?) {
        self.columns = columns.count
        values = []
        values.reserveCapacity(columns.count)
        hasher = association.map { RowHasher(association: $0) } ?? RowHasher(columns: columns)
    }

    /// - Parameter text: a canonical row with its line end.
    mutating func add(_ text: UnsafePointer<UInt8>, _ count: Int, key: UnsafePointer<UInt8>, _ keyCount: Int) {
        values.removeAll(keepingCapacity: true)
        unescaped.count = 0
        // So that it does not move while values point into it.
        unescaped.reserve(count)
        let end = count - 1
        var at = 0
        while true {
            let start = at
            if at < end, text[at] == .quote {
                let from = unescaped.count
                at += 1
                while at < end {
                    if text[at] == .quote {
                        if at + 1 == end || text[at + 1] != .quote { break }
                        at += 1
                    }
                    unescaped.append(text[at])
                    at += 1
                }
                at += 1
                values.append(
                    UnsafeRawBufferPointer(start: unescaped.base + from, count: unescaped.count - from))
            } else {
                while at < end, text[at] != .comma { at += 1 }
                values.append(UnsafeRawBufferPointer(start: text + start, count: at - start))
            }
            if at >= end { break }
            at += 1
        }
        guard values.count == columns else { preconditionFailure("a canonical row has one field a column") }
        let hash = hasher.hash(values)
        digest.toggle(hash, bucket: Digest.bucket(of: UnsafeRawBufferPointer(start: key, count: keyCount)))
    }
}
