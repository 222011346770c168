internal import API
internal import Storage
internal import WeirConfiguration

/// How an association mapping's pairs find their resources, and where their links are stored.
struct LinkPlan: Sendable, Equatable {
    struct Side: Sendable, Equatable {
        var entityType: String
        /// The column of UR_Resources that holds the key.
        var keyColumn: String
        var keyLimit: Int
        /// Whether that is the mapping's primary key, which an update never changes.
        var isPrimaryKey: Bool
        /// Orders resources that share a key, so that the choice does not depend on history.
        var primaryKeyColumn: String
        /// Whether a resource of this side may hold only one link through its property.
        var isMonoValued: Bool
        /// Where a mono-valued property stores the other side's id; nil: not here.
        var column: String?
    }

    let mapping: String
    let side1: Side
    let side2: Side

    /// True when no mono-valued side has a column: then the links are rows of UR_ResourceLinks.
    var hasLinkRows: Bool { side1.column == nil && side2.column == nil }

    init?(mapping: EntityAssociationMapping, definition: ConnectorDefinition) {
        guard let association = definition.associations.first(where: { $0.identifier == mapping.identifier }),
            let side1 = Self.side(
                mapping.side1, property: association.property1, isCollection: association.isProperty1Collection,
                definition),
            let side2 = Self.side(
                mapping.side2, property: association.property2, isCollection: association.isProperty2Collection,
                definition)
        else { return nil }
        self.mapping = mapping.identifier
        self.side1 = side1
        self.side2 = side2
    }

    private static func side(
        _ side: EntityAssociationMapping.Side, property: PropertyBinding, isCollection: Bool,
        _ definition: ConnectorDefinition
    ) -> Side? {
        guard let type = definition.entityTypes.first(where: { $0.identifier == side.key.entityType }),
            let keyProperty = type.property(side.key.property), let keyColumn = keyProperty.columnName
        else { return nil }
        let mapping = definition.entityTypeMappings.first { $0.identifier == type.identifier }
        let primaryKey = mapping.flatMap { type.property($0.primaryKey.identifier)?.columnName } ?? keyColumn
        return Side(
            entityType: type.identifier, keyColumn: keyColumn, keyLimit: keyProperty.characterLimit,
            isPrimaryKey: primaryKey == keyColumn, primaryKeyColumn: primaryKey, isMonoValued: !isCollection,
            column: isCollection ? nil : type.property(property.property)?.columnName)
    }
}
