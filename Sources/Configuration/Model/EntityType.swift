/// `EntityType`: the shape of a kind of resource (REFERENCE §3).
package struct EntityType: Sendable, Equatable, Codable {
    package var identifier: String
    package var displayName: String
    package var properties: [Property]

    package init(identifier: String, displayName: String, properties: [Property]) {
        self.identifier = identifier
        self.displayName = displayName
        self.properties = properties
    }

    package func property(_ identifier: String) -> Property? {
        properties.first { $0.identifier == identifier }
    }
}

/// `Property` of an entity type. In document order within its entity type, because the first one is the default
/// source of `InternalDisplayName`.
package struct Property: Sendable, Equatable, Codable {
    package var identifier: String
    package var displayName: String
    package var type: PropertyType
    /// 0–3 and 4–127: scalar columns; 128–152: mono-valued navigations; nil (−1 in XML): no column.
    package var column: Int?
    package var isKey: Bool
    /// True when the type is ForeignKey or an association names the property.
    package var isNavigation: Bool

    package init(
        identifier: String, displayName: String, type: PropertyType = .string, column: Int? = nil,
        isKey: Bool = false, isNavigation: Bool = false
    ) {
        self.identifier = identifier
        self.displayName = displayName
        self.type = type
        self.column = column
        self.isKey = isKey
        self.isNavigation = isNavigation
    }

    /// The column's name in `UR_Resources`: `C` or `I` and the index in base 32 (`C0`, `CV`, `C10`, `C3V`, `I40`).
    package var columnName: String? {
        column.map { ($0 < 128 ? "C" : "I") + String($0, radix: 32, uppercase: true) }
    }

    /// The most characters that the column holds: 4,000 for 0–3, 442 for 4–127 (REFERENCE §3).
    package var characterLimit: Int {
        (column ?? 4) < 4 ? 4000 : 442
    }
}

/// The type of a property's values; the numbers are those of the reference.
package enum PropertyType: Int, Sendable, Equatable, Codable, CaseIterable {
    case string = 0
    case bytes = 1
    case int32 = 2
    case int64 = 3
    case dateTime = 4
    case bool = 5
    case guid = 6
    case double = 7
    case binary = 8
    case byte = 9
    case int16 = 10
    case foreignKey = 12
}

/// `EntityAssociation`: two navigation properties that are each other's way back.
package struct EntityAssociation: Sendable, Equatable, Codable {
    package var identifier: String
    package var displayName: String
    package var property1: PropertyBinding
    package var property2: PropertyBinding
    /// Whether a resource may hold several links through Property1 (and likewise 2).
    package var isProperty1Collection: Bool
    package var isProperty2Collection: Bool

    package init(
        identifier: String, displayName: String, property1: PropertyBinding, property2: PropertyBinding,
        isProperty1Collection: Bool = false, isProperty2Collection: Bool = false
    ) {
        self.identifier = identifier
        self.displayName = displayName
        self.property1 = property1
        self.property2 = property2
        self.isProperty1Collection = isProperty1Collection
        self.isProperty2Collection = isProperty2Collection
    }
}

/// `EntityType:Property`.
package struct PropertyBinding: Sendable, Equatable, Hashable, Codable, CustomStringConvertible {
    package var entityType: String
    package var property: String

    package init(entityType: String, property: String) {
        self.entityType = entityType
        self.property = property
    }

    package var description: String { "\(entityType):\(property)" }
}
