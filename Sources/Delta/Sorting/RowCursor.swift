import CDelta

/// A sorted run being read, in memory or in a file: its current row and that row's first key bytes. A value with
/// pointers, so that going on to the next row counts no references.
struct RowCursor {
    /// The current row; nothing before the first `advance`.
    private(set) var row: StoredRow
    /// The first sixteen bytes of the current key; see `RowOrder.word`.
    private(set) var high: UInt64 = 0
    private(set) var low: UInt64 = 0
    private(set) var isAtEnd = false

    // In memory: places of the rows that are left. They belong to the chunk.
    private var references: UnsafePointer<RowReference>
    private var left: Int
    private let rows: UnsafePointer<UInt8>
    private let chunk: RowChunk?

    // In a file: the bytes that are in memory and were not read yet.
    private var place: UnsafePointer<UInt8>
    private var end: UnsafePointer<UInt8>
    private let window: RunWindow?
    private let isInFile: Bool
    nonisolated(unsafe) private static let noReferences = UnsafePointer(
        UnsafeMutablePointer<RowReference>.allocate(capacity: 1))

    private static let noRow: StaticString = "\0\0\0\0\0\0\0\0\0\0\0\0"

    /// A sorted chunk.
    init(_ chunk: RowChunk) {
        row = StoredRow(at: Self.noRow.utf8Start)
        self.chunk = chunk
        references = UnsafePointer(chunk.references.base)
        left = chunk.references.count
        rows = UnsafePointer(chunk.rows.base)
        window = nil
        isInFile = false
        place = rows
        end = rows
    }

    init(_ window: RunWindow) {
        row = StoredRow(at: Self.noRow.utf8Start)
        self.window = window
        isInFile = true
        chunk = nil
        rows = Self.noRow.utf8Start
        place = rows
        end = rows
        references = Self.noReferences
        left = 0
    }

    /// Goes to the next row (the first, at first). The row before is gone then.
    @inline(__always)
    mutating func advance() throws(DeltaError) {
        if isInFile {
            let bytes = end - place
            if bytes < StoredRow.headSize || bytes < StoredRow.size(at: place) {
                try refill()
                if isAtEnd { return }
            }
            row = StoredRow(at: place)
            place += StoredRow.headSize + row.textCount + row.tailCount
            // Other runs' rows come first, enough of them to push this one's next out of the processor's reach.
            delta_prefetch(place)
        } else {
            guard left > 0 else { return isAtEnd = true }
            row = StoredRow(at: rows + Int(references[0].offset))
            left -= 1
            // Sorted rows lie anywhere in the chunk.
            if left > 1 { delta_prefetch(rows + Int(references[2].offset)) }
            references += 1
        }
        high = RowOrder.word(row.key, row.keyCount)
        low = RowOrder.word(row.key + 8, row.keyCount - 8)
    }

    @inline(never)
    private mutating func refill() throws(DeltaError) {
        guard let window else { return isAtEnd = true }
        let bytes = try window.read(keeping: end - place)
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return isAtEnd = true }
        place = start
        end = start + bytes.count
    }
}
