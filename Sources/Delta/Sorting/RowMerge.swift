/// Merges sorted runs by a tree of losers; of equal keys the earlier run comes first.
final class RowMerge {
    private let heads: UnsafeMutablePointer<RowCursor>
    /// At `node`: the cursor that lost there; at 0: the winner of all.
    private let tree: UnsafeMutablePointer<Int>
    private let count: Int
    @exclusivity(unchecked) private var hasRow = false

    /// - Parameter cursors: at least one.
    init(cursors: [RowCursor]) throws(DeltaError) {
        count = cursors.count
        precondition(count > 0, "there is a run to merge")
        heads = .allocate(capacity: count)
        tree = .allocate(capacity: count)
        tree.initialize(repeating: -1, count: count)
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
            let winner = tree[0]
            try heads[winner].advance()
            if count > 1 { replay(winner) }
        }
        hasRow = true
        let winner = tree[0]
        return heads[winner].isAtEnd ? nil : heads[winner].row
    }

    /// Puts a new cursor in while the tree is built: it waits at the first node that nobody reached yet.
    private func play(_ cursor: Int) {
        var winner = cursor
        var node = (cursor + count) / 2
        while node > 0 {
            let other = tree[node]
            if other < 0 {
                tree[node] = winner
                return
            }
            if comesBefore(other, winner) { swap(&tree[node], &winner) }
            node /= 2
        }
        tree[0] = winner
    }

    private func replay(_ cursor: Int) {
        var winner = cursor
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
    private func comesBefore(_ left: Int, _ right: Int) -> Bool {
        let a = heads + left
        let b = heads + right
        if a.pointee.isAtEnd || b.pointee.isAtEnd {
            return a.pointee.isAtEnd == b.pointee.isAtEnd ? left < right : b.pointee.isAtEnd
        }
        if a.pointee.high != b.pointee.high { return a.pointee.high < b.pointee.high }
        if a.pointee.low != b.pointee.low { return a.pointee.low < b.pointee.low }
        let order = compareBytes(
            a.pointee.row.key, a.pointee.row.keyCount, b.pointee.row.key, b.pointee.row.keyCount)
        return order == 0 ? left < right : order < 0
    }
}
