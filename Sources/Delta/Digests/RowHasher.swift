import Glibc

/// Computes row hashes: SHA-256 over which values a row has and what they are, in byte order of the property identifiers,
/// the key included; its first 128 bits.
///
/// The message is the row's *shape*, and then each value that is not empty: its length in UTF-8, the value. The shape is
/// the first 64 bits of SHA-256 over the identifiers of these values, each with its length before it. A length is an
/// unsigned LEB128 number. So neither the order of columns nor a column without values matters, and identifiers, which
/// together are longer than most rows, are hashed once and not with every row (docs/decisions/0015).
///
/// A link's row has two values, `1` with the key of side 1, `2` with the key of side 2; its shape starts with the
/// association's identifier.
package struct RowHasher: ~Copyable {
    /// Columns in byte order of their identifiers.
    private let order: UnsafeMutablePointer<Int>
    private let columnCount: Int
    private var shapes: RowShapes
    /// Of the row that is hashed alone.
    private var message = ByteBuffer(capacity: 1024)

    /// Rows of an entity type mapping; `columns`: the property identifiers in the order in which values are given.
    package init(columns: [String]) {
        let order = columns.indices.sorted {
            Array(columns[$0].utf8).lexicographicallyPrecedes(Array(columns[$1].utf8))
        }
        self.init(RowShapes(order.map { columns[$0] }), order)
    }

    /// Rows of an association mapping; values are given as key 1, key 2.
    package init(association identifier: String) { self.init(association: identifier, keys: [0, 1]) }

    /// - Parameter keys: where key 1 and key 2 stand among the values.
    init(association identifier: String, keys: [Int]) {
        self.init(RowShapes(["1", "2"], association: identifier), keys)
    }

    private init(_ shapes: consuming RowShapes, _ columns: [Int]) {
        self.shapes = shapes
        columnCount = columns.count
        order = .allocate(capacity: max(columns.count, 1))
        for (place, column) in columns.enumerated() { (order + place).initialize(to: column) }
    }

    deinit { order.deallocate() }

    /// The hash of one row, from its values in the order of the columns.
    package mutating func hash(_ values: [UnsafeRawBufferPointer]) -> RowHash {
        precondition(values.count == columnCount, "a row has one value a column")
        return values.withUnsafeBufferPointer { hash($0, within: UnsafeRawBufferPointer(start: nil, count: 0)) }
    }

    /// See `write`.
    mutating func hash(
        _ values: UnsafeBufferPointer<UnsafeRawBufferPointer>, within text: UnsafeRawBufferPointer
    ) -> RowHash {
        var message = ByteBuffer(capacity: 0)
        swap(&message, &self.message)
        defer { swap(&message, &self.message) }
        message.count = 0
        write(values, within: text, to: &message)
        return RowHash(of: message.bytes)
    }

    /// The hash of one row given as text, in the order of the columns.
    package mutating func hash(_ values: [String]) -> RowHash {
        // One block for all values, so that their places stay.
        var bytes = ByteBuffer(capacity: values.reduce(0) { $0 + $1.utf8.count })
        var ends: [Int] = []
        for value in values {
            bytes.append(value)
            ends.append(bytes.count)
        }
        var start = 0
        var places: [UnsafeRawBufferPointer] = []
        for end in ends {
            places.append(UnsafeRawBufferPointer(start: bytes.base + start, count: end - start))
            start = end
        }
        return hash(places)
    }

    /// Appends the message of one row, from its values in the order of the columns.
    func write(_ values: [UnsafeRawBufferPointer], to messages: inout ByteBuffer) {
        precondition(values.count == columnCount, "a row has one value a column")
        let nowhere = UnsafeRawBufferPointer(start: nil, count: 0)
        values.withUnsafeBufferPointer { write($0, within: nowhere, to: &messages) }
    }

    /// - Parameters:
    ///   - values: one a column.
    ///   - text: where most of them stand; some bytes behind a value may be read there at once.
    @inline(__always)
    func write(
        _ values: UnsafeBufferPointer<UnsafeRawBufferPointer>, within text: UnsafeRawBufferPointer,
        to messages: inout ByteBuffer
    ) {
        var byteCount = 0
        for place in 0..<columnCount { byteCount += values[order[place]].count }
        let nothing = UnsafeRawPointer(order)
        write(byteCount: byteCount, within: text, to: &messages) { column in
            (values[column].baseAddress ?? nothing, values[column].count)
        }
    }

    /// A row without quotes, in `text` from `start` to its line end at `end`; `ends`: where its values end.
    @inline(__always)
    func write(
        from start: Int, to end: Int, ends: UnsafePointer<UInt32>, within text: UnsafeRawBufferPointer,
        _ base: UnsafeRawPointer, to messages: inout ByteBuffer
    ) {
        write(byteCount: end - start, within: text, to: &messages) { column in
            let from = column == 0 ? start : Int(ends[column - 1]) + 1
            return (base + from, Int(ends[column]) - from)
        }
    }

    @inline(__always)
    private func write(
        byteCount: Int, within text: UnsafeRawBufferPointer, to messages: inout ByteBuffer,
        value: (Int) -> (UnsafeRawPointer, Int)
    ) {
        let block = 16
        let first = UInt(bitPattern: text.baseAddress)
        let last = first + UInt(text.count)
        messages.reserve(MemoryLayout<UInt64>.size + byteCount + 10 * columnCount + 3 * block)
        let start = UnsafeMutableRawPointer(messages.base + messages.count)
        var end = start + MemoryLayout<UInt64>.size
        // One bit a column, 64 at a time.
        var present: UInt64 = 0
        for place in 0..<columnCount {
            if place & 63 == 0, place > 0 {
                shapes.note(present, at: (place >> 6) - 1)
                present = 0
            }
            let (bytes, count) = value(order[place])
            guard count > 0 else { continue }
            present |= 1 << UInt64(place & 63)
            end = Self.writeLength(count, at: end)
            // Most values are short: three words are written, of which the next value covers what is too much.
            let address = UInt(bitPattern: bytes)
            if count <= 3 * block, address >= first, address + UInt(3 * block) <= last {
                end.storeBytes(of: Self.load(bytes), as: SIMD16<UInt8>.self)
                if count > block {
                    (end + block).storeBytes(of: Self.load(bytes + block), as: SIMD16<UInt8>.self)
                    (end + 2 * block).storeBytes(of: Self.load(bytes + 2 * block), as: SIMD16<UInt8>.self)
                }
            } else {
                memcpy(end, bytes, count)
            }
            end += count
        }
        if columnCount > 0 { shapes.note(present, at: (columnCount - 1) >> 6) }
        start.storeBytes(of: shapes.take(), as: UInt64.self)
        messages.count += end - start
    }

    /// Writes an unsigned LEB128 number of at most ten bytes; the place behind it.
    @inline(__always)
    static func writeLength(_ length: Int, at place: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        var end = place
        var rest = length
        while rest >= 0x80 {
            end.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
            end += 1
            rest >>= 7
        }
        end.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
        return end + 1
    }

    @inline(__always)
    private static func load(_ bytes: UnsafeRawPointer) -> SIMD16<UInt8> {
        bytes.loadUnaligned(as: SIMD16<UInt8>.self)
    }
}
