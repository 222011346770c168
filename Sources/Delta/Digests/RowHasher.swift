import Crypto
import Glibc

/// Computes row hashes: SHA-256 over the pairs of property identifier and stored value that are not empty, in byte order
/// of the identifier, the key included; its first 128 bits.
///
/// A pair is: length of the identifier's UTF-8, the identifier, length of the value's UTF-8, the value. A length is an
/// unsigned LEB128 number. So neither the order of columns nor a column without values matters.
///
/// A link's row has three pairs that stand in a fixed order: the association's identifier with an empty value, `1` with
/// the key of side 1, `2` with the key of side 2.
package struct RowHasher: ~Copyable {
    /// Length and identifier of a column, in `headBytes`.
    private struct Head {
        var start: Int
        var count: Int
        var column: Int
    }

    /// In byte order of the identifiers.
    private let heads: UnsafeMutablePointer<Head>
    private let headCount: Int
    private var headBytes = ByteBuffer(capacity: 256)
    private var message = ByteBuffer(capacity: 4096)
    private let columnCount: Int
    /// What every message starts with.
    private let opening: Int

    /// Rows of an entity type mapping; `columns`: the property identifiers in the order in which values are given.
    package init(columns: [String]) {
        let order = columns.indices.sorted {
            Array(columns[$0].utf8).lexicographicallyPrecedes(Array(columns[$1].utf8))
        }
        self.init(opening: [], order.map { (columns[$0], $0) })
    }

    /// Rows of an association mapping; values are given as key 1, key 2.
    package init(association identifier: String) { self.init(association: identifier, keys: [0, 1]) }

    /// - Parameter keys: where key 1 and key 2 stand among the values.
    init(association identifier: String, keys: [Int]) {
        var opening = ByteBuffer(capacity: 64)
        Self.appendLength(identifier.utf8.count, &opening)
        opening.append(identifier)
        opening.append(0)
        self.init(opening: Array(opening.bytes), zip(["1", "2"], keys).map { ($0, $1) })
    }

    private init(opening bytes: [UInt8], _ columns: [(identifier: String, column: Int)]) {
        columnCount = columns.count
        headCount = columns.count
        heads = .allocate(capacity: max(columns.count, 1))
        for byte in bytes { headBytes.append(byte) }
        opening = bytes.count
        for (place, column) in columns.enumerated() {
            let start = headBytes.count
            Self.appendLength(column.identifier.utf8.count, &headBytes)
            headBytes.append(column.identifier)
            heads[place] = Head(start: start, count: headBytes.count - start, column: column.column)
        }
        headBytes.reserve(16)
    }

    deinit { heads.deallocate() }

    @inline(__always)
    private static func appendLength(_ length: Int, _ buffer: inout ByteBuffer) {
        var rest = length
        while rest >= 0x80 {
            buffer.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        buffer.append(UInt8(truncatingIfNeeded: rest))
    }

    /// The hash of one row, from its values in the order of the columns.
    package mutating func hash(_ values: [UnsafeRawBufferPointer]) -> RowHash {
        precondition(values.count == columnCount, "a row has one value a column")
        return values.withUnsafeBufferPointer { values in
            values.baseAddress.map { hash($0, within: UnsafeRawBufferPointer(start: nil, count: 0)) }
                ?? hash(message: 0)
        }
    }

    /// - Parameters:
    ///   - values: one a column.
    ///   - text: where most of them stand; some bytes behind a value may be read there at once.
    @inline(__always)
    mutating func hash(
        _ values: UnsafePointer<UnsafeRawBufferPointer>, within text: UnsafeRawBufferPointer
    ) -> RowHash {
        var byteCount = 0
        for place in 0..<headCount { byteCount += values[heads[place].column].count }
        let nothing = UnsafeRawPointer(heads)
        return hash(byteCount: byteCount, within: text) { column in
            (values[column].baseAddress ?? nothing, values[column].count)
        }
    }

    /// A row without quotes, in `text` from `start` to its line end at `end`; `ends`: where its values end.
    @inline(__always)
    mutating func hash(
        from start: Int, to end: Int, ends: UnsafePointer<UInt32>, within text: UnsafeRawBufferPointer,
        _ base: UnsafeRawPointer
    ) -> RowHash {
        hash(byteCount: end - start, within: text) { column in
            let from = column == 0 ? start : Int(ends[column - 1]) + 1
            return (base + from, Int(ends[column]) - from)
        }
    }

    @inline(__always)
    private mutating func hash(
        byteCount: Int, within text: UnsafeRawBufferPointer, value: (Int) -> (UnsafeRawPointer, Int)
    ) -> RowHash {
        let block = 16
        let first = UInt(bitPattern: text.baseAddress)
        let last = first + UInt(text.count)
        message.count = 0
        message.reserve(byteCount + headBytes.count + 10 * headCount + 4 * block)
        let start = UnsafeMutableRawPointer(message.base)
        let headBase = UnsafeRawPointer(headBytes.base)
        var end = start
        memcpy(end, headBase, opening)
        end += opening
        for place in 0..<headCount {
            let head = heads[place]
            let (bytes, count) = value(head.column)
            guard count > 0 else { continue }
            // Most identifiers are short: two words are written, of which the next pair covers what is too much.
            if head.count <= block {
                end.storeBytes(of: Self.load(headBase + head.start), as: SIMD16<UInt8>.self)
            } else {
                memcpy(end, headBase + head.start, head.count)
            }
            end += head.count
            var rest = count
            while rest >= 0x80 {
                end.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
                end += 1
                rest >>= 7
            }
            end.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
            end += 1
            // Most values, too.
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
        return hash(message: end - start)
    }

    @inline(__always)
    private static func load(_ bytes: UnsafeRawPointer) -> SIMD16<UInt8> {
        bytes.loadUnaligned(as: SIMD16<UInt8>.self)
    }

    @inline(__always)
    private func hash(message count: Int) -> RowHash {
        SHA256.hash(data: UnsafeRawBufferPointer(start: message.base, count: count)).withUnsafeBytes { digest in
            RowHash(
                high: UInt64(bigEndian: digest.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
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
}
