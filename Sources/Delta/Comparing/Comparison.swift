/// Takes the rows of the new image in order: writes them, and what differs from the image before (DESIGN §5).
///
/// Used by one thread at a time: the pipeline's while rows come, the caller's after.
final class Comparison: @unchecked Sendable {
    private let sorted: OutputFile
    private let delta: OutputFile?
    private let previous: ImageReader?
    @exclusivity(unchecked) private(set) var inserted = 0
    @exclusivity(unchecked) private(set) var updated = 0
    @exclusivity(unchecked) private(set) var deleted = 0
    @exclusivity(unchecked) private(set) var unchanged = 0

    init(sorted: OutputFile, delta: OutputFile?, previous: ImageReader?) {
        self.sorted = sorted
        self.delta = delta
        self.previous = previous
    }

    /// The next rows.
    func add(_ block: ImageBlock) throws(DeltaError) {
        try sorted.writeThrough(block.text.base, block.text.count)
        sorted.rows += block.count
        var text = UnsafePointer(block.text.base)
        var key = UnsafePointer(block.keys.base)
        let rows = block.rows
        let count = block.count
        let previous = self.previous
        var index = 0
        while index < count {
            if let previous {
                let same = try previous.skip(text, rows: rows + index, count: count - index)
                if same > 0 {
                    unchanged += same
                    for row in index..<index + same - 1 {
                        text += Int(rows[row].textCount)
                        key += Int(rows[row].keyCount)
                    }
                    index += same
                    let last = rows[index - 1]
                    previous.passed(key, Int(last.keyCount))
                    text += Int(last.textCount)
                    key += Int(last.keyCount)
                    if index == count { return }
                }
            }
            let row = rows[index]
            try compare(previous, text, Int(row.textCount), key: key, Int(row.keyCount))
            text += Int(row.textCount)
            key += Int(row.keyCount)
            index += 1
        }
    }

    /// One row that is not what comes next in the previous image, line end included.
    @inline(__always)
    private func compare(
        _ previous: ImageReader?, _ text: UnsafePointer<UInt8>, _ count: Int, key: UnsafePointer<UInt8>, _ keyCount: Int
    ) throws(DeltaError) {
        guard let previous else { return try insert(text, count) }
        while try previous.load() {
            let old = previous.key
            guard let oldKey = old.baseAddress?.assumingMemoryBound(to: UInt8.self) else { break }
            let order = compareBytes(oldKey, old.count, key, keyCount)
            if order > 0 { break }
            if order == 0 {
                if compareBytes(previous.text, previous.textCount, text, count) == 0 {
                    unchanged += 1
                } else {
                    updated += 1
                    try write("update,", text, count)
                }
                previous.drop()
                return
            }
            try delete(previous)
        }
        try insert(text, count)
    }

    /// No more rows: what is left of the previous image is deleted.
    func finish() throws(DeltaError) {
        guard let previous else { return }
        while try previous.load() { try delete(previous) }
    }

    private func insert(_ text: UnsafePointer<UInt8>, _ count: Int) throws(DeltaError) {
        inserted += 1
        try write("insert,", text, count)
    }

    private func delete(_ previous: ImageReader) throws(DeltaError) {
        deleted += 1
        try write("delete,", previous.text, previous.textCount)
        previous.drop()
    }

    private func write(_ command: StaticString, _ text: UnsafePointer<UInt8>, _ count: Int) throws(DeltaError) {
        guard let delta else { return }
        try delta.write(command.utf8Start, command.utf8CodeUnitCount)
        try delta.write(text, count)
        delta.rows += 1
    }
}
