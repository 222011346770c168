import CDelta
import Glibc

/// A sorted run being read, in memory or in a file: its current row and that row's first key bytes.
final class RowCursor {
    @exclusivity(unchecked) private(set) var row: StoredRow
    /// The first eight bytes of the current key; see `RowOrder.word`.
    @exclusivity(unchecked) private(set) var prefix: UInt64 = 0
    @exclusivity(unchecked) private(set) var isAtEnd = false

    // In memory.
    private let chunk: RowChunk?
    private let offsets: UnsafePointer<UInt32>?
    private let rows: UnsafePointer<UInt8>
    private let count: Int
    @exclusivity(unchecked) private var index = 0

    // In a file.
    private let file: RunFile?
    private let windowSize: Int
    @exclusivity(unchecked) private var window: ByteBuffer
    @exclusivity(unchecked) private var place = 0
    @exclusivity(unchecked) private var readOffset: Int
    @exclusivity(unchecked) private var releasedOffset: Int
    private let runEnd: Int
    private static let releaseStep = 4 << 20

    /// A sorted chunk.
    init(_ chunk: RowChunk) {
        self.chunk = chunk
        offsets = UnsafePointer(chunk.offsets)
        rows = UnsafePointer(chunk.rows.base)
        count = chunk.count
        file = nil
        windowSize = 0
        window = ByteBuffer(capacity: 16)
        window.base.initialize(repeating: 0, count: 16)
        readOffset = 0
        releasedOffset = 0
        runEnd = 0
        row = StoredRow(at: window.base)
    }

    init(_ run: RunFile.Run, file: RunFile, window size: Int) {
        self.file = file
        windowSize = size
        window = ByteBuffer(capacity: size)
        window.base.initialize(repeating: 0, count: 16)
        readOffset = run.offset
        releasedOffset = run.offset
        runEnd = run.offset + run.byteCount
        chunk = nil
        offsets = nil
        rows = UnsafePointer(window.base)
        count = 0
        row = StoredRow(at: window.base)
    }

    /// Goes to the next row (the first, at first). The row before is gone then.
    @inline(__always)
    func advance() throws(DeltaError) {
        if let offsets {
            guard index < count else { return isAtEnd = true }
            row = StoredRow(at: rows + Int(offsets[index]))
            index += 1
            // Sorted rows lie anywhere in the chunk.
            if index + 2 < count { delta_prefetch(rows + Int(offsets[index + 2])) }
        } else {
            try advanceInFile()
        }
        prefix = RowOrder.word(row.key, row.keyCount)
    }

    private func advanceInFile() throws(DeltaError) {
        var left = window.count - place
        if left < StoredRow.headSize {
            if left == 0, readOffset == runEnd { return isAtEnd = true }
            try fill(StoredRow.headSize)
            left = window.count - place
        }
        let size = StoredRow.size(at: window.base + place)
        if left < size { try fill(size) }
        row = StoredRow(at: window.base + place)
        place += size
    }

    /// Reads on until at least `needed` bytes lie behind `place`.
    private func fill(_ needed: Int) throws(DeltaError) {
        let left = window.count - place
        memmove(window.base, window.base + place, left)
        window.count = left
        place = 0
        window.reserve(max(needed, windowSize) - left)
        let wanted = min(max(needed, windowSize) - left, runEnd - readOffset)
        try file?.read(into: window.base + left, count: wanted, at: readOffset)
        window.count += wanted
        readOffset += wanted
        if readOffset - releasedOffset >= Self.releaseStep || readOffset == runEnd {
            file?.release(from: releasedOffset, to: readOffset)
            releasedOffset = readOffset
        }
    }
}
