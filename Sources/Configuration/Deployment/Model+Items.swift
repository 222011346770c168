extension Model {
    /// The model of stored items, which have been validated when they were deployed.
    ///
    /// - Throws: a `Problem` where an item's XML is damaged.
    package init(items: [DeployedItem]) throws {
        let elements = try ConfigurationFolder.elements(of: items.sorted { $0.key < $1.key })
        self = ModelBuilder.build(elements).model
    }
}
