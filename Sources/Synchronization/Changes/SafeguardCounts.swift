/// What the safeguards of an entity type mapping count beside inserts, updates and deletes (DESIGN §8).
struct SafeguardCounts: Sendable, Equatable {
    /// By property: values that updates empty, and the stored non-empty values that they are a share of. The stored ones
    /// are counted only as far as the limit needs it.
    var emptied: [String: Emptied] = [:]
    /// Deletes that reappear as inserts with the same other values.
    var churned = 0
    /// Rows of the export, those not counted that stand in the image for rejected rows; nil: not known.
    var exportRows: Int?

    struct Emptied: Sendable, Equatable {
        var number: Int
        var stored: Int
    }
}
