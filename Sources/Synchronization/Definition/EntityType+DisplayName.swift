internal import WeirConfiguration

extension EntityType {
    /// The property that InternalDisplayName shows unless an expression says otherwise: the first whose identifier
    /// contains "name", else the first (REFERENCE §3).
    var internalDisplayNameProperty: Property? {
        properties.first { $0.identifier.lowercased().contains("name") } ?? properties.first
    }
}
