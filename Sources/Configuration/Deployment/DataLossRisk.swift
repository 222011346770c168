/// A change that costs stored data, if there is any: the server counts what `entityType`, `association` and `columns`
/// name, and asks for `--force-cascade-delete` where it finds some (REFERENCE §2).
package struct DataLossRisk: Sendable, Equatable {
    /// `EntityType "HR_Person" is deleted`.
    package var reason: String
    /// Whose resources are lost, whole or in `columns`.
    package var entityType: String?
    /// Whose links are lost.
    package var association: String?
    /// The columns of UR_Resources that are lost; empty: whole resources, or links.
    package var columns: [String]

    package init(reason: String, entityType: String? = nil, association: String? = nil, columns: [String] = []) {
        self.reason = reason
        self.entityType = entityType
        self.association = association
        self.columns = columns
    }

    static func find(from old: Model, to new: Model) -> [DataLossRisk] {
        entityTypes(old, new) + mappings(old, new) + associations(old, new)
    }

    private static func entityTypes(_ old: Model, _ new: Model) -> [DataLossRisk] {
        old.entityTypes.flatMap { type -> [DataLossRisk] in
            guard let wanted = new.entityType(type.identifier) else {
                return [
                    DataLossRisk(
                        reason: "EntityType \"\(type.identifier)\" is deleted", entityType: type.identifier)
                ]
            }
            return type.properties.compactMap { property in
                guard let column = property.columnName else { return nil }
                let title = "Property \"\(property.identifier)\" of EntityType \"\(type.identifier)\""
                guard let other = wanted.property(property.identifier) else {
                    return DataLossRisk(
                        reason: "\(title) is deleted", entityType: type.identifier, columns: [column])
                }
                guard other.columnName != column else { return nil }
                let place =
                    other.columnName.map { "moves from column \(column) to \($0)" } ?? "loses its column \(column)"
                return DataLossRisk(reason: "\(title) \(place)", entityType: type.identifier, columns: [column])
            }
        }
    }

    private static func mappings(_ old: Model, _ new: Model) -> [DataLossRisk] {
        old.entityTypeMappings.compactMap { mapping in
            guard new.entityType(mapping.identifier) != nil else { return nil }
            let title = "EntityTypeMapping \"\(mapping.identifier)\""
            guard let other = new.entityTypeMapping(mapping.identifier) else {
                return DataLossRisk(reason: "\(title) is deleted", entityType: mapping.identifier)
            }
            if other.connector != mapping.connector {
                return DataLossRisk(
                    reason: "\(title) moves from Connector \"\(mapping.connector)\" to \"\(other.connector)\"",
                    entityType: mapping.identifier)
            }
            let keys = [mapping, other].map { $0.properties.first(where: \.isPrimaryKey)?.identifier ?? "" }
            guard keys[0] != keys[1] else { return nil }
            return DataLossRisk(
                reason: "\(title) changes its primary key from \"\(keys[0])\" to \"\(keys[1])\"",
                entityType: mapping.identifier)
        }
    }

    private static func associations(_ old: Model, _ new: Model) -> [DataLossRisk] {
        let changed = old.associations.compactMap { association -> DataLossRisk? in
            let title = "EntityAssociation \"\(association.identifier)\""
            guard let other = new.association(association.identifier) else {
                return DataLossRisk(reason: "\(title) is deleted", association: association.identifier)
            }
            if other.property1 != association.property1 || other.property2 != association.property2 {
                return DataLossRisk(
                    reason: "\(title) no longer joins \(association.property1) and \(association.property2)",
                    association: association.identifier)
            }
            let becameMono =
                (association.isProperty1Collection && !other.isProperty1Collection)
                || (association.isProperty2Collection && !other.isProperty2Collection)
            guard becameMono else { return nil }
            return DataLossRisk(
                reason: "\(title) no longer holds several links on a side that did", association: association.identifier
            )
        }
        let told = Set(changed.compactMap(\.association))
        let mappings = old.associationMappings.compactMap { mapping -> DataLossRisk? in
            if told.contains(mapping.identifier) { return nil }
            let title = "EntityAssociationMapping \"\(mapping.identifier)\""
            guard let other = new.associationMapping(mapping.identifier) else {
                return DataLossRisk(reason: "\(title) is deleted", association: mapping.identifier)
            }
            let isSame =
                other.connector == mapping.connector && other.side1.key == mapping.side1.key
                && other.side2.key == mapping.side2.key
            return isSame
                ? nil : DataLossRisk(reason: "\(title) changes its keys", association: mapping.identifier)
        }
        return changed + mappings
    }
}
