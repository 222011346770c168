import Crypto

/// Which of its columns have a value, as a number: the first eight bytes of SHA-256 over their identifiers, as they stand
/// in memory. Few of the many sets there could be occur, so that those seen lately are remembered.
struct RowShapes: ~Copyable {
    private let identifiers: [String]
    private let association: String?
    /// Words of 64 columns each.
    private let width: Int
    /// The set of the row at hand, one bit a column.
    private let columns: UnsafeMutablePointer<UInt64>
    /// `slotCount` sets that were seen, each with its shape behind it; at first the empty one in all.
    private let seen: UnsafeMutablePointer<UInt64>

    private static let slotCount = 256

    /// - Parameters:
    ///   - identifiers: of the columns, in the order in which they count.
    ///   - association: whose links the rows are; nil: they are entries.
    init(_ identifiers: [String], association: String? = nil) {
        self.identifiers = identifiers
        self.association = association
        width = max((identifiers.count + 63) / 64, 1)
        columns = .allocate(capacity: width)
        columns.initialize(repeating: 0, count: width)
        let slot = width + 1
        seen = .allocate(capacity: Self.slotCount * slot)
        seen.initialize(repeating: 0, count: Self.slotCount * slot)
        let empty = Self.shape(association, [])
        for number in 0..<Self.slotCount { seen[number * slot + width] = empty }
    }

    deinit {
        columns.deallocate()
        seen.deallocate()
    }

    /// Says which of the 64 columns from 64 · `word` have a value in the row at hand, the first in the lowest bit.
    @inline(__always)
    func note(_ present: UInt64, at word: Int) { columns[word] = present }

    /// The shape of the columns that were noted.
    @inline(__always)
    func take() -> UInt64 {
        var mixed: UInt64 = 0
        for word in 0..<width { mixed = (mixed ^ columns[word]) &* 0x9e37_79b9_7f4a_7c15 }
        let slot = seen + Int(truncatingIfNeeded: mixed >> 56) * (width + 1)
        var isKnown = true
        for word in 0..<width where slot[word] != columns[word] { isKnown = false }
        if !isKnown { compute(slot) }
        return slot[width]
    }

    @inline(never)
    private func compute(_ slot: UnsafeMutablePointer<UInt64>) {
        let present = identifiers.indices.filter { columns[$0 >> 6] >> UInt64($0 & 63) & 1 == 1 }
        for word in 0..<width { slot[word] = columns[word] }
        slot[width] = Self.shape(association, present.map { identifiers[$0] })
    }

    private static func shape(_ association: String?, _ identifiers: [String]) -> UInt64 {
        var message = ByteBuffer(capacity: 1024)
        for identifier in (association.map { [$0] } ?? []) + identifiers {
            message.reserve(10)
            let start = UnsafeMutableRawPointer(message.base + message.count)
            message.count += RowHasher.writeLength(identifier.utf8.count, at: start) - start
            message.append(identifier)
        }
        return SHA256.hash(data: message.bytes).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
    }
}
