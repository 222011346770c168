import Delta

extension MappedTable {
    /// What the rows of its image are.
    var shape: ImageShape {
        ImageShape(columns: columns.map(\.name), keys: keys, association: isEntityType ? nil : mapping)
    }
}
