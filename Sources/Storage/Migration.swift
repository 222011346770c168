/// One step of the schema's history: one file, one struct, forward only, frozen once it was released.
protocol Migration: Sendable {
    /// Never changes: databases remember it.
    var name: String { get }

    func run(_ transaction: any Transaction) throws
}
