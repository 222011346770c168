import WeirConfiguration

/// A small configuration that has every way to store a link: a column on one side, rows of UR_ResourceLinks, a key that
/// is not the primary one, and a relation with one link on either side.
enum Company {
    static let connector = "HR"

    static func model(
        thresholds: Thresholds = .none, linkThresholds: Thresholds = .none, person: Thresholds = .none,
        membership: Thresholds = .none, safeguards: Safeguards = Safeguards(minimumPercentageRows: 0),
        scope: ThresholdScope = .connector
    ) -> Model {
        var model = Model()
        model.connectors = [
            Connector(
                identifier: connector, displayName: "HR", agent: "Local", thresholds: thresholds,
                linkThresholds: linkThresholds, thresholdScope: scope)
        ]
        model.entityTypes = [
            EntityType(
                identifier: "HR_Group", displayName: "Group",
                properties: [
                    Property(identifier: "Name", displayName: "", column: 0, isKey: true),
                    Property(identifier: "Members", displayName: "", type: .foreignKey, isNavigation: true),
                ]),
            EntityType(
                identifier: "HR_Organization", displayName: "Organization",
                properties: [
                    Property(identifier: "Code", displayName: "", column: 4, isKey: true),
                    Property(identifier: "Label", displayName: "", column: 5),
                    Property(identifier: "Persons", displayName: "", type: .foreignKey, isNavigation: true),
                    Property(identifier: "Head", displayName: "", type: .foreignKey, column: 130, isNavigation: true),
                ]),
            EntityType(
                identifier: "HR_Person", displayName: "Person",
                properties: [
                    Property(identifier: "EmployeeId", displayName: "", column: 4, isKey: true),
                    Property(identifier: "LastName", displayName: "", column: 5),
                    Property(identifier: "Login", displayName: "", column: 36),
                    Property(identifier: "Mail", displayName: "", column: 127),
                    Property(
                        identifier: "Organization", displayName: "", type: .foreignKey, column: 128, isNavigation: true),
                    Property(
                        identifier: "Manager", displayName: "", type: .foreignKey, column: 152, isNavigation: true),
                    Property(identifier: "Reports", displayName: "", type: .foreignKey, isNavigation: true),
                    Property(identifier: "Groups", displayName: "", type: .foreignKey, isNavigation: true),
                    Property(identifier: "Heads", displayName: "", type: .int64, column: 40, isNavigation: true),
                ]),
        ]
        model.associations = [
            EntityAssociation(
                identifier: "Group_Members", displayName: "",
                property1: PropertyBinding(entityType: "HR_Group", property: "Members"),
                property2: PropertyBinding(entityType: "HR_Person", property: "Groups"),
                isProperty1Collection: true, isProperty2Collection: true),
            EntityAssociation(
                identifier: "Organization_Head", displayName: "",
                property1: PropertyBinding(entityType: "HR_Organization", property: "Head"),
                property2: PropertyBinding(entityType: "HR_Person", property: "Heads")),
            EntityAssociation(
                identifier: "Person_Manager", displayName: "",
                property1: PropertyBinding(entityType: "HR_Person", property: "Reports"),
                property2: PropertyBinding(entityType: "HR_Person", property: "Manager"),
                isProperty1Collection: true),
            EntityAssociation(
                identifier: "Person_Organization", displayName: "",
                property1: PropertyBinding(entityType: "HR_Organization", property: "Persons"),
                property2: PropertyBinding(entityType: "HR_Person", property: "Organization"),
                isProperty1Collection: true),
        ]
        model.entityTypeMappings = [
            EntityTypeMapping(
                identifier: "HR_Group", connector: connector, table: "groups",
                properties: [PropertyMapping(identifier: "Name", column: "name", isPrimaryKey: true)],
                safeguards: Safeguards(minimumPercentageRows: 0)),
            EntityTypeMapping(
                identifier: "HR_Organization", connector: connector, table: "organizations",
                properties: [
                    PropertyMapping(identifier: "Code", column: "code", isPrimaryKey: true),
                    PropertyMapping(identifier: "Label", column: "label"),
                ], safeguards: Safeguards(minimumPercentageRows: 0)),
            EntityTypeMapping(
                identifier: "HR_Person", connector: connector, table: "people",
                properties: [
                    PropertyMapping(identifier: "EmployeeId", column: "id", isPrimaryKey: true),
                    PropertyMapping(identifier: "LastName", column: "last"),
                    PropertyMapping(identifier: "Login", column: "login", isUniqueKey: true),
                    PropertyMapping(identifier: "Mail", column: "mail"),
                ], thresholds: person, safeguards: safeguards),
        ]
        model.associationMappings = [
            mapping("Group_Members", ("HR_Group", "Name"), ("HR_Person", "EmployeeId"), membership),
            mapping("Organization_Head", ("HR_Organization", "Code"), ("HR_Person", "EmployeeId")),
            mapping("Person_Manager", ("HR_Person", "Login"), ("HR_Person", "EmployeeId")),
            mapping("Person_Organization", ("HR_Organization", "Code"), ("HR_Person", "EmployeeId")),
        ]
        return model
    }

    private static func mapping(
        _ identifier: String, _ key1: (String, String), _ key2: (String, String), _ thresholds: Thresholds = .none
    ) -> EntityAssociationMapping {
        EntityAssociationMapping(
            identifier: identifier, connector: connector, table: identifier,
            side1: .init(column: "a", key: PropertyBinding(entityType: key1.0, property: key1.1)),
            side2: .init(column: "b", key: PropertyBinding(entityType: key2.0, property: key2.1)),
            thresholds: thresholds)
    }
}
