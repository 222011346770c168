extension ElementTable {
    /// REFERENCE §7 and §8.
    static let access: [ElementDeclaration] = [
        ElementDeclaration("Profile", .used, AttributeDeclaration.identified),
        ElementDeclaration(
            "AccessControlRule", .used,
            AttributeDeclaration.identified + [
                .reference("Profile", .profile, required: true), .string("EntityType", required: true),
            ],
            children: [
                ElementDeclaration(
                    "Entry", .used,
                    [
                        .string("Permission", required: true), .bool("CanExecute"), .typed("IsPreCondition", .bool),
                        .typed("IsPostCondition", .bool), .typed("Notify", .bool),
                        .int("Priority", 0...Int(Int32.max), default: 0),
                        .string("FullAccessProperties"), .string("PropertyGroup"),
                    ]),
                ElementDeclaration(
                    "Filter", .used,
                    [
                        .string("Binding"), .string("Value"), .string("CurrentUser"), .string("Dimension"),
                        .string("Category"),
                        .typed(
                            "Operator", .enumeration([EnumerationCase("Equals", 0), EnumerationCase("NotEquals", 1)]),
                            default: "Equals"),
                        .string("Group"),
                    ], acceptsAnything: true),
            ]),
        ElementDeclaration(
            "AccessControlPermission", .used, AttributeDeclaration.identified + [.bool("BlockInheritance")]),
        ElementDeclaration(
            "AssignedProfile", .used,
            [.string("Identifier")] + AttributeDeclaration.displayNames + [
                .string("User", required: true), .reference("Profile", .profile, required: true),
                .typed("StartDate", .date), .typed("EndDate", .date), .bool("IsDenied"),
            ]),
        ElementDeclaration(
            "OpenIdClient", .used,
            AttributeDeclaration.identified + [
                .typed("HashedSecret", .sha256, required: true), .reference("Profile", .profile, required: true),
                .string("Context"), .typed("ExpirationDate", .date),
            ]),
    ]
}
