/// What a row in the sorter stands for.
enum RowKind: UInt32 {
    /// A row to keep, or one that a feed sets.
    case kept = 0
    /// A rejected row with a readable key: its text is the reason.
    case marker = 1
    /// A row that a feed deletes.
    case removal = 2
    /// A pair whose other side is empty: it counts for its owner's key, but is no link.
    case noLink = 3
    /// A feed's row that does not carry every column: behind its text a byte a column, 1 where it does not.
    case partial = 4
}
