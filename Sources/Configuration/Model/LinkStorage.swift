/// Where the links of an association are stored (REFERENCE §3).
package enum LinkStorage: Sendable, Equatable {
    /// In a column of UR_Resources on the rows of `owner`, an entity type; its value is the other end's id.
    /// `property` is the mono-valued navigation that the column belongs to.
    case column(owner: String, property: String, columnName: String)
    /// In UR_ResourceLinks.
    case links
}

extension Model {
    /// A mono-valued side with a column stores the association's links; Property1's where both sides have one.
    package func linkStorage(of association: EntityAssociation) -> LinkStorage {
        let sides = [
            (association.property1, association.isProperty1Collection),
            (association.property2, association.isProperty2Collection),
        ]
        for (binding, isCollection) in sides where !isCollection {
            if let name = entityType(binding.entityType)?.property(binding.property)?.columnName {
                return .column(owner: binding.entityType, property: binding.property, columnName: name)
            }
        }
        return .links
    }

    /// The property whose value is a resource's InternalDisplayName where nothing computes it.
    package func internalDisplayNameProperty(of entityType: EntityType) -> Property? {
        entityType.internalDisplayNameProperty
    }
}

extension EntityType {
    /// The property whose value is a resource's InternalDisplayName where nothing computes it: of the scalars with a
    /// column the first whose identifier contains "name", without regard to case, else the first.
    package var internalDisplayNameProperty: Property? {
        let scalars = properties.filter { !$0.isNavigation && $0.type != .binary && $0.column != nil }
        return scalars.first { $0.identifier.lowercased().contains("name") } ?? scalars.first
    }
}
