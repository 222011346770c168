extension PropertyBinding {
    /// `EntityType:Property`; a chain (`EntityType:Property.Other`) keeps its dots in `property`.
    package init?(text: String) {
        let halves = text.trimmingXMLSpace().split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard halves.count == 2, !halves[0].isEmpty,
            halves[1].split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty })
        else { return nil }
        self.init(entityType: halves[0], property: halves[1])
    }
}
