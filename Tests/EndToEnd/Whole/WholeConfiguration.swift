import API

/// What is deployed: two connectors, every way to store a link, and properties that come and go.
struct WholeConfiguration: Equatable, Sendable {
    /// Properties that a mapping may do without, as `entity type:property`.
    static let optional = [
        "HR_Person:Phone", "HR_Person:Note", "HR_Organization:Label", "DIR_Account:Mail", "DIR_Group:Description",
    ]

    static let connectors = ["DIR", "HR"]
    static let agent = "Local"

    var unmapped: Set<String> = []

    /// The mapped properties of an entity type with their columns in the table; the key comes first.
    func columns(_ type: String) -> [(property: String, column: String)] {
        (Self.properties[type] ?? []).filter { !unmapped.contains("\(type):\($0.property)") }.map {
            ($0.property, $0.column)
        }
    }

    struct Stored: Sendable {
        var property: String
        /// The column of the source's table.
        var column: String
        /// The column of UR_Resources.
        var place: Int
    }

    static let properties: [String: [Stored]] = [
        "HR_Person": [
            Stored(property: "EmployeeId", column: "id", place: 4),
            Stored(property: "LastName", column: "last", place: 5),
            Stored(property: "Login", column: "login", place: 7), Stored(property: "Level", column: "level", place: 8),
            Stored(property: "Phone", column: "phone", place: 9), Stored(property: "Note", column: "note", place: 0),
        ],
        "HR_Organization": [
            Stored(property: "Code", column: "code", place: 4), Stored(property: "Rank", column: "rank", place: 6),
            Stored(property: "Label", column: "label", place: 5),
        ],
        "DIR_Account": [
            Stored(property: "Dn", column: "dn", place: 4), Stored(property: "Cn", column: "cn", place: 5),
            Stored(property: "Mail", column: "mail", place: 36),
        ],
        "DIR_Group": [
            Stored(property: "Name", column: "name", place: 0), Stored(property: "Kind", column: "kind", place: 4),
            Stored(property: "Description", column: "description", place: 127),
        ],
    ]

    static let tables = [
        "HR_Person": "HRPeople", "HR_Organization": "HROrgs", "DIR_Account": "DIRAccounts", "DIR_Group": "DIRGroups",
    ]

    static func connector(of type: String) -> String { String(type.prefix { $0 != "_" }) }

    // MARK: Associations

    struct Association: Sendable {
        var identifier: String
        var table: String
        /// The sides: the column, the entity type and its key property, and whether a resource of it has one link only.
        var side1: Side
        var side2: Side
        /// Where the link stands: a column of the second side (or the first), or rows of UR_ResourceLinks.
        var place: Place

        struct Side: Sendable {
            var column: String
            var type: String
            var key: String
            var isMono: Bool
        }

        enum Place: Equatable, Sendable {
            case side1(String)
            case side2(String)
            case rows
        }

        /// The side that is the row's own key, where pairs stand in the table of an entity type.
        var owner: Int? {
            let type = tables.first { $0.value == table }?.key
            let key = type.flatMap { properties[$0]?.first?.column }
            if type == nil { return nil }
            return side1.column == key && side1.type == type ? 0 : 1
        }
    }

    static let associations = [
        Association(
            identifier: "DIR_Account_Manager", table: "DIRAccounts",
            side1: .init(column: "manager", type: "DIR_Account", key: "Dn", isMono: false),
            side2: .init(column: "dn", type: "DIR_Account", key: "Dn", isMono: true), place: .side2("I40")),
        Association(
            identifier: "DIR_Group_Members", table: "DIRMembers",
            side1: .init(column: "group", type: "DIR_Group", key: "Name", isMono: false),
            side2: .init(column: "member", type: "DIR_Account", key: "Dn", isMono: false), place: .rows),
        Association(
            identifier: "HR_Organization_Head", table: "HROrgs",
            side1: .init(column: "code", type: "HR_Organization", key: "Code", isMono: true),
            side2: .init(column: "head", type: "HR_Person", key: "EmployeeId", isMono: true), place: .side1("I42")),
        Association(
            identifier: "HR_Person_Manager", table: "HRPeople",
            side1: .init(column: "manager", type: "HR_Person", key: "Login", isMono: false),
            side2: .init(column: "id", type: "HR_Person", key: "EmployeeId", isMono: true), place: .side2("I41")),
        Association(
            identifier: "HR_Person_Organization", table: "HRPeople",
            side1: .init(column: "org", type: "HR_Organization", key: "Code", isMono: false),
            side2: .init(column: "id", type: "HR_Person", key: "EmployeeId", isMono: true), place: .side2("I40")),
    ]

    static func types(of connector: String) -> [String] {
        properties.keys.filter { self.connector(of: $0) == connector }.sorted()
    }

    static func associations(of connector: String) -> [Association] {
        associations.filter { self.connector(of: $0.identifier) == connector }
    }

    // MARK: XML

    var files: [ConfigurationFile] {
        [ConfigurationFile(path: "Conf/Whole.xml", text: xml)]
    }

    private static let thresholds =
        ["Inserted", "Updated", "Deleted"].flatMap {
            ["Maximum\($0)Lines", "MaxPercentage\($0)Lines", "MaximumLink\($0)Lines", "MaxLinkPercentage\($0)Lines"]
        }.map { "\($0)=\"0\"" }.joined(separator: " ")

