/// A digest that rows are put into and taken out of (both are the same), hashed many at a time. Used by one thread at a
/// time.
package final class RunningDigest: @unchecked Sendable {
    @exclusivity(unchecked) private var hasher: RowHasher
    private let buckets: UnsafeMutablePointer<RowHash>
    /// Messages of the rows that wait to be hashed, one behind the other, where each ends, and whose bucket it goes into.
    @exclusivity(unchecked) private var messages = ByteBuffer(capacity: 64 << 10)
    private let ends: UnsafeMutablePointer<UInt32>
    private let targets: UnsafeMutablePointer<UInt16>
    @exclusivity(unchecked) private var count = 0
    @exclusivity(unchecked) private var lanes: HashLanes?

    /// Enough to keep the lanes busy, few enough to stay near the processor.
    private static let mostRows = 256
    private static let mostBytes = 256 << 10

    package init(_ hasher: consuming RowHasher, from digest: Digest = Digest()) {
        self.hasher = hasher
        buckets = .allocate(capacity: Digest.bucketCount)
        ends = .allocate(capacity: Self.mostRows)
        targets = .allocate(capacity: Self.mostRows)
        for (bucket, hash) in digest.buckets.enumerated() { (buckets + bucket).initialize(to: hash) }
    }

    deinit {
        buckets.deallocate()
        ends.deallocate()
        targets.deallocate()
    }

    package var digest: Digest {
        hashWaiting()
        return Digest(buckets: Array(UnsafeBufferPointer(start: buckets, count: Digest.bucketCount))) ?? Digest()
    }

    /// - Parameters:
    ///   - values: in the order of the hasher's columns.
    ///   - bucket: of its key; see `Digest.bucket(of:)`.
    package func toggle(_ values: [UnsafeRawBufferPointer], bucket: Int) {
        hasher.write(values, to: &messages)
        close(bucket)
    }

    /// The hash of one row; the digest stays as it is.
    package func hash(_ values: [UnsafeRawBufferPointer]) -> RowHash { hasher.hash(values) }

    /// See `RowHasher.write`.
    func hash(_ values: UnsafeBufferPointer<UnsafeRawBufferPointer>, within text: UnsafeRawBufferPointer) -> RowHash {
        hasher.hash(values, within: text)
    }

    /// See `RowHasher.write`.
    @inline(__always)
    func toggle(
        _ values: UnsafeBufferPointer<UnsafeRawBufferPointer>, within text: UnsafeRawBufferPointer, bucket: Int
    ) {
        hasher.write(values, within: text, to: &messages)
        close(bucket)
    }

    /// See `RowHasher.write`.
    @inline(__always)
    func toggle(
        from start: Int, to end: Int, ends: UnsafePointer<UInt32>, within text: UnsafeRawBufferPointer,
        _ base: UnsafeRawPointer, bucket: Int
    ) {
        hasher.write(from: start, to: end, ends: ends, within: text, base, to: &messages)
        close(bucket)
    }

    /// The row whose message was just written.
    @inline(__always)
    private func close(_ bucket: Int) {
        let start = count == 0 ? 0 : Int(ends[count - 1])
        if messages.count - start > HashLanes.longestMessage {
            buckets[bucket] ^= hash(from: start, to: messages.count)
            messages.count = start
            return
        }
        ends[count] = UInt32(messages.count)
        targets[count] = UInt16(bucket)
        count += 1
        if count == Self.mostRows || messages.count > Self.mostBytes { hashWaiting() }
    }

    private func hash(from start: Int, to end: Int) -> RowHash {
        RowHash(of: UnsafeRawBufferPointer(start: messages.base + start, count: end - start))
    }

    private func hashWaiting() {
        // A few rows alone are not worth the lanes' beginning.
        if lanes == nil, count == Self.mostRows { lanes = HashLanes(mostMessages: Self.mostRows) }
        if let sums = lanes?.run(messages.base, ends: ends, count: count) {
            for row in 0..<count { buckets[Int(targets[row])] ^= RowHash(sum: sums + row * HashLanes.sumSize) }
        } else {
            var start = 0
            for row in 0..<count {
                buckets[Int(targets[row])] ^= hash(from: start, to: Int(ends[row]))
                start = Int(ends[row])
            }
        }
        messages.count = 0
        count = 0
    }
}
