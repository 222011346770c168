/// Which changes of one mapping a threshold is about: all of an operation, or some (DESIGN §8).
struct HeldKind: Sendable, Hashable {
    enum Rows: Sendable, Hashable {
        case all
        /// Updates that empty this property.
        case emptying(String)
        /// Deletes and inserts of rows whose key changed.
        case changedKeys
    }

    var mapping: String
    var isLinks: Bool
    /// `insert`, `update` or `delete`.
    var operation: String
    var rows: Rows = .all
}