    private var xml: String {
        """
        <?xml version="1.0" encoding="utf-8"?>
        <ConfigurationFile xmlns="urn:schemas-usercube-com:configuration">
        <Agent Identifier="Local" DisplayName_L1="Local" />
        <Profile Identifier="AgentSynchro" DisplayName_L1="Agent" />
        <SynchronizationAccessControlRules Profile="AgentSynchro" />
        <JobExecutionAccessControlRules Profile="AgentSynchro" />
        <OpenIdClient Identifier="Job" DisplayName_L1="Job" Profile="AgentSynchro"
          HashedSecret="K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=" />
        \(Self.connectors.map(connector).joined())
        <EntityType Identifier="HR_Person" DisplayName_L1="Person">\(scalars("HR_Person"))
          \(navigation("Organization", 128))\(navigation("Manager", 129))\(navigation("Reports"))\(navigation("Heads"))
        </EntityType>
        <EntityType Identifier="HR_Organization" DisplayName_L1="Organization">\(scalars("HR_Organization"))
          \(navigation("Persons"))\(navigation("Head", 130))
        </EntityType>
        <EntityType Identifier="DIR_Account" DisplayName_L1="Account">\(scalars("DIR_Account"))
          \(navigation("Manager", 128))\(navigation("Reports"))\(navigation("Groups"))
        </EntityType>
        <EntityType Identifier="DIR_Group" DisplayName_L1="Group">\(scalars("DIR_Group"))\(navigation("Members"))
        </EntityType>
        \(association("DIR_Account_Manager", "DIR_Account:Reports", "DIR_Account:Manager", true, false))
        \(association("DIR_Group_Members", "DIR_Group:Members", "DIR_Account:Groups", true, true))
        \(association("HR_Organization_Head", "HR_Organization:Head", "HR_Person:Heads", false, false))
        \(association("HR_Person_Manager", "HR_Person:Reports", "HR_Person:Manager", true, false))
        \(association("HR_Person_Organization", "HR_Organization:Persons", "HR_Person:Organization", true, false))
        \(Self.properties.keys.sorted().map(mapping).joined())
        \(Self.associations.map(mapping).joined())
        <CreateInitializationJob Agent="Local" />
        </ConfigurationFile>
        """
    }

    private func connector(_ identifier: String) -> String {
        let tables =
            Self.types(of: identifier).compactMap { Self.tables[$0] } + (identifier == "DIR" ? ["DIRMembers"] : [])
        let connections = tables.map {
            "<Connection Identifier=\"\($0)\" Connector=\"\(identifier)\" DisplayName_L1=\"\($0)\" "
                + "Package=\"Usercube.CSV@0000001\" />"
        }
        return """
            <Connector Identifier="\(identifier)" DisplayName_L1="\(identifier)" Agent="Local" \(Self.thresholds) />
            \(connections.joined())
            <CreateConnectorSynchroIncremental Connector="\(identifier)" DisplayName_L1="\(identifier) changes"
              JobIdentifier="\(identifier)_Incremental"><NoProvisioning /></CreateConnectorSynchroIncremental>
            <CreateConnectorSynchroComplete Connector="\(identifier)" DisplayName_L1="\(identifier) complete"
              JobIdentifier="\(identifier)_Complete"><OpenIdIdentifier Identifier="Job" /><NoProvisioning />
            </CreateConnectorSynchroComplete>

            """
    }

    private func scalars(_ type: String) -> String {
        (Self.properties[type] ?? []).enumerated().map { index, stored in
            let kind = stored.property == "Level" || stored.property == "Rank" ? "Int32" : "String"
            return "<Property Identifier=\"\(stored.property)\" Type=\"\(kind)\" TargetColumnIndex=\"\(stored.place)\" "
                + "IsKey=\"\(index == 0)\" />"
        }.joined()
    }

    private func navigation(_ identifier: String, _ column: Int = -1) -> String {
        "<Property Identifier=\"\(identifier)\" Type=\"ForeignKey\" TargetColumnIndex=\"\(column)\" />"
    }

    private func association(
        _ identifier: String, _ one: String, _ two: String, _ isCollection1: Bool, _ isCollection2: Bool
    ) -> String {
        """
        <EntityAssociation Identifier="\(identifier)" Property1="\(one)" Property2="\(two)"
          IsProperty1Collection="\(isCollection1)" IsProperty2Collection="\(isCollection2)" />
        """
    }

    /// Rejected rows and lost ones are the test's business, whatever their share.
    private func mapping(_ type: String) -> String {
        let properties = columns(type).enumerated().map { index, mapped in
            "<Property Identifier=\"\(mapped.property)\" ConnectionColumn=\"\(mapped.column)\" "
                + "IsPrimaryKey=\"\(index == 0)\" IsUniqueKey=\"\(mapped.property == "Login")\" />"
        }
        return """
            <EntityTypeMapping Identifier="\(type)" Connector="\(Self.connector(of: type))"
              ConnectionTable="\(Self.tables[type] ?? "")" MaxPercentageRejectedRows="0"
              MinPercentageRows="0">\(properties.joined())
            </EntityTypeMapping>

            """
    }

    private func mapping(_ association: Association) -> String {
        """
        <EntityAssociationMapping Identifier="\(association.identifier)"
          Connector="\(Self.connector(of: association.identifier))" ConnectionTable="\(association.table)"
          MaxPercentageRejectedRows="0"
          Column1="\(association.side1.column)" Column2="\(association.side2.column)"
          EntityPropertyMapping1="\(association.side1.type):\(association.side1.key)"
          EntityPropertyMapping2="\(association.side2.type):\(association.side2.key)" />

        """
    }
}
