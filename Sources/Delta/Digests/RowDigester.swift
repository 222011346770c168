import CDelta

/// Adds canonical rows to a digest. Used by one thread at a time.
final class RowDigester: @unchecked Sendable {
    private let running: RunningDigest
    @exclusivity(unchecked) private var unescaped = ByteBuffer(capacity: 256)
    private let values: UnsafeMutablePointer<UnsafeRawBufferPointer>
    private let columns: Int
    private var positions: UnsafeMutablePointer<UInt32>
    private var positionCapacity = 0

    /// - Parameters:
    ///   - association: what the rows are links of; nil: they are entries.
    ///   - keys: where the keys of a link stand.
    init(columns: [String], association: String?, keys: [Int]) {
        self.columns = columns.count
        values = .allocate(capacity: max(columns.count, 1))
        positions = .allocate(capacity: 1)
        running = RunningDigest(
            association.map { RowHasher(association: $0, keys: keys) } ?? RowHasher(columns: columns))
    }

    deinit {
        values.deallocate()
        positions.deallocate()
    }

    var digest: Digest { running.digest }

    func add(_ block: ImageBlock) {
        add(block.text.base, block.text.count, keys: block.keys.base, rows: block.rows, count: block.count)
    }

    /// One row, line end included.
    func add(_ text: UnsafePointer<UInt8>, _ count: Int, key: UnsafePointer<UInt8>, _ keyCount: Int) {
        var row = ImageBlock.Row(textCount: UInt32(count), keyCount: UInt32(keyCount))
        add(text, count, keys: key, rows: &row, count: 1)
    }

    /// The hash of one row, line end included; the digest stays as it is.
    func hash(_ text: UnsafePointer<UInt8>, _ count: Int) -> RowHash {
        makeRoom(count)
        _ = delta_index(text, 0, count, .comma, positions)
        unescaped.count = 0
        unescaped.reserve(count)
        _ = split(text, from: 0, to: count - 1, positions: positions, next: 0)
        return running.hash(
            UnsafeBufferPointer(start: values, count: columns),
            within: UnsafeRawBufferPointer(start: text, count: count))
    }

    private func makeRoom(_ byteCount: Int) {
        guard positionCapacity < byteCount + 64 else { return }
        positions.deallocate()
        positionCapacity = byteCount + 64
        positions = .allocate(capacity: positionCapacity)
    }

    private func add(
        _ text: UnsafePointer<UInt8>, _ byteCount: Int, keys: UnsafePointer<UInt8>,
        rows: UnsafePointer<ImageBlock.Row>, count: Int
    ) {
        makeRoom(byteCount)
        let positions = self.positions
        // Every row ends with a structural byte, so the walk below never runs past the last one.
        _ = delta_index(text, 0, byteCount, .comma, positions)
        unescaped.count = 0
        unescaped.reserve(byteCount)
        var next = 0
        var start = 0
        var key = keys
        let bytes = UnsafeRawBufferPointer(start: text, count: byteCount)
        for index in 0..<count {
            let end = start + Int(rows[index].textCount) - 1
            let keyCount = Int(rows[index].keyCount)
            let bucket = Digest.bucket(of: UnsafeRawBufferPointer(start: key, count: keyCount))
            // As many structural bytes as columns: no quotes, so that values are the text between them.
            if Int(positions[next + columns - 1]) == end {
                running.toggle(
                    from: start, to: end, ends: positions + next, within: bytes, text, bucket: bucket)
                next += columns
            } else {
                next = split(text, from: start, to: end, positions: positions, next: next)
                running.toggle(
                    UnsafeBufferPointer(start: values, count: columns), within: bytes, bucket: bucket)
            }
            key += keyCount
            start = end + 1
        }
    }

    /// Finds the values of the row up to its line end at `end`; the index of the first position behind that.
    @inline(__always)
    private func split(
        _ text: UnsafePointer<UInt8>, from: Int, to end: Int, positions: UnsafePointer<UInt32>, next: Int
    ) -> Int {
        var next = next
        var start = from
        var column = 0
        while true {
            guard column < columns else { preconditionFailure("a canonical row has one field a column") }
            if start < end, text[start] == .quote {
                let from = unescaped.count
                next += 1
                var piece = start + 1
                while true {
                    let place = Int(positions[next])
                    next += 1
                    guard text[place] == .quote else { continue }
                    let isEscape = text[place + 1] == .quote
                    unescaped.append(text + piece, place - piece + (isEscape ? 1 : 0))
                    if !isEscape { break }
                    piece = place + 2
                    next += 1
                }
                values[column] = UnsafeRawBufferPointer(start: unescaped.base + from, count: unescaped.count - from)
            } else {
                values[column] = UnsafeRawBufferPointer(
                    start: text + start, count: Int(positions[next]) - start)
            }
            // The separator or line end behind the field.
            let place = Int(positions[next])
            next += 1
            column += 1
            if place == end { break }
            start = place + 1
        }
        guard column == columns else { preconditionFailure("a canonical row has one field a column") }
        return next
    }
}
