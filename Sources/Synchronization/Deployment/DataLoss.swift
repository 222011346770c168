/// Something that a deployment takes away, and how much it holds.
package struct DataLoss: Sendable, Equatable {
    /// For instance `EntityType "HR_Person"`.
    package var description: String
    /// Resources that lose a value, a link or themselves.
    package var resourceCount: Int

    package init(description: String, resourceCount: Int) {
        self.description = description
        self.resourceCount = resourceCount
    }
}
