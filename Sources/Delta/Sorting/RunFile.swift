import CDelta
import Dispatch
import Glibc

/// Sorted runs of stored rows, one behind the other in a temporary file without a name: nothing is left of it when the
/// process ends, however it ends.
///
/// Written by one thread, and read by another only after that.
final class RunFile: @unchecked Sendable {
    struct Run {
        var offset: Int
        var byteCount: Int
    }

    /// In the order in which their rows came.
    private(set) var runs: [Run] = []
    /// The longest stored row, which a merge has to hold once a run.
    @exclusivity(unchecked) private(set) var longestRow = 0
    let directory: String
    private var descriptor: Descriptor?
    private let releasing = DispatchQueue(label: "weir.delta.release")
    @exclusivity(unchecked) private var end = 0
    @exclusivity(unchecked) private var reservation = Reservation()
    @exclusivity(unchecked) private var buffer = ByteBuffer(capacity: 16)

    init(directory: String) { self.directory = directory }

    func write(_ chunk: RowChunk) throws(DeltaError) {
        let start = end
        let references = chunk.references.base
        let count = chunk.references.count
        let rows = UnsafePointer(chunk.rows.base)
        for index in 0..<count {
            if index + 4 < count { delta_prefetch(rows + Int(references[index + 4].offset)) }
            let row = rows + Int(references[index].offset)
            try append(row, StoredRow.size(at: row))
        }
        try finishRun(from: start)
    }

    @inline(__always)
    private func append(_ bytes: UnsafePointer<UInt8>, _ count: Int) throws(DeltaError) {
        if count > longestRow { longestRow = count }
        if buffer.count + count > 256 << 10 { try flush() }
        buffer.append(bytes, count)
        end += count
    }

    private func finishRun(from start: Int) throws(DeltaError) {
        try flush()
        runs.append(Run(offset: start, byteCount: end - start))
    }

    private func flush() throws(DeltaError) {
        guard buffer.count > 0 else { return }
        let descriptor = try opened()
        reservation.prepare(descriptor, offset: end - buffer.count, count: buffer.count)
        guard descriptor.write(buffer.base, count: buffer.count) else {
            throw OutputFile.failure(path: directory, doing: "write a temporary file for sorting")
        }
        buffer.count = 0
    }

    private func opened() throws(DeltaError) -> Descriptor {
        if let descriptor { return descriptor }
        var template = Array("\(directory)/.sort-XXXXXX\0".utf8CString)
        let number = mkstemp(&template)
        guard number >= 0 else {
            throw OutputFile.failure(path: directory, doing: "create a temporary file for sorting")
        }
        unlink(template)
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        posix_fadvise(number, 0, 0, POSIX_FADV_RANDOM)
        let descriptor = Descriptor(number)
        self.descriptor = descriptor
        return descriptor
    }

    func read(into base: UnsafeMutablePointer<UInt8>, count: Int, at offset: Int) throws(DeltaError) {
        guard let descriptor, descriptor.read(into: base, count: count, at: offset) == count else {
            throw OutputFile.failure(path: directory, doing: "read a temporary file for sorting")
        }
    }

    /// Gives back what was read for the last time, before the kernel writes it to disk for nothing: many gigabytes of
    /// runs would else compete with the output for the disk.
    func release(from start: Int, to end: Int) {
        guard let descriptor else { return }
        releasing.async { delta_release(descriptor.number, Int64(start), Int64(end - start)) }
    }

    /// Merges neighbours until there are at most `limit` runs.
    func reduce(to limit: Int) throws(DeltaError) {
        while runs.count > limit {
            let before = runs
            runs = []
            var next = 0
            while next < before.count {
                let group = before[next..<min(next + limit, before.count)]
                next += group.count
                let start = end
                let merge = try RowMerge(cursors: group.map { RowCursor(RunWindow($0, file: self, size: 64 << 10)) })
                while let row = try merge.next() {
                    let head = row.text - StoredRow.headSize
                    try append(head, StoredRow.headSize + row.textCount + row.tailCount)
                }
                try finishRun(from: start)
            }
        }
    }
}
