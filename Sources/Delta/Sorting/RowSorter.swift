import Glibc

/// Sorts any number of rows in a fixed budget: what fits stays in memory, the rest goes to sorted runs in one nameless
/// temporary file, which are merged (DESIGN §5). The order is that of `RowOrder`, whatever the budget.
final class RowSorter {
    /// Rows to come are appended here, head first; see `StoredRow`.
    @exclusivity(unchecked) var rows: ByteBuffer
    private var offsets: UnsafeMutablePointer<UInt32>
    private var offsetCapacity: Int
    private var count = 0
    private let chunkBudget: Int
    private let mergeBudget: Int
    private let runs: RunFile

    /// - Parameter budget: bytes; at least 4 KiB are taken, and a row is always held whole.
    init(budget: Int, directory: String) {
        let budget = max(budget, 4 << 10)
        chunkBudget = budget * 3 / 8
        mergeBudget = budget / 4
        rows = ByteBuffer(capacity: chunkBudget)
        offsetCapacity = 1024
        offsets = .allocate(capacity: offsetCapacity)
        runs = RunFile(directory: directory)
    }

    deinit { offsets.deallocate() }

    /// Makes room for a row of at most `size` bytes with its head.
    @inline(__always)
    func prepare(for size: Int) throws(DeltaError) {
        let used = rows.count + count * (RowOrder.bytesPerRow + 4)
        if used + size > chunkBudget, count > 0 { try spill() }
        rows.reserve(size)
    }

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

    /// Appends a whole row; `head` stands behind the text and before the key.
    func add(
        kind: RowKind, text: UnsafeRawBufferPointer, head: UnsafeRawBufferPointer = .init(start: nil, count: 0),
        key: UnsafeRawBufferPointer
    ) throws(DeltaError) {
        try prepare(for: StoredRow.headSize + text.count + head.count + key.count)
        let offset = rows.count
        StoredRow.writeHead(
            at: rows.base + offset, textCount: text.count, keyOffset: text.count + head.count, keyCount: key.count,
            kind: kind)
        rows.count += StoredRow.headSize
        for part in [text, head, key] {
            if let start = part.baseAddress { rows.append(start.assumingMemoryBound(to: UInt8.self), part.count) }
        }
        commit(offset)
    }

    private func spill() throws(DeltaError) {
        RowOrder.sort(offsets, count: count, rows: rows.base)
        try runs.write(offsets, count: count, rows: rows.base)
        rows.count = 0
        count = 0
    }

    /// The rows in order. Nothing may be added after this.
    func finish() throws(DeltaError) -> RowMerge {
        RowOrder.sort(offsets, count: count, rows: rows.base)
        let last = RowCursor(offsets, count: count, rows: rows.base)
        guard !runs.runs.isEmpty else { return try RowMerge(cursors: [last], keeping: self) }
        let fanIn = max(4, mergeBudget / (64 << 10))
        try runs.reduce(to: fanIn)
        let window = max(16 << 10, min(1 << 20, mergeBudget / runs.runs.count))
        return try RowMerge(
            cursors: runs.runs.map { RowCursor($0, file: runs, window: window) } + [last], keeping: self)
    }
}
