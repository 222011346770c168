/// A full chunk of rows, in the order in which they came until `sort`. Owned by one thread at a time, which the sorter
/// sees to.
final class RowChunk: @unchecked Sendable {
    @exclusivity(unchecked) var rows = ByteBuffer(capacity: 16)
    @exclusivity(unchecked) var references = RowReferences()

    func sort() { RowOrder.sort(references, rows: rows.base) }

    func removeAll() {
        rows.count = 0
        references.removeAll()
    }
}
