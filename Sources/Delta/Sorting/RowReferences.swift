/// The rows of a chunk, growing, with what is known about their keys without looking at the rows again.
struct RowReferences: ~Copyable {
    private(set) var base: UnsafeMutablePointer<RowReference>
    private(set) var count = 0
    private var capacity = 1024
    /// Whether no key comes before the one in front of it.
    private(set) var isAscending = true
    private(set) var longestKey = 0
    /// Bits of the first eight bytes in which keys differ.
    private var varying: UInt64 = 0

    init() { base = .allocate(capacity: capacity) }

    deinit { base.deallocate() }

    /// Whether the first sixteen bytes tell most keys apart.
    var areTelling: Bool { longestKey <= 16 || varying != 0 }

    /// Takes the stored row at `offset` of `rows`; sixteen bytes may be read behind its key.
    @inline(__always)
    mutating func append(_ offset: Int, rows: UnsafePointer<UInt8>) {
        let row = StoredRow(at: rows + offset)
        let key = UnsafeRawPointer(row.key)
        var high = UInt64(bigEndian: key.loadUnaligned(as: UInt64.self))
        var low: UInt64 = 0
        if row.keyCount >= 8 {
            if row.keyCount > 8 {
                low = UInt64(bigEndian: key.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                if row.keyCount < 16 { low &= ~0 << UInt64(8 * (16 - row.keyCount)) }
            }
        } else {
            high = row.keyCount == 0 ? 0 : high & ~0 << UInt64(8 * (8 - row.keyCount))
        }
        if count == capacity { grow() }
        if count > 0 {
            let last = base[count - 1]
            varying |= last.high ^ high
            if isAscending, (last.high, last.low) >= (high, low) { checkOrder(last, row, high: high, low: low, rows) }
        }
        if row.keyCount > longestKey { longestKey = row.keyCount }
        base[count] = RowReference(high: high, low: low, offset: UInt32(offset))
        count += 1
    }

    @inline(never)
    private mutating func checkOrder(
        _ last: RowReference, _ row: StoredRow, high: UInt64, low: UInt64, _ rows: UnsafePointer<UInt8>
    ) {
        guard (last.high, last.low) == (high, low) else { return isAscending = false }
        let before = StoredRow(at: rows + Int(last.offset))
        isAscending = compareBytes(before.key, before.keyCount, row.key, row.keyCount) <= 0
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<RowReference>.allocate(capacity: capacity * 2)
        larger.update(from: base, count: count)
        base.deallocate()
        base = larger
        capacity *= 2
    }

    mutating func removeAll() {
        count = 0
        isAscending = true
        longestKey = 0
        varying = 0
    }
}
