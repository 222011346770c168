/// Rows in memory, in the order in which they came until `sort`. Owned by one thread at a time, which the sorter sees to.
final class RowChunk: @unchecked Sendable {
    @exclusivity(unchecked) var rows: ByteBuffer
    @exclusivity(unchecked) private(set) var offsets: UnsafeMutablePointer<UInt32>
    @exclusivity(unchecked) private(set) var count = 0
    private var offsetCapacity = 1024

    init(capacity: Int) {
        rows = ByteBuffer(capacity: capacity)
        offsets = .allocate(capacity: offsetCapacity)
    }

    deinit { offsets.deallocate() }

    var byteCount: Int { rows.count + count * MemoryLayout<UInt32>.stride }

    /// Takes the row that was appended to `rows` at `offset`.
    @inline(__always)
    func commit(_ offset: Int) {
        if count == offsetCapacity { growOffsets() }
        offsets[count] = UInt32(offset)
        count += 1
    }

    private func growOffsets() {
        let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: offsetCapacity * 2)
        larger.update(from: offsets, count: count)
        offsets.deallocate()
        offsets = larger
        offsetCapacity *= 2
    }

    func sort() { RowOrder.sort(offsets, count: count, rows: rows.base) }

    func removeAll() {
        rows.count = 0
        count = 0
    }
}
