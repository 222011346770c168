/// Merges sorted runs by a tree of losers; of equal keys the earlier run comes first.
final class RowMerge {
    private let cursors: [RowCursor]
    /// At `node`: the cursor that lost there; at 0: the winner of all.
    @exclusivity(unchecked) private var tree: [Int]
    @exclusivity(unchecked) private var hasRow = false

    init(cursors: [RowCursor]) throws(DeltaError) {
        self.cursors = cursors
        tree = [Int](repeating: -1, count: max(cursors.count, 1))
        for cursor in cursors { try cursor.advance() }
        for cursor in cursors.indices { play(cursor) }
    }

    /// The next row; it lives until the next call.
    @inline(__always)
    func next() throws(DeltaError) -> StoredRow? {
        let winner = tree[0]
        guard winner >= 0 else { return nil }
        if hasRow {
            try cursors[winner].advance()
            if cursors.count > 1 { replay(winner) }
        }
        hasRow = true
        let cursor = cursors[tree[0]]
        return cursor.isAtEnd ? nil : cursor.row
    }

    /// Puts a new cursor in while the tree is built: it waits at the first node that nobody reached yet.
    private func play(_ cursor: Int) {
        var winner = cursor
        var node = (cursor + cursors.count) / 2
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
        var node = (cursor + cursors.count) / 2
        while node > 0 {
            if comesBefore(tree[node], winner) { swap(&tree[node], &winner) }
            node /= 2
        }
        tree[0] = winner
    }

    @inline(__always)
    private func comesBefore(_ left: Int, _ right: Int) -> Bool {
        let a = cursors[left]
        let b = cursors[right]
        if a.isAtEnd || b.isAtEnd { return a.isAtEnd == b.isAtEnd ? left < right : b.isAtEnd }
        if a.prefix != b.prefix { return a.prefix < b.prefix }
        let order = compareBytes(a.row.key, a.row.keyCount, b.row.key, b.row.keyCount)
        return order == 0 ? left < right : order < 0
    }
}
