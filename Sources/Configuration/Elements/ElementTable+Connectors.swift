extension ElementTable {
    /// REFERENCE §4 and §13, DESIGN §8.
    static let connectors: [ElementDeclaration] = [
        ElementDeclaration("Agent", .used, AttributeDeclaration.identified + [.string("URI")]),
        ElementDeclaration(
            "Connector", .used,
            AttributeDeclaration.identified + [
                .reference("Agent", .agent), .bool("IsDeactivated"),
                .typed("CompleteJob", .enumeration(jobIntegrationRules), default: "Used"),
                .typed("IncrementalJob", .enumeration(jobIntegrationRules), default: "Used"),
                .typed(
                    "ThresholdScope", .enumeration([EnumerationCase("Connector"), EnumerationCase("Operation")]),
                    default: "Connector"),
            ] + resourceThresholds(lines: 100, percent: 5) + [
                .lines("MaximumLinkInsertedLines", 1000), .lines("MaximumLinkUpdatedLines", 0),
                .lines("MaximumLinkDeletedLines", 1000), .percent("MaxLinkPercentageInsertedLines", 5),
                .percent("MaxLinkPercentageUpdatedLines", 0), .percent("MaxLinkPercentageDeletedLines", 5),
            ]),
        ElementDeclaration(
            "Connection", .used,
            AttributeDeclaration.identified + [
                .reference("Connector", .connector, required: true), .typed("Package", .package, required: true),
                .typed(
                    "DeactivationExportFulfill",
                    .flags([
                        EnumerationCase("None", 0), EnumerationCase("Export", 1), EnumerationCase("Fulfill", 2),
                    ]), default: "None"),
            ], children: [transformation], childOrderMatters: true),
        ElementDeclaration(
            "EntityTypeMapping", .used,
            [
                .reference("Identifier", .entityType, required: true),
                .reference("Connector", .connector, required: true), .string("ConnectionTable", required: true),
                .string("C0"), .lines("MaximumEmptiedValues", 0), .percent("MaxPercentageEmptiedValues", 0),
                .percent("MinPercentageRows", 50), .percent("MaxPercentageChurnedKeys", 0),
                .percent("MaxPercentageRejectedRows", 5),
            ] + resourceThresholds(lines: 0, percent: 0),
            children: [
                ElementDeclaration(
                    "Property", .used,
                    [
                        .identifier, .string("ConnectionColumn", required: true), .bool("IsPrimaryKey"),
                        .bool("IsUniqueKey"), .string("Format"),
                    ])
            ]),
        ElementDeclaration(
            "EntityAssociationMapping", .used,
            [
                .reference("Identifier", .association), .reference("Connector", .connector, required: true),
                .string("ConnectionTable", required: true), .string("Column1", required: true),
                .string("Column2", required: true), .typed("EntityPropertyMapping1", .binding, required: true),
                .typed("EntityPropertyMapping2", .binding, required: true), .string("C0"),
                .lines("MaximumInsertedLines", 0), .lines("MaximumDeletedLines", 0),
                .percent("MaxPercentageInsertedLines", 0), .percent("MaxPercentageDeletedLines", 0),
                .lines("MaximumLinkInsertedLines", 0), .lines("MaximumLinkDeletedLines", 0),
                .percent("MaxLinkPercentageInsertedLines", 0), .percent("MaxLinkPercentageDeletedLines", 0),
                .percent("MaxPercentageRejectedRows", 5),
            ]),
    ]

    static let jobIntegrationRules = [
        EnumerationCase("Used", 0), EnumerationCase("NotUsed", 1), EnumerationCase("OnlySynchronization", 2),
        EnumerationCase("OnlyProvisioning", 3),
    ]

    private static func resourceThresholds(lines: Int, percent: Int) -> [AttributeDeclaration] {
        ["Inserted", "Updated", "Deleted"].map { .lines("Maximum\($0)Lines", lines) }
            + ["Inserted", "Updated", "Deleted"].map { .percent("MaxPercentage\($0)Lines", percent) }
    }

    private static let transformation = ElementDeclaration(
        "Transformation", .used,
        [
            .typed(
                "Type",
                .enumeration([
                    EnumerationCase("TransformDate"), EnumerationCase("WhereValue"), EnumerationCase("ConcatColumns"),
                ]), required: true),
            .string("Table", required: true), .string("Column", required: true),
            .string("InputColumn"), .string("InputColumn2"), .string("InputColumn3"), .string("InputColumn4"),
            .string("InputColumn5"), .typed("AddedDays", .double), .int("MinYear", 1...9999),
            .int("MaxYear", 1...9999), .string("DatePattern"),
            .typed(
                "WhereOperator",
                .enumeration(Transformation.WhereOperator.allCases.map { EnumerationCase($0.rawValue) })),
            .string("WhereValue"), .string("ConcatSeparator"), .typed("RemoveEmpty", .bool),
            .typed("RemoveDuplicates", .bool), .typed("SortValues", .bool),
        ])
}
