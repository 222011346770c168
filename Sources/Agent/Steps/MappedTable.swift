import API
import Delta
import WeirConfiguration

/// One mapping as the delta engine needs it: which columns of which table, in which stored form, under which key.
struct MappedTable: Sendable, Equatable {
    var mapping: String
    var isEntityType: Bool
    /// The CSV file's name without `.csv`.
    var table: String
    var columns: [Column]
    var keys: [Int]
    var kind: Preparation.Kind
    /// The columns of the entity type that reads the same table, where pairs stand in it.
    var checkedColumns: [Column]
    var maximumRejectedPercentage: Int

    /// Every mapping of a connector: entity types first, then associations, each sorted by identifier.
    static func all(of definition: ConnectorDefinition) -> [MappedTable] {
        definition.entityTypeMappings.map { entries($0, definition) }
            + definition.associationMappings.map { pairs($0, definition) }
    }

    /// The key comes first, then the other columns by identifier, so that the order in the XML changes nothing.
    private static func entries(_ mapping: EntityTypeMapping, _ definition: ConnectorDefinition) -> MappedTable {
        MappedTable(
            mapping: mapping.identifier, isEntityType: true, table: mapping.table,
            columns: columns(of: mapping, definition), keys: [0], kind: .entries, checkedColumns: [],
            maximumRejectedPercentage: mapping.percentageRejectedRows)
    }

    private static func columns(of mapping: EntityTypeMapping, _ definition: ConnectorDefinition) -> [Column] {
        let key = mapping.primaryKey
        let others = mapping.properties.filter { !$0.isPrimaryKey }.sorted { $0.identifier < $1.identifier }
        return ([key] + others).compactMap { mapped in
            guard
                let property = definition.property(
                    PropertyBinding(entityType: mapping.identifier, property: mapped.identifier)),
                // What the server stores: both sides hash the same.
                (0..<128).contains(property.column ?? -1), !property.isNavigation
            else { return nil }
            return Column(name: mapped.identifier, source: mapped.column, conversion: Conversion(property))
        }
    }

    private static func pairs(_ mapping: EntityAssociationMapping, _ definition: ConnectorDefinition) -> MappedTable {
        let sides = [mapping.side1, mapping.side2]
        let columns = zip(["Key1", "Key2"], sides).map { name, side in
            Column(
                name: name, source: side.column,
                conversion: definition.property(side.key).map(Conversion.init) ?? .text(limit: nil))
        }
        let (owner, entity) = owner(of: mapping, definition)
        return MappedTable(
            mapping: mapping.identifier, isEntityType: false, table: mapping.table, columns: columns, keys: [0, 1],
            kind: .pairs(owner: owner),
            checkedColumns: entity.map { self.columns(of: $0, definition) } ?? [],
            maximumRejectedPercentage: mapping.percentageRejectedRows)
    }

    /// Where pairs stand in an entity type's table, the side that is the row's own key.
    private static func owner(
        of mapping: EntityAssociationMapping, _ definition: ConnectorDefinition
    ) -> (Int?, EntityTypeMapping?) {
        for entity in definition.entityTypeMappings where entity.table == mapping.table {
            for (index, side) in [mapping.side1, mapping.side2].enumerated()
            where side.key.entityType == entity.identifier && side.column == entity.primaryKey.column {
                return (index, entity)
            }
        }
        return (nil, nil)
    }
}

extension ConnectorDefinition {
    fileprivate func property(_ binding: PropertyBinding) -> Property? {
        entityTypes.first { $0.identifier == binding.entityType }?.property(binding.property)
    }
}

extension Conversion {
    /// The stored form of a property's values (REFERENCE §3).
    init(_ property: Property) {
        switch property.type {
        case .string, .foreignKey: self = .text(limit: property.characterLimit)
        case .bytes, .binary: self = .base64(limit: property.characterLimit)
        case .byte: self = .byte
        case .int16: self = .int16
        case .int32: self = .int32
        case .int64: self = .int64
        case .double: self = .double
        case .bool: self = .bool
        case .dateTime: self = .dateTime
        case .guid: self = .guid
        }
    }
}
