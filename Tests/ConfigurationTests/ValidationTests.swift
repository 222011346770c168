import Testing
import WeirConfiguration

/// What is wrong between elements. Each case is the whole list of errors.
struct ValidationTests {
    private static func property(_ attributes: String) -> String {
        "<EntityType Identifier=\"A\">\n<Property Identifier=\"K\" IsKey=\"1\" TargetColumnIndex=\"4\" />\n"
            + "<Property \(attributes) />\n</EntityType>"
    }

    @Test(arguments: [
        (
            "Identifier=\"Class\" TargetColumnIndex=\"5\"",
            "Property \"Class\" of EntityType \"A\" is a reserved word; use another identifier"
        ),
        (
            "Identifier=\"é\" TargetColumnIndex=\"5\"",
            "Property \"é\" of EntityType \"A\" holds characters other than letters without accents, digits and _; rename it"
        ),
        (
            "Identifier=\"1a\" TargetColumnIndex=\"5\"",
            "Property \"1a\" of EntityType \"A\" starts with a digit; rename it"
        ),
        (
            "Identifier=\"K\" TargetColumnIndex=\"5\"",
            "Property \"K\" of EntityType \"A\" is declared twice: here and at Conf/1.xml:3; remove one"
        ),
        (
            "Identifier=\"B\" TargetColumnIndex=\"4\"",
            "Property \"B\" of EntityType \"A\" has TargetColumnIndex 4, which Property \"K\" already has; use a free index"
        ),
        (
            "Identifier=\"B\" TargetColumnIndex=\"128\"",
            "Property \"B\" of EntityType \"A\" has TargetColumnIndex 128, which is for navigations; a scalar uses 0 to "
                + "127, a navigation needs an EntityAssociation"
        ),
        (
            "Identifier=\"B\" TargetColumnIndex=\"153\"",
            "Property \"B\" of EntityType \"A\" has TargetColumnIndex=\"153\"; it must be a whole number from -1 to 152"
        ),
        (
            "Identifier=\"B\" Type=\"Binary\" TargetColumnIndex=\"5\"",
            "Property \"B\" of EntityType \"A\" is Binary and has TargetColumnIndex 5; binary values have none, remove it"
        ),
        (
            "Identifier=\"B\" IsKey=\"1\"",
            "Property \"B\" of EntityType \"A\" is a key and has no TargetColumnIndex; give it one from 0 to 127"
        ),
        (
            "Identifier=\"B\" Type=\"11\"",
            "Property \"B\" of EntityType \"A\" has Type=\"11\"; it must be one of String (0), Bytes (1), Int32 (2), Int64 (3), DateTime (4), "
                + "Bool (5), Guid (6), Double (7), Binary (8), Byte (9), Int16 (10), ForeignKey (12)"
        ),
    ])
    func `a property that cannot be is an error`(attributes: String, message: String) {
        #expect(configure(Self.property(attributes)).errorTexts == ["Conf/1.xml:4: " + message])
    }

