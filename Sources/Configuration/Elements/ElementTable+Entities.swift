extension ElementTable {
    /// REFERENCE §3.
    static let entities: [ElementDeclaration] = [
        ElementDeclaration(
            "EntityType", .used,
            AttributeDeclaration.identified + [.string("LicenseTag"), .string("TableName")],
            children: [
                ElementDeclaration(
                    "Property", .used,
                    AttributeDeclaration.identified + [
                        .typed("Type", .enumeration(propertyTypes), default: "String"),
                        .int("TargetColumnIndex", -1...152, default: -1),
                        .bool("IsKey"),
                        .string("Language"), .string("NeutralProperty"), .string("GroupByProperty"),
                        .string("HistoryPrecision"), .string("FlexibleComparisonExpression"),
                    ])
            ], childOrderMatters: true),
        ElementDeclaration(
            "EntityAssociation", .used,
            AttributeDeclaration.identified + [
                .typed("Property1", .binding, required: true), .typed("Property2", .binding, required: true),
                .bool("IsProperty1Collection"), .bool("IsProperty2Collection"),
            ]),
        ElementDeclaration(
            "EntityPropertyExpression", .used,
            AttributeDeclaration.identified + [
                .reference("EntityType", .entityType, required: true), .string("Property", required: true),
                .string("Expression"), .string("Binding"), .int("Priority", 0...Int(Int32.max), default: 0),
            ]),
        ElementDeclaration(
            "MenuItem", .kept,
            [.reference("EntityType", .entityType)], acceptsAnything: true, childOrderMatters: true),
    ]

    static let propertyTypes = [
        EnumerationCase("String", 0), EnumerationCase("Bytes", 1), EnumerationCase("Int32", 2),
        EnumerationCase("Int64", 3), EnumerationCase("DateTime", 4), EnumerationCase("Bool", 5),
        EnumerationCase("Guid", 6), EnumerationCase("Double", 7), EnumerationCase("Binary", 8),
        EnumerationCase("Byte", 9), EnumerationCase("Int16", 10), EnumerationCase("ForeignKey", 12),
    ]
}
