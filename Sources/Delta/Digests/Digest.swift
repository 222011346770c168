import Crypto

/// The content of one mapping's rows in 64 KB (DESIGN §6): 4,096 buckets, each the XOR of the row hashes whose key falls
/// into it. Adding a row and taking it away are the same operation; the order does not matter.
package struct Digest: Sendable, Equatable, Codable {
    package static let bucketCount = 4096

    package private(set) var buckets: [RowHash]

    package init() {
        buckets = [RowHash](repeating: .zero, count: Self.bucketCount)
    }

    /// Of stored buckets; nil if there are not 4,096.
    package init?(buckets: [RowHash]) {
        guard buckets.count == Self.bucketCount else { return nil }
        self.buckets = buckets
    }

    /// The bucket of a key: its FNV-1a hash of 64 bits, both halves XORed, modulo 4,096. The key of a link is key 1,
    /// U+0000, key 2.
    package static func bucket(of key: UnsafeRawBufferPointer) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key {
            hash ^= UInt64(byte)
            hash &*= 0x100_0000_01b3
        }
        return Int(truncatingIfNeeded: hash ^ hash >> 32) & (bucketCount - 1)
    }

    package static func bucket(of key: String) -> Int {
        var key = key
        return key.withUTF8 { bucket(of: UnsafeRawBufferPointer($0)) }
    }

    package static func bucket(ofLink key1: String, _ key2: String) -> Int { bucket(of: "\(key1)\0\(key2)") }

    /// Adds the row if it is not in, takes it away if it is.
    package mutating func toggle(_ hash: RowHash, bucket: Int) {
        buckets[bucket] ^= hash
    }

    /// The digest of both contents together.
    package func combined(with other: Digest) -> Digest {
        var combined = self
        for index in buckets.indices { combined.buckets[index] ^= other.buckets[index] }
        return combined
    }

    /// 64 KiB: the buckets in order, each as two big-endian numbers of 64 bits.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16 * buckets.count)
        for bucket in buckets {
            for word in [bucket.high, bucket.low] {
                for shift in stride(from: UInt64(56), through: 0, by: -8) {
                    bytes.append(UInt8(truncatingIfNeeded: word >> shift))
                }
            }
        }
        return bytes
    }

    /// The reverse of `bytes`; nil if the length is wrong.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 16 * Self.bucketCount else { return nil }
        func word(_ from: Int) -> UInt64 { bytes[from..<from + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        buckets = (0..<Self.bucketCount).map { RowHash(high: word(16 * $0), low: word(16 * $0 + 8)) }
    }

    /// SHA-256 of `bytes`, lower-case hex: equal roots, equal content.
    package var root: String {
        var words = [UInt64](repeating: 0, count: 2 * Self.bucketCount)
        for index in 0..<Self.bucketCount {
            words[2 * index] = buckets[index].high.bigEndian
            words[2 * index + 1] = buckets[index].low.bigEndian
        }
        return words.withUnsafeBytes { SHA256.hash(data: $0) }.map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }

    /// The buckets in which two digests differ.
    package func differences(from other: Digest) -> [Int] {
        buckets.indices.filter { buckets[$0] != other.buckets[$0] }
    }
}
