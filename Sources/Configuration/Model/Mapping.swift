/// `EntityTypeMapping`: which CSV column fills which property (REFERENCE §4).
package struct EntityTypeMapping: Sendable, Equatable, Codable {
    /// That of its entity type.
    package var identifier: String
    package var connector: String
    /// The CSV file's name, without `.csv`.
    package var table: String
    package var c0: String?
    package var properties: [PropertyMapping]
    package var thresholds: Thresholds
    package var safeguards: Safeguards
    /// Rejected rows in percent of a file above which the task fails (DESIGN §5); 0: off.
    package var percentageRejectedRows: Int

    package init(
        identifier: String, connector: String, table: String, c0: String? = nil, properties: [PropertyMapping],
        thresholds: Thresholds = .none, safeguards: Safeguards = Safeguards(), percentageRejectedRows: Int = 5
    ) {
        self.identifier = identifier
        self.connector = connector
        self.table = table
        self.c0 = c0
        self.properties = properties
        self.thresholds = thresholds
        self.safeguards = safeguards
        self.percentageRejectedRows = percentageRejectedRows
    }

    /// The one property that identifies a row. Validation made sure that there is exactly one.
    package var primaryKey: PropertyMapping {
        guard let key = properties.first(where: \.isPrimaryKey) else {
            preconditionFailure("validation refuses a mapping without primary key")
        }
        return key
    }
}

/// `Property` of an entity type mapping.
package struct PropertyMapping: Sendable, Equatable, Codable {
    package var identifier: String
    package var column: String
    package var isPrimaryKey: Bool
    package var isUniqueKey: Bool
    package var format: String?

    package init(
        identifier: String, column: String, isPrimaryKey: Bool = false, isUniqueKey: Bool = false,
        format: String? = nil
    ) {
        self.identifier = identifier
        self.column = column
        self.isPrimaryKey = isPrimaryKey
        self.isUniqueKey = isUniqueKey
        self.format = format
    }
}

/// `EntityAssociationMapping`, normalized: side 1 always belongs to the association's Property1, however the XML
/// wrote it (REFERENCE §4).
package struct EntityAssociationMapping: Sendable, Equatable, Codable {
    /// That of its association.
    package var identifier: String
    package var connector: String
    package var table: String
    package var c0: String?
    package var side1: Side
    package var side2: Side
    package var thresholds: Thresholds
    package var percentageRejectedRows: Int

    package init(
        identifier: String, connector: String, table: String, c0: String? = nil, side1: Side, side2: Side,
        thresholds: Thresholds = .none, percentageRejectedRows: Int = 5
    ) {
        self.identifier = identifier
        self.connector = connector
        self.table = table
        self.c0 = c0
        self.side1 = side1
        self.side2 = side2
        self.thresholds = thresholds
        self.percentageRejectedRows = percentageRejectedRows
    }

    package struct Side: Sendable, Equatable, Codable {
        /// The CSV column that holds the key.
        package var column: String
        /// The unique key of the resource that the column's value names.
        package var key: PropertyBinding

        package init(column: String, key: PropertyBinding) {
            self.column = column
            self.key = key
        }
    }
}
