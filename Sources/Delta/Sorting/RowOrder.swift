import Glibc

/// Sorts stored rows by key bytes, rows of one key in the order in which they came.
///
/// Sixteen bytes of each key, the first or those behind what all keys share, are sorted by radix, byte for byte that
/// differs; groups that are still equal go on with the bytes that follow. Keys hold no U+0000 but between the two of a
/// pair, which both hold text, so that zero bytes may stand for "ended".
struct RowOrder: ~Copyable {
    private let rows: UnsafePointer<UInt8>
    private let references: UnsafeMutablePointer<RowReference>
    private let spare: UnsafeMutablePointer<RowReference>
    private let count: Int

    /// Rearranges `references` to rows behind `rows`.
    static func sort(_ references: borrowing RowReferences, rows: UnsafePointer<UInt8>) {
        guard references.count > 1, !references.isAscending else { return }
        let order = RowOrder(references.base, count: references.count, rows: rows)
        order.sort(isLoaded: references.areTelling)
    }

    private init(_ references: UnsafeMutablePointer<RowReference>, count: Int, rows: UnsafePointer<UInt8>) {
        self.rows = rows
        self.count = count
        self.references = references
        spare = .allocate(capacity: count)
    }

    deinit { spare.deallocate() }

    /// A list of groups, not calls within calls: long keys that are alike would need a deep stack.
    /// - Parameter isLoaded: whether the references hold the first bytes of their keys.
    private func sort(isLoaded: Bool) {
        var isLoaded = isLoaded
        var groups = [(from: 0, to: count, depth: 0)]
        while let group = groups.popLast() {
            var depth = group.depth
            if !isLoaded {
                depth += sharedLength(from: group.from, to: group.to, depth: group.depth)
                load(from: group.from, to: group.to, depth: depth)
            }
            isLoaded = false
            if group.to - group.from < 48 {
                insertionSort(from: group.from, to: group.to)
            } else {
                radixSort(from: group.from, to: group.to)
            }
            // Rows whose bytes are still equal, and whose keys go on.
            var start = group.from
            while start < group.to {
                let first = references[start]
                var end = start + 1
                while end < group.to, references[end].high == first.high, references[end].low == first.low { end += 1 }
                if end - start > 1, goesOn(from: start, to: end, depth: depth + 16) {
                    groups.append((start, end, depth + 16))
                }
                start = end
            }
        }
    }

    /// Whether a key is longer than `depth`. A zero byte alone does not tell: the two of a pair have one between them.
    private func goesOn(from: Int, to: Int, depth: Int) -> Bool {
        if references[from].low & 0xFF != 0 { return true }
        for index in from..<to where StoredRow(at: rows + Int(references[index].offset)).keyCount > depth {
            return true
        }
        return false
    }

    /// How many bytes behind `depth` all keys share.
    private func sharedLength(from: Int, to: Int, depth: Int) -> Int {
        let first = StoredRow(at: rows + Int(references[from].offset))
        var shared = max(first.keyCount - depth, 0)
        var index = from + 1
        while index < to, shared > 0 {
            let row = StoredRow(at: rows + Int(references[index].offset))
            shared = min(shared, max(row.keyCount - depth, 0))
            var length = 0
            while length < shared, first.key[depth + length] == row.key[depth + length] { length += 1 }
            shared = length
            index += 1
        }
        return shared
    }

    private func load(from: Int, to: Int, depth: Int) {
        for index in from..<to {
            let row = StoredRow(at: rows + Int(references[index].offset))
            let left = row.keyCount - depth
            let bytes = row.key + depth
            references[index].high = Self.word(bytes, left)
            references[index].low = Self.word(bytes + 8, left - 8)
        }
    }

    /// The first eight of `count` bytes as a number of the same order, zeros behind the last.
    @inline(__always)
    static func word(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        if count >= 8 { return UInt64(bigEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self)) }
        guard count > 0 else { return 0 }
        var word: UInt64 = 0
        for index in 0..<count { word |= UInt64(bytes[index]) << UInt64(56 - 8 * index) }
        return word
    }

    private func insertionSort(from: Int, to: Int) {
        for index in from + 1..<to {
            let reference = references[index]
            var place = index
            while place > from {
                let other = references[place - 1]
                if other.high < reference.high || (other.high == reference.high && other.low <= reference.low) {
                    break
                }
                references[place] = other
                place -= 1
            }
            references[place] = reference
        }
    }

    private func radixSort(from: Int, to: Int) {
        let count = to - from
        var source = references + from
        var target = spare + from
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 16 * 256) { counts in
            counts.initialize(repeating: 0)
            for index in 0..<count {
                let reference = source[index]
                for byte in 0..<8 {
                    counts[byte << 8 | Int(truncatingIfNeeded: reference.low >> UInt64(8 * byte)) & 0xFF] &+= 1
                    counts[(8 + byte) << 8 | Int(truncatingIfNeeded: reference.high >> UInt64(8 * byte)) & 0xFF] &+= 1
                }
            }
            for byte in 0..<16 {
                let base = byte << 8
                let isLow = byte < 8
                let shift = UInt64(8 * (byte & 7))
                let word = isLow ? source[0].low : source[0].high
                if counts[base + Int(truncatingIfNeeded: word >> shift) & 0xFF] == UInt32(count) { continue }
                var sum: UInt32 = 0
                for digit in base..<base + 256 {
                    let here = counts[digit]
                    counts[digit] = sum
                    sum += here
                }
                for index in 0..<count {
                    let reference = source[index]
                    let word = isLow ? reference.low : reference.high
                    let digit = base + Int(truncatingIfNeeded: word >> shift) & 0xFF
                    target[Int(counts[digit])] = reference
                    counts[digit] &+= 1
                }
                swap(&source, &target)
            }
        }
        if source != references + from { (references + from).update(from: source, count: count) }
    }
}
