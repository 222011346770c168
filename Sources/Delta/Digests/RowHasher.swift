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
    /// Length and identifier, per column in byte order.
    private var heads: [[UInt8]]
    private let order: [Int]
    private var message = ByteBuffer(capacity: 4096)
    private let association: [UInt8]

    /// Rows of an entity type mapping; `columns`: the property identifiers in the order in which values are given.
    package init(columns: [String]) {
        order = columns.indices.sorted { Array(columns[$0].utf8).lexicographicallyPrecedes(Array(columns[$1].utf8)) }
        heads = order.map { Self.head(columns[$0]) }
        association = []
    }

    /// Rows of an association mapping; values are given as key 1, key 2.
    package init(association identifier: String) {
        order = [0, 1]
        heads = [Self.head("1"), Self.head("2")]
        association = Self.head(identifier) + [0]
    }

    private static func head(_ identifier: String) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 64)
        appendLength(identifier.utf8.count, &buffer)
        buffer.append(identifier)
        return Array(buffer.bytes)
    }

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
        values.withUnsafeBufferPointer { hash($0) }
    }

    package mutating func hash(_ values: UnsafeBufferPointer<UnsafeRawBufferPointer>) -> RowHash {
        message.count = 0
        if !association.isEmpty { append(association) }
        for (place, column) in order.enumerated() {
            let value = values[column]
            guard value.count > 0, let start = value.baseAddress else { continue }
            append(heads[place])
            Self.appendLength(value.count, &message)
            message.append(start.assumingMemoryBound(to: UInt8.self), value.count)
        }
        return SHA256.hash(data: message.bytes).withUnsafeBytes { digest in
            RowHash(
                high: UInt64(bigEndian: digest.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    /// The hash of one row given as text; empty values may be left out by the caller or not.
    package mutating func hash(_ values: [String]) -> RowHash {
        let bytes = values.map { Array($0.utf8) }
        var pointers: [UnsafeRawBufferPointer] = []
        return Self.withBytes(of: bytes[...], &pointers) { hash($0) }
    }

    private static func withBytes(
        of values: ArraySlice<[UInt8]>, _ pointers: inout [UnsafeRawBufferPointer],
        _ body: ([UnsafeRawBufferPointer]) -> RowHash
    ) -> RowHash {
        guard let first = values.first else { return body(pointers) }
        return first.withUnsafeBytes { bytes in
            pointers.append(bytes)
            return withBytes(of: values.dropFirst(), &pointers, body)
        }
    }

    private mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { bytes in
            if let start = bytes.baseAddress { message.append(start, bytes.count) }
        }
    }
}
