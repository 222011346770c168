internal import WeirConfiguration

/// How an entity type mapping's rows stand in UR_Resources.
struct ResourcePlan: Sendable {
    struct Field: Sendable {
        var property: String
        var column: String
        /// Characters that the column holds.
        var limit: Int
    }

    /// The mapping's identifier, which is its entity type's.
    let type: String
    /// The mapped scalar properties that have a column, by identifier.
    let fields: [Field]
    let key: Field
    /// Mapped properties that are not stored in a scalar column; a file may hold them.
    let unstored: Set<String>
    /// The field that InternalDisplayName shows; nil when no mapped field does.
    let displayName: Field?

    /// nil when the primary key has no column, which validation refuses.
    init?(mapping: EntityTypeMapping, type: EntityType) {
        let mapped = mapping.properties.map(\.identifier).sorted()
        var fields: [Field] = []
        var unstored: Set<String> = []
        for identifier in mapped {
            if let property = type.property(identifier), let column = property.columnName, !property.isNavigation,
                (0..<128).contains(property.column ?? -1)
            {
                fields.append(Field(property: identifier, column: column, limit: property.characterLimit))
            } else {
                unstored.insert(identifier)
            }
        }
        guard let key = fields.first(where: { $0.property == mapping.primaryKey.identifier }) else { return nil }
        self.type = mapping.identifier
        self.fields = fields
        self.key = key
        self.unstored = unstored
        let shown = type.internalDisplayNameProperty
        self.displayName = fields.first { $0.property == shown?.identifier }
    }

    /// The name of the index that finds a resource by a column's value. Databases compare names without regard to case
    /// and cut long ones, so the entity type stands in it as a hash.
    static func index(_ type: String, column: String) -> String {
        "UR_Resources_\(column)_" + type.utf8.digest.prefix(12)
    }
}
