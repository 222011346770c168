import Dispatch
import Glibc

/// Sorts any number of rows in a fixed budget: what fits stays in memory, the rest goes to sorted runs in one nameless
/// temporary file, which are merged (DESIGN §5). The order is that of `RowOrder`, whatever the budget.
///
/// While one chunk is filled, a second thread sorts the one before and writes the oldest to disk.
final class RowSorter {
    private struct Shared {
        /// Sorted, oldest first.
        var sorted: [RowChunk] = []
        var free: [RowChunk] = []
        var error: DeltaError?
    }

    /// The chunk being filled, by value: a class in between would cost a reference count a row. Rows to come are
    /// appended here, head first; see `StoredRow`.
    @exclusivity(unchecked) var rows: ByteBuffer
    @exclusivity(unchecked) private var references = RowReferences()
    private let chunkBudget: Int
    private let mergeBudget: Int
    private let runs: RunFile
    private let shared = Monitor(Shared())
    private let queue = DispatchQueue(label: "weir.delta.sort")
    private var chunkCount = 1

    /// Of the budget: the chunks, their memory for sorting, and the merge's windows.
    private static let mostChunks = 4
    /// Large enough for large pages (`ByteBuffer`); more only costs memory that was not touched before.
    private static let largestChunk = 12 << 20

    /// - Parameter budget: bytes; at least 4 KiB are taken, and a row is always held whole.
    init(budget: Int, directory: String) {
        let budget = max(budget, 4 << 10)
        chunkBudget = min(budget * 5 / 32, Self.largestChunk)
        mergeBudget = budget / 4
        rows = ByteBuffer(capacity: chunkBudget)
        runs = RunFile(directory: directory)
    }

    /// Makes room for a row of at most `size` bytes with its head.
    @inline(__always)
    func prepare(for size: Int) throws(DeltaError) {
        let used = rows.count + references.count * MemoryLayout<RowReference>.stride
        if used + size > chunkBudget, references.count > 0 { try handOver() }
        rows.reserve(size)
    }

    /// Takes the row that was appended to `rows` at `offset`.
    @inline(__always)
    func commit(_ offset: Int) {
        rows.reserve(16)
        references.append(offset, rows: rows.base)
    }

    /// Appends a whole row; `head` stands behind the text and before the key.
    func add(
        kind: RowKind, text: UnsafeRawBufferPointer, head: UnsafeRawBufferPointer = .init(start: nil, count: 0),
        key: UnsafeRawBufferPointer
    ) throws(DeltaError) {
        try prepare(for: StoredRow.headSize + text.count + head.count + key.count)
        let offset = rows.count
        StoredRow.writeHead(
            at: rows.base + offset, textCount: text.count, keyOffset: text.count + head.count,
            keyCount: key.count, kind: kind)
        rows.count += StoredRow.headSize
        for part in [text, head, key] {
            if let start = part.baseAddress { rows.append(start.assumingMemoryBound(to: UInt8.self), part.count) }
        }
        commit(offset)
    }

    /// Gives the full chunk away and takes an empty one.
    private func handOver() throws(DeltaError) {
        let full = RowChunk()
        swap(&full.rows, &rows)
        swap(&full.references, &references)
        // One early, so that the filling thread finds an empty chunk and need not wait for the disk.
        let spills = chunkCount >= Self.mostChunks - 1
        queue.async { [shared, runs] in
            full.sort()
            let oldest: RowChunk? = shared.change { state in
                state.sorted.append(full)
                return spills ? state.sorted.removeFirst() : nil
            }
            guard let oldest else { return }
            var failure: DeltaError?
            do throws(DeltaError) { try runs.write(oldest) } catch { failure = error }
            oldest.removeAll()
            shared.change { state in
                state.free.append(oldest)
                state.error = state.error ?? failure
            }
        }
        if chunkCount < Self.mostChunks {
            chunkCount += 1
            rows = ByteBuffer(capacity: chunkBudget)
            return
        }
        let (next, failure) = shared.wait { state in state.free.popLast().map { ($0, state.error) } }
        if let failure { throw failure }
        swap(&next.rows, &rows)
        swap(&next.references, &references)
    }

    /// The rows in order. Nothing may be added after this.
    func finish() throws(DeltaError) -> RowMerge {
        let last = RowChunk()
        swap(&last.rows, &rows)
        swap(&last.references, &references)
        last.sort()
        queue.sync {}
        let (sorted, failure) = shared.change { state in
            state.free = []
            return (state.sorted, state.error)
        }
        if let failure { throw failure }
        var cursors: [RowCursor] = []
        if !runs.runs.isEmpty {
            // Few runs at once where rows are long.
            try runs.reduce(to: max(4, mergeBudget / max(64 << 10, runs.longestRow)))
            let window = max(16 << 10, min(128 << 10, mergeBudget / runs.runs.count))
            cursors = runs.runs.map { RowCursor(RunWindow($0, file: runs, size: window)) }
        }
        return try RowMerge(cursors: cursors + (sorted + [last]).map { RowCursor($0) })
    }
}
