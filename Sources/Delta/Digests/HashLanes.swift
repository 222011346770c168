import CDelta

/// SHA-256 of many messages at once, where the machine has what it takes (docs/decisions/0016); elsewhere there is none.
final class HashLanes {
    private let hashes: UnsafeMutableRawPointer
    /// 32 bytes a message.
    private let sums: UnsafeMutablePointer<UInt8>
    private let mostMessages: Int

    static let longestMessage = 32 << 10
    static let sumSize = 32

    /// Whether they compute what swift-crypto computes; tried once a process.
    private static let areRight: Bool = {
        guard let lanes = HashLanes(unproven: 256) else { return false }
        var messages = ByteBuffer(capacity: 64 << 10)
        var ends: [UInt32] = []
        for length in 0..<256 {
            for byte in 0..<length { messages.append(UInt8(truncatingIfNeeded: byte &* length)) }
            ends.append(UInt32(messages.count))
        }
        guard let sums = lanes.run(messages.base, ends: ends, count: ends.count) else { return false }
        var start = 0
        for (index, end) in ends.enumerated() {
            let message = UnsafeRawBufferPointer(start: messages.base + start, count: Int(end) - start)
            if RowHash(of: message) != RowHash(sum: sums + index * sumSize) { return false }
            start = Int(end)
        }
        return true
    }()

    convenience init?(mostMessages: Int) {
        guard Self.areRight else { return nil }
        self.init(unproven: mostMessages)
    }

    private init?(unproven mostMessages: Int) {
        guard let hashes = delta_hashes_make() else { return nil }
        self.hashes = hashes
        self.mostMessages = mostMessages
        sums = .allocate(capacity: mostMessages * Self.sumSize)
    }

    deinit {
        delta_hashes_free(hashes)
        sums.deallocate()
    }

    /// The sums of messages one behind the other, each up to its end and none longer than `longestMessage`; they live
    /// until the next call. nil: it failed.
    func run(_ messages: UnsafePointer<UInt8>, ends: UnsafePointer<UInt32>, count: Int) -> UnsafePointer<UInt8>? {
        precondition(count <= mostMessages, "there is room for every sum")
        return delta_hashes_run(hashes, messages, ends, count, sums) != 0 ? UnsafePointer(sums) : nil
    }
}
