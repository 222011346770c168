/// The first 128 bits of SHA-256 over a row's values (DESIGN §6); see `RowHasher` for what is hashed.
package struct RowHash: Sendable, Hashable, Codable {
    /// The first eight bytes, big-endian, and the eight that follow.
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    package static let zero = RowHash(high: 0, low: 0)

    package static func ^= (left: inout RowHash, right: RowHash) {
        left.high ^= right.high
        left.low ^= right.low
    }
}
