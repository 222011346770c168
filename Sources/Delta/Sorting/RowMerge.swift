/// Merges sorted runs by a tree of losers; of equal keys the earlier run comes first.
final class RowMerge {
    /// A cursor and the first bytes of its key, so that most comparisons need not look at the row.
    private struct Entry {
        var high: UInt64
        var low: UInt64
        var cursor: Int
    }

    private let heads: UnsafeMutablePointer<RowCursor>
    /// At `node`: the entry that lost there; at 0: the winner of all.
    private let tree: UnsafeMutablePointer<Entry>
    private let count: Int
    @exclusivity(unchecked) private var hasRow = false

    /// - Parameter cursors: at least one.
    init(cursors: [RowCursor]) throws(DeltaError) {
        count = cursors.count
        precondition(count > 0, "there is a run to merge")
        heads = .allocate(capacity: count)
        tree = .allocate(capacity: count)
        tree.initialize(repeating: Entry(high: 0, low: 0, cursor: -1), count: count)
        for (number, cursor) in cursors.enumerated() { (heads + number).initialize(to: cursor) }
        for cursor in 0..<count { try heads[cursor].advance() }
        for cursor in 0..<count { play(cursor) }
    }

    deinit {
        heads.deinitialize(count: count)
        heads.deallocate()
        tree.deallocate()
    }

    /// The next row; it lives until the next call.
    @inline(__always)
    func next() throws(DeltaError) -> StoredRow? {
        if hasRow {
            let winner = tree[0].cursor
            try heads[winner].advance()
            replay(winner)
        }
        hasRow = true
        let winner = tree[0].cursor
        return heads[winner].isAtEnd ? nil : heads[winner].row
    }

    /// A run that is at its end comes behind every key: no UTF-8 has a byte 0xFF.
    @inline(__always)
    private func entry(_ cursor: Int) -> Entry {
        let head = heads + cursor
        return head.pointee.isAtEnd
            ? Entry(high: .max, low: .max, cursor: cursor)
            : Entry(high: head.pointee.high, low: head.pointee.low, cursor: cursor)
    }

    /// Puts a new cursor in while the tree is built: it waits at the first node that nobody reached yet.
    private func play(_ cursor: Int) {
        var winner = entry(cursor)
        var node = (cursor + count) / 2
        while node > 0 {
            let other = tree[node]
            if other.cursor < 0 {
                tree[node] = winner
                return
            }
            if comesBefore(other, winner) { swap(&tree[node], &winner) }
            node /= 2
        }
        tree[0] = winner
    }

    @inline(__always)
    private func replay(_ cursor: Int) {
        var winner = entry(cursor)
        var node = (cursor + count) / 2
        while node > 0 {
            let other = tree[node]
            if comesBefore(other, winner) {
                tree[node] = winner
                winner = other
            }
            node /= 2
        }
        tree[0] = winner
    }

    @inline(__always)
    private func comesBefore(_ left: Entry, _ right: Entry) -> Bool {
        if left.high != right.high { return left.high < right.high }
        if left.low != right.low { return left.low < right.low }
        return comesBeforeByRest(left.cursor, right.cursor)
    }

    @inline(never)
    private func comesBeforeByRest(_ left: Int, _ right: Int) -> Bool {
        let a = heads + left
        let b = heads + right
        if a.pointee.isAtEnd || b.pointee.isAtEnd {
            return a.pointee.isAtEnd == b.pointee.isAtEnd ? left < right : b.pointee.isAtEnd
        }
        let order = compareBytes(
            a.pointee.row.key, a.pointee.row.keyCount, b.pointee.row.key, b.pointee.row.keyCount)
        return order == 0 ? left < right : order < 0
    }
}
