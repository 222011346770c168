/// What a row of a change feed says (REFERENCE §10): only whether the row is there afterwards matters.
enum FeedCommand {
    /// insert, update, merge, add, modify.
    case set
    case delete

    /// In any case; nil: none of these.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        switch String(decoding: text, as: UTF8.self).lowercased() {
        case "insert", "update", "merge", "add", "modify": self = .set
        case "delete": self = .delete
        default: return nil
        }
    }
}