    @Test func `a scalar without column and association is a notice`() {
        let loaded = configure(Self.property("Identifier=\"B\""))
        #expect(loaded.errorTexts == [])
        #expect(
            loaded.noticeTexts == [
                "Conf/1.xml:4: Property \"B\" of EntityType \"A\" has no TargetColumnIndex and no EntityAssociation; it "
                    + "stays empty"
            ])
    }

    @Test func `an entity type needs a key, and a free identifier`() {
        #expect(
            configure(
                "<EntityType Identifier=\"A\" />\n<EntityType Identifier=\"string\"><Property Identifier=\"K\" IsKey=\"1\" TargetColumnIndex=\"0\" /></EntityType>",
                "<EntityType Identifier=\"A\"><Property Identifier=\"K\" IsKey=\"1\" TargetColumnIndex=\"0\" /></EntityType>"
            ).errorTexts == [
                "Conf/1.xml:2: EntityType \"A\" has no property with IsKey=\"true\"; mark the one that identifies a resource",
                "Conf/1.xml:3: EntityType \"string\" is a reserved word; use another identifier",
                "Conf/2.xml:2: EntityType \"A\" is declared twice: here and at Conf/1.xml:2; give one another identifier",
            ])
    }

    @Test func `a property that an association names is a navigation whatever its type`() throws {
        let model = try #require(
            configure(
                """
                <EntityType Identifier="A">
                <Property Identifier="K" IsKey="1" TargetColumnIndex="4" />
                <Property Identifier="Parent" Type="Int64" TargetColumnIndex="5" /><Property Identifier="Children" Type="Int64" />
                </EntityType>
                <EntityAssociation Identifier="X" Property1="A:Children" Property2="A:Parent" IsProperty1Collection="1" />
                """
            ).model)
        #expect(model.entityTypes[0].properties.map(\.isNavigation) == [false, true, true])
        #expect(
            model.linkStorage(of: model.associations[0]) == .column(owner: "A", property: "Parent", columnName: "C5"))
    }

    private static let twoTypes = """
        <EntityType Identifier="A"><Property Identifier="K" IsKey="1" TargetColumnIndex="4" /><Property Identifier="B1" /><Property Identifier="B2" TargetColumnIndex="129" /></EntityType>
        <EntityType Identifier="B"><Property Identifier="K" IsKey="1" TargetColumnIndex="4" /><Property Identifier="A1" /><Property Identifier="A2" /></EntityType>
        """

    @Test(arguments: [
        ("Property1=\"A:B1\" Property2=\"B:A1\"", ""),
        (
            "Property1=\"A:B1\" Property2=\"B:A9\"",
            "EntityAssociation \"X\" names B:A9 in Property2, but EntityType \"B\" has no such property; did you mean \"A1\"?"
        ),
        (
            "Property1=\"C:B1\" Property2=\"B:A1\"",
            "EntityAssociation \"X\" names the EntityType \"C\" in Property1, which does not exist; did you mean \"A\"?"
        ),
        (
            "Property1=\"B1\" Property2=\"B:A1\"",
            "EntityAssociation \"X\" has Property1=\"B1\"; it must be a binding such as EntityType:Property"
        ),
        (
            "Property1=\"A:B1\" Property2=\"A:B1\"",
            "EntityAssociation \"X\" names A:B1 twice; Property2 is the way back, another property"
        ),
        (
            "Property1=\"A:K\" Property2=\"B:A1\"",
            "EntityAssociation \"X\" names A:K in Property1, which is a key (IsKey); a navigation cannot be one"
        ),
        ("Property1=\"A:B1\"", "EntityAssociation \"X\" has no Property2; add the attribute"),
    ])
    func `an association joins two properties that exist`(attributes: String, message: String) {
        let errors = configure(Self.twoTypes, "<EntityAssociation Identifier=\"X\" \(attributes) />").errors
            .filter { $0.location?.file == "Conf/2.xml" }
        #expect(errors.map(\.message) == (message.isEmpty ? [] : [message]))
    }

    @Test func `a collection has no column, and a property one association`() {
        let loaded = configure(
            Self.twoTypes,
            """
            <EntityAssociation Identifier="X" Property1="A:B2" Property2="B:A1" IsProperty1Collection="1" />
            <EntityAssociation Identifier="Y" Property1="A:B1" Property2="B:A1" />
            """)
        #expect(
            loaded.errorTexts == [
                "Conf/1.xml:2: Property \"B2\" of EntityType \"A\" has TargetColumnIndex 129, but EntityAssociation \"X\" "
                    + "makes it a collection, which no column holds; remove the index",
                "Conf/2.xml:3: EntityAssociation \"Y\" names B:A1 in Property2, which EntityAssociation \"X\" already uses; "
                    + "give each association its own properties",
            ])
    }

    private static let base = [Example.agent, Example.connector, Example.entities].joined(separator: "\n")

    @Test(arguments: [
        (
            "<Property Identifier=\"EmployeeId\" ConnectionColumn=\"Id\" />",
            ["EntityTypeMapping \"HR_Person\" has no IsPrimaryKey property; mark the column that identifies a person"]
        ),
        (
            "<Property Identifier=\"EmployeeId\" ConnectionColumn=\"Id\" IsPrimaryKey=\"1\" /><Property Identifier=\"LastName\" ConnectionColumn=\"N\" IsPrimaryKey=\"1\" />",
            [
                "EntityTypeMapping \"HR_Person\" has 2 IsPrimaryKey properties, \"EmployeeId\" (Conf/2.xml:2), \"LastName\" (Conf/2.xml:2); keep one"
            ]
        ),
        (
            "<Property Identifier=\"EmployeId\" ConnectionColumn=\"Id\" IsPrimaryKey=\"1\" />",
            [
                "Property \"EmployeId\" of EntityTypeMapping \"HR_Person\" does not exist in its entity type; did you mean \"EmployeeId\"?"
            ]
        ),
        (
            "<Property Identifier=\"EmployeeId\" ConnectionColumn=\"Id\" IsPrimaryKey=\"1\" /><Property Identifier=\"Organization\" ConnectionColumn=\"O\" />",
            [
                "Property \"Organization\" of EntityTypeMapping \"HR_Person\" is a navigation; map it with an EntityAssociationMapping"
            ]
        ),
        (
            "<Property Identifier=\"EmployeeId\" ConnectionColumn=\"Id\" IsPrimaryKey=\"1\" /><Property Identifier=\"EmployeeId\" ConnectionColumn=\"O\" />",
            [
                "Property \"EmployeeId\" of EntityTypeMapping \"HR_Person\" is mapped twice: here and at Conf/2.xml:2; remove one"
            ]
        ),
        (
            "<Property Identifier=\"EmployeeId\" IsPrimaryKey=\"1\" />",
            ["Property \"EmployeeId\" of EntityTypeMapping \"HR_Person\" has no ConnectionColumn; add the attribute"]
        ),
        ("<Property Identifier=\"EmployeeId\" ConnectionColumn=\"Id\" IsPrimaryKey=\"1\" />", []),
    ])
    func `a mapping has one primary key and properties with columns`(properties: String, messages: [String]) {
        let mapping =
            "<EntityTypeMapping Identifier=\"HR_Person\" Connector=\"HR\" ConnectionTable=\"HRPeople.csv\">\(properties)</EntityTypeMapping>"
        let loaded = configure(Self.base, mapping)
        #expect(loaded.errorTexts == messages.map { "Conf/2.xml:2: " + $0 })
        #expect(loaded.noticeTexts.filter { $0.contains("ConnectionTable") } == [])
    }

    @Test func `a mapped property without column is an error, a binary one a notice`() {
        let loaded = configure(
            Example.agent, Example.connector,
            """
            <EntityType Identifier="A"><Property Identifier="K" IsKey="1" TargetColumnIndex="4" />
            <Property Identifier="Photo" Type="Binary" /><Property Identifier="B" /></EntityType>
            <EntityTypeMapping Identifier="A" Connector="HR" ConnectionTable="HRPeople">
            <Property Identifier="K" ConnectionColumn="k" IsPrimaryKey="1" />
            <Property Identifier="Photo" ConnectionColumn="p" />
            <Property Identifier="B" ConnectionColumn="b" />
            </EntityTypeMapping>
            """)
        #expect(
            loaded.errorTexts == [
                "Conf/3.xml:7: Property \"B\" of EntityTypeMapping \"A\" has no column in its entity type; give the property a "
                    + "TargetColumnIndex there"
            ])
        #expect(
            loaded.noticeTexts.contains(
                "Conf/3.xml:6: Property \"Photo\" of EntityTypeMapping \"A\" is Binary; binary values are not synchronized by "
                    + "this version"))
    }

    @Test(arguments: [
        ("MaximumInsertedLines", "-1"), ("MaxPercentageDeletedLines", "101"), ("MaxPercentageDeletedLines", "-5"),
        ("MinPercentageRows", "x"), ("MaximumDeletedLines", "1.5"),
    ])
    func `a threshold is a whole number, a percentage up to 100`(name: String, value: String) {
        let mapping =
            "<EntityTypeMapping Identifier=\"HR_Person\" Connector=\"HR\" ConnectionTable=\"HRPeople\" \(name)=\"\(value)\"><Property Identifier=\"EmployeeId\" ConnectionColumn=\"Id\" IsPrimaryKey=\"1\" /></EntityTypeMapping>"
        let errors = configure(Self.base, mapping).errorTexts
        #expect(errors.count == 1)
        #expect(
            errors.first?.hasPrefix(
                "Conf/2.xml:2: EntityTypeMapping \"HR_Person\" has \(name)=\"\(value)\"; it must be a whole number")
                == true)
    }

    @Test(arguments: [
        (
            "<Connection Identifier=\"hrpeople\" Connector=\"HR\" Package=\"Usercube.CSV@0000001\" />",
            "Connection \"hrpeople\" differs only by case from Connection \"HRPeople\" at Conf/1.xml:3; rename one"
        ),
        (
            "<Connection Identifier=\"HR_X\" Connector=\"HR\" Package=\"Usercube.CSV@0000001\" />",
            "Connection \"HR_X\" holds _; the identifier of a connection may hold none of < > : \" / \\ | ? * _, rename it"
        ),
        (
            "<Connection Identifier=\"1X\" Connector=\"HR\" Package=\"Usercube.CSV@0000001\" />",
            "Connection \"1X\" must start with a letter; rename it"
        ),
        (
            "<Connection Identifier=\"X\" Connector=\"HR\" Package=\"Usercube.CVS@0000001\" />",
            "Connection \"X\" uses the unknown package \"Usercube.CVS@0000001\"; did you mean \"Usercube.CSV@0000001\"?"
        ),
        (
            "<Connection Identifier=\"X\" Connector=\"HR\" Package=\"CSV\" />",
            "Connection \"X\" uses the unknown package \"CSV\"; write it like Usercube.CSV@0000001"
        ),
        (
            "<Connection Identifier=\"X\" Connector=\"HT\" Package=\"Usercube.CSV@0000001\" />",
            "Connection \"X\" names the Connector \"HT\" in Connector, which does not exist; did you mean \"HR\"?"
        ),
        (
            "<Connection Identifier=\"X\" Package=\"Usercube.CSV@0000001\" />",
            "Connection \"X\" has no Connector; add the attribute"
        ),
        (
            "<Connection Identifier=\"X\" Connector=\"HR\" Package=\"Usercube.CSV@0000001\"><Transformation Type=\"WhereValue\" Table=\"X\" Column=\"A\" WhereValue=\"1\" AddedDays=\"1\" WhereOperator=\"Equals\" /></Connection>",
            "Transformation of Connection \"X\" is a WhereValue and has AddedDays, which belongs to another Type; remove it"
        ),
        (
            "<Connection Identifier=\"X\" Connector=\"HR\" Package=\"Usercube.CSV@0000001\"><Transformation Type=\"ConcatColumns\" Table=\"X\" Column=\"A\" /></Connection>",
            "Transformation of Connection \"X\" is a ConcatColumns and names no InputColumn; add one to five"
        ),
        (
            "<Connection Identifier=\"X\" Connector=\"HR\" Package=\"Usercube.CSV@0000001\"><Transformation Type=\"TransformDate\" Table=\"X\" Column=\"A\" MinYear=\"2000\" MaxYear=\"1999\" /></Connection>",
            "Transformation of Connection \"X\" has MinYear 2000 above MaxYear 1999; exchange them"
        ),
        (
            "<Connection Identifier=\"X\" Connector=\"HR\" Package=\"Usercube.CSV@0000001\"><Transformation Type=\"WhereValue\" Table=\"X\" Column=\"A\" WhereValue=\"1\" /></Connection>",
            "Transformation of Connection \"X\" is a WhereValue and has no WhereOperator; add it, for instance Equals"
        ),
    ])
    func `a connection has a valid identifier, package and transformations`(xml: String, message: String) {
        #expect(configure(Example.agent + Example.connector, xml).errorTexts == ["Conf/2.xml:2: " + message])
    }

    @Test func `a package that Weir does not have yet is a notice`() {
        let loaded = configure(
            Example.agent + Example.connector,
            "<Connection Identifier=\"X\" Connector=\"HR\" Package=\"Usercube.Okta@0000001\" />")
        #expect(loaded.errorTexts == [])
        #expect(
            loaded.noticeTexts == [
                "Conf/2.xml:2: Connection \"X\" uses the package Usercube.Okta@0000001 (Okta), which this version does not "
                    + "have; its export tasks will end in an error"
            ])
    }

    @Test(arguments: [
        ("HRPeople", false), ("HRPeople.csv", false), ("Other", true), ("HRPeople_sub", false), ("hrpeople", true),
    ])
    func `a table of no connection is a notice`(table: String, isNoticed: Bool) {
        let mapping =
            "<EntityTypeMapping Identifier=\"HR_Person\" Connector=\"HR\" ConnectionTable=\"\(table)\"><Property Identifier=\"EmployeeId\" ConnectionColumn=\"Id\" IsPrimaryKey=\"1\" /></EntityTypeMapping>"
        let loaded = configure(Self.base, mapping)
        #expect(loaded.errorTexts == [])
        #expect(loaded.noticeTexts.contains { $0.contains("belongs to no connection") } == isNoticed)
    }

    @Test func `an Int64 in a navigation's column is a navigation that nothing fills`() {
        let loaded = configure(Self.property("Identifier=\"Boss\" Type=\"Int64\" TargetColumnIndex=\"129\""))
        #expect(loaded.errorTexts == [])
        #expect(
            loaded.noticeTexts == [
                "Conf/1.xml:4: Property \"Boss\" of EntityType \"A\" is a navigation that no EntityAssociation names; it stays "
                    + "empty"
            ])
    }

    @Test func `a connector may leave out the only agent`() throws {
        let model = try #require(configure("<Agent Identifier=\"Local\" /><Connector Identifier=\"HR\" />").model)
        #expect(model.connectors.map(\.agent) == ["Local"])
        #expect(
            configure("<Agent Identifier=\"A\" /><Agent Identifier=\"B\" />\n<Connector Identifier=\"HR\" />")
                .errorTexts == [
                    "Conf/1.xml:3: Connector \"HR\" has no Agent, and there are 2; name the one beside its system"
                ])
    }

    @Test(arguments: [
        (
            "Property=\"LastName\" Binding=\"Organization.Code\"",
            "EntityPropertyExpression \"X\" computes Property \"LastName\", which EntityTypeMapping \"HR_Person\" fills from a file; "
                + "only synchronizations write mapped properties, remove one of the two"
        ),
        (
            "Property=\"LastNam\" Binding=\"Organization.Code\"",
            "EntityPropertyExpression \"X\" computes Property \"LastNam\", which EntityType \"HR_Person\" does not have; did you "
                + "mean \"LastName\"?"
        ),
        (
            "Property=\"InternalDisplayName\"",
            "EntityPropertyExpression \"X\" has neither Expression nor Binding; give it exactly one"
        ),
        (
            "Property=\"InternalDisplayName\" Binding=\"a\" Expression=\"b\"",
            "EntityPropertyExpression \"X\" has Expression and Binding; give it exactly one"
        ),
    ])
    func `an expression computes a property that no file fills`(attributes: String, message: String) {
        let xml = "<EntityPropertyExpression Identifier=\"X\" EntityType=\"HR_Person\" \(attributes) />"
        #expect(configure(Example.synchronized, xml).errorTexts == ["Conf/2.xml:2: " + message])
    }
}
