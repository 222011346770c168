import Glibc

/// The part of a run in a file that is in memory.
final class RunWindow {
    private let file: RunFile
    private let size: Int
    private var window: ByteBuffer
    private var readOffset: Int
    private var releasedOffset: Int
    private let runEnd: Int
    private static let releaseStep = 1 << 20

    init(_ run: RunFile.Run, file: RunFile, size: Int) {
        self.file = file
        self.size = size
        window = ByteBuffer(capacity: size)
        readOffset = run.offset
        releasedOffset = run.offset
        runEnd = run.offset + run.byteCount
    }

    /// Reads on so that a whole row stands at the start of the window, behind the `left` bytes at its end that are kept.
    /// Returns the bytes that are there: none at the end of the run.
    func read(keeping left: Int) throws(DeltaError) -> UnsafeBufferPointer<UInt8> {
        memmove(window.base, window.base + (window.count - left), left)
        window.count = left
        if left == 0, readOffset == runEnd { return UnsafeBufferPointer(start: window.base, count: 0) }
        if left < StoredRow.headSize { try fill(StoredRow.headSize) }
        let row = StoredRow.size(at: window.base)
        if window.count < row { try fill(row) }
        return UnsafeBufferPointer(start: window.base, count: window.count)
    }

    private func fill(_ needed: Int) throws(DeltaError) {
        let wanted = min(max(needed, size) - window.count, runEnd - readOffset)
        window.reserve(wanted)
        try file.read(into: window.base + window.count, count: wanted, at: readOffset)
        window.count += wanted
        readOffset += wanted
        if readOffset - releasedOffset >= Self.releaseStep || readOffset == runEnd {
            file.release(from: releasedOffset, to: readOffset)
            releasedOffset = readOffset
        }
    }
}
