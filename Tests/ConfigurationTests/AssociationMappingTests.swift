import Testing
import WeirConfiguration

struct AssociationMappingTests {
    private static let base = [Example.agent, Example.connector, Example.entities, Example.mappings]
        .joined(separator: "\n")

    private func mapping(_ attributes: String, in rest: String = Self.base) -> LoadedConfiguration {
        configure(
            rest, "<EntityAssociationMapping Connector=\"HR\" ConnectionTable=\"HRPeople\" \(attributes) />")
    }

    @Test(arguments: [
        "Identifier=\"HR_Person_Organization\" Column1=\"Organization\" EntityPropertyMapping1=\"HR_Organization:Code\" Column2=\"Employee Id\" EntityPropertyMapping2=\"HR_Person:EmployeeId\"",
        "Identifier=\"HR_Person_Organization\" Column2=\"Organization\" EntityPropertyMapping2=\"HR_Organization:Code\" Column1=\"Employee Id\" EntityPropertyMapping1=\"HR_Person:EmployeeId\"",
        "Column2=\"Organization\" EntityPropertyMapping2=\"HR_Organization:Code\" Column1=\"Employee Id\" EntityPropertyMapping1=\"HR_Person:EmployeeId\"",
    ])
    func `sides are matched by entity type, and an identifier may be left out`(attributes: String) throws {
        let loaded = mapping(attributes)
        #expect(loaded.errorTexts == [])
        #expect(
            loaded.model?.associationMappings == [
                EntityAssociationMapping(
                    identifier: "HR_Person_Organization", connector: "HR", table: "HRPeople",
                    side1: .init(
                        column: "Organization", key: PropertyBinding(entityType: "HR_Organization", property: "Code")),
                    side2: .init(
                        column: "Employee Id", key: PropertyBinding(entityType: "HR_Person", property: "EmployeeId")))
            ])
        // All spellings are one item.
        let plan = try DeploymentPlan.plan(
            from: configure(Example.synchronized).items, to: loaded.items)
        #expect(plan.lines == [])
    }

    private static let tree = """
        <EntityType Identifier="T"><Property Identifier="Code" IsKey="1" TargetColumnIndex="4" /><Property Identifier="Parent" TargetColumnIndex="128" /><Property Identifier="Children" /><Property Identifier="Next" Type="ForeignKey" TargetColumnIndex="129" /><Property Identifier="Previous" Type="ForeignKey" /></EntityType>
        <EntityAssociation Identifier="T_Parent" Property1="T:Parent" Property2="T:Children" IsProperty2Collection="1" />
        <EntityTypeMapping Identifier="T" Connector="HR" ConnectionTable="HRPeople"><Property Identifier="Code" ConnectionColumn="Code" IsPrimaryKey="1" /></EntityTypeMapping>
        """

    @Test func `position decides where both sides are the same entity type`() throws {
        let loaded = mapping(
            "Identifier=\"T_Parent\" Column1=\"Code\" EntityPropertyMapping1=\"T:Code\" Column2=\"Up\" EntityPropertyMapping2=\"T:Code\"",
            in: Self.base + Self.tree)
        let found = try #require(loaded.model?.associationMapping("T_Parent"))
        #expect([found.side1.column, found.side2.column] == ["Code", "Up"])
    }

    @Test func `several candidates without identifier are ambiguous`() {
        let second = "<EntityAssociation Identifier=\"T_Next\" Property1=\"T:Next\" Property2=\"T:Previous\" />"
        let loaded = mapping(
            "Column1=\"Code\" EntityPropertyMapping1=\"T:Code\" Column2=\"Up\" EntityPropertyMapping2=\"T:Code\"",
            in: Self.base + Self.tree + second)
        #expect(
            loaded.errorTexts == [
                "Conf/2.xml:2: EntityAssociationMapping has no Identifier, and 2 associations are between T and T: \"T_Next\", "
                    + "\"T_Parent\"; name one in Identifier"
            ])
    }

    @Test func `no candidate is an error`() {
        let loaded = mapping(
            "Column1=\"Code\" EntityPropertyMapping1=\"T:Code\" Column2=\"Id\" EntityPropertyMapping2=\"HR_Person:EmployeeId\"",
            in: Self.base + Self.tree)
        #expect(
            loaded.errorTexts == [
                "Conf/2.xml:2: EntityAssociationMapping has no Identifier, and there is no EntityAssociation between T and "
                    + "HR_Person; declare it"
            ])
    }

    private static let correct =
        "Identifier=\"HR_Person_Organization\" Column1=\"Organization\" EntityPropertyMapping1=\"HR_Organization:Code\" Column2=\"Employee Id\" "

    @Test(arguments: [
        (
            correct + "EntityPropertyMapping2=\"HR_Person:LastName\"",
            "EntityAssociationMapping \"HR_Person_Organization\" names HR_Person:LastName in EntityPropertyMapping2, which is no "
                + "key of its mapping; mark it IsUniqueKey in EntityTypeMapping \"HR_Person\", or name its primary key"
        ),
        (
            correct + "EntityPropertyMapping2=\"HR_Persn:EmployeeId\"",
            "EntityAssociationMapping \"HR_Person_Organization\" names the EntityType \"HR_Persn\" in EntityPropertyMapping2, "
                + "which does not exist; did you mean \"HR_Person\"?"
        ),
        (
            correct + "EntityPropertyMapping2=\"HR_Person:EmployeId\"",
            "EntityAssociationMapping \"HR_Person_Organization\" names HR_Person:EmployeId in EntityPropertyMapping2, but "
                + "EntityType \"HR_Person\" has no such property; did you mean \"EmployeeId\"?"
        ),
        (
            correct
                + "EntityPropertyMapping2=\"HR_Person:EmployeeId\" MaximumInsertedLines=\"1\" MaximumLinkInsertedLines=\"2\"",
            "EntityAssociationMapping \"HR_Person_Organization\" has MaximumInsertedLines=\"1\" and "
                + "MaximumLinkInsertedLines=\"2\", the same limit; keep one"
        ),
        (
            "Identifier=\"HR_Nothing\" Column1=\"a\" EntityPropertyMapping1=\"HR_Organization:Code\" Column2=\"b\" "
                + "EntityPropertyMapping2=\"HR_Person:EmployeeId\"",
            "EntityAssociationMapping \"HR_Nothing\" names the EntityAssociation \"HR_Nothing\" in Identifier, which does not "
                + "exist; declare it"
        ),
    ])
    func `a side that cannot be is an error`(attributes: String, message: String) {
        let errors = mapping(attributes).errorTexts
        #expect(errors.contains("Conf/2.xml:2: " + message), "\(errors)")
    }

    @Test func `sides of another pair of entity types are an error`() {
        let errors = mapping(
            "Identifier=\"T_Parent\" Column1=\"Code\" EntityPropertyMapping1=\"T:Code\" Column2=\"Id\" EntityPropertyMapping2=\"HR_Person:EmployeeId\"",
            in: Self.base + Self.tree
        ).errorTexts
        #expect(
            errors == [
                "Conf/2.xml:2: EntityAssociationMapping \"T_Parent\" maps keys of T and HR_Person, but EntityAssociation "
                    + "\"T_Parent\" is between T and T; correct EntityPropertyMapping1 and 2"
            ])
    }

    @Test func `both ends belong to mappings of one connector`() {
        let errors = configure(
            Self.base,
            """
            <Connector Identifier="AD" Agent="Local" />
            <EntityAssociationMapping Identifier="HR_Person_Organization" Connector="AD" ConnectionTable="x" Column1="Organization" EntityPropertyMapping1="HR_Organization:Code" Column2="Employee Id" EntityPropertyMapping2="HR_Person:EmployeeId" />
            """
        ).errors.map(\.message)
        #expect(
            errors == [
                "EntityAssociationMapping \"HR_Person_Organization\" names HR_Organization:Code in EntityPropertyMapping1, whose "
                    + "mapping belongs to Connector \"HR\"; both ends must belong to mappings of its own Connector \"AD\"",
                "EntityAssociationMapping \"HR_Person_Organization\" names HR_Person:EmployeeId in EntityPropertyMapping2, whose "
                    + "mapping belongs to Connector \"HR\"; both ends must belong to mappings of its own Connector \"AD\"",
            ])
    }

    @Test func `link spellings of thresholds count`() throws {
        let loaded = mapping(
            Self.correct
                + "EntityPropertyMapping2=\"HR_Person:EmployeeId\" MaximumLinkInsertedLines=\"3\" MaxLinkPercentageDeletedLines=\"4\""
        )
        #expect(
            loaded.model?.associationMappings.map(\.thresholds) == [
                Thresholds(maximumInserted: 3, percentageDeleted: 4)
            ])
    }

    @Test func `one association is mapped once`() {
        let errors = configure(
            Example.synchronized, Example.associationMapping,
            Example.associationMapping.replacing("Identifier=\"HR_Person_Organization\"", with: "")
        ).errorTexts
        #expect(
            errors == [
                "Conf/2.xml:2: EntityAssociationMapping \"HR_Person_Organization\" is declared twice: here and at Conf/1.xml:22; "
                    + "give one another identifier",
                "Conf/3.xml:2: EntityAssociation \"HR_Person_Organization\" is mapped twice: here and at Conf/1.xml:22; remove one",
            ])
    }
}
