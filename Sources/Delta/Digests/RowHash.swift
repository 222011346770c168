import Crypto

/// The first 128 bits of SHA-256 over a row's values (DESIGN §6); see `RowHasher` for what is hashed.
package struct RowHash: Sendable, Hashable, Codable {
    /// The first eight bytes, big-endian, and the eight that follow.
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Of a message that `RowHasher` wrote.
    init(of message: UnsafeRawBufferPointer) {
        self = SHA256.hash(data: message).withUnsafeBytes { sum in
            guard let start = sum.baseAddress else { preconditionFailure("a SHA-256 has 32 bytes") }
            return RowHash(sum: start)
        }
    }

    /// Of the SHA-256 that stands there.
    @inline(__always)
    init(sum: UnsafeRawPointer) {
        high = UInt64(bigEndian: sum.loadUnaligned(as: UInt64.self))
        low = UInt64(bigEndian: sum.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    package static let zero = RowHash(high: 0, low: 0)

    package static func ^= (left: inout RowHash, right: RowHash) {
        left.high ^= right.high
        left.low ^= right.low
    }
}

extension RowHash {
    /// 32 lower-case hex digits.
    package var hexadecimal: String {
        [high, low].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// nil: these are not 32 hex digits.
    package init?(hexadecimal text: UnsafeRawBufferPointer) {
        guard text.count == 32 else { return nil }
        var words: [UInt64] = [0, 0]
        for (index, byte) in text.enumerated() {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
            words[index / 16] = words[index / 16] << 4 | UInt64(digit)
        }
        self.init(high: words[0], low: words[1])
    }
}
