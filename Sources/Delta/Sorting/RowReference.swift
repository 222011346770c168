/// A row in a chunk and the first sixteen bytes of its key, as two numbers of the same order; see `RowOrder.word`.
struct RowReference {
    var high: UInt64
    var low: UInt64
    var offset: UInt32
}
