import Foundation
import Testing
import WeirConfiguration

struct ModelTests {
    @Test(arguments: [
        (0, "C0"), (31, "CV"), (32, "C10"), (127, "C3V"), (128, "I40"), (152, "I4O"),
    ])
    func `columns are named in base 32`(column: Int, name: String) {
        #expect(Property(identifier: "P", displayName: "P", column: column).columnName == name)
    }

    @Test(
        arguments: [
            (["EmployeeId", "LastName", "FirstName"], "LastName"), (["Code", "Label"], "Code"),
            (["Id2", "SURNAME"], "SURNAME"),
            ([], nil),
        ] as [([String], String?)])
    func `the display name is the first property with name in it, else the first`(names: [String], found: String?) {
        var properties = [
            Property(identifier: "NameOfNoColumn", displayName: ""),
            Property(identifier: "NameLink", displayName: "", type: .foreignKey, column: 128, isNavigation: true),
        ]
        properties += names.enumerated().map { Property(identifier: $0.element, displayName: "", column: $0.offset) }
        let type = EntityType(identifier: "T", displayName: "T", properties: properties)
        #expect(Model().internalDisplayNameProperty(of: type)?.identifier == found)
    }

    @Test func `links are stored in the column of a mono-valued side, else as links`() throws {
        let model = try #require(ConfigurationFolder.load(ContosoTests.folder).model)
        let storage = model.associations.map { model.linkStorage(of: $0) }
        #expect(
            storage == [
                .links, .column(owner: "HR_Organization", property: "Parent", columnName: "I40"),
                .column(owner: "HR_Person", property: "Manager", columnName: "I42"),
                .column(owner: "HR_Person", property: "Organization", columnName: "I40"),
                .column(owner: "HR_Person", property: "Site", columnName: "I41"),
            ])
    }

    @Test func `a fingerprint is the sorted text of what makes images comparable`() throws {
        let model = try #require(configure(Example.synchronized).model)
        #expect(
            model.fingerprintText(connector: "HR") == """
                connector "HR"
                row hashes 2
                mapping "HR_Organization" table "HRPeople" c0 none
                property "Code" from "Organization" primary true unique false format none type 0 column 4
                mapping "HR_Person" table "HRPeople" c0 none
                property "EmployeeId" from "Employee Id" primary true unique false format none type 0 column 4
                property "LastName" from "Last name" primary false unique false format none type 0 column 5
                association "HR_Person_Organization" table "HRPeople" c0 none
                side "HR_Organization:Code" from "Organization"
                side "HR_Person:EmployeeId" from "Employee Id"
                between "HR_Organization:Persons" true and "HR_Person:Organization" false in "HR_Person" I40

                """)
    }

    @Test(arguments: [
        ("Type=\"String\" TargetColumnIndex=\"5\"", "Type=\"Int32\" TargetColumnIndex=\"5\"", true),
        ("TargetColumnIndex=\"5\"", "TargetColumnIndex=\"6\"", true),
        ("ConnectionColumn=\"Last name\"", "ConnectionColumn=\"Last name\" Format=\"RDN\"", true),
        ("ConnectionColumn=\"Last name\"", "ConnectionColumn=\"Name\"", true),
        ("TargetColumnIndex=\"128\"", "", true),
        (
            "Connector=\"HR\" ConnectionTable=\"HRPeople\"", "Connector=\"HR\" ConnectionTable=\"HRPeople\" C0=\"x\"",
            true
        ),
        ("DisplayName_L1=\"HR - Person\"", "DisplayName_L1=\"People\"", false),
        ("<Connector Identifier=\"HR\"", "<Connector MaximumDeletedLines=\"1\" Identifier=\"HR\"", false),
    ])
    func `a fingerprint changes with what is synchronized, and with nothing else`(
        old: String, new: String, changes: Bool
    ) throws {
        let before = try #require(configure(Example.synchronized).model)
        let after = try #require(configure(Example.synchronized.replacing(old, with: new)).model)
        #expect((before.fingerprintText(connector: "HR") != after.fingerprintText(connector: "HR")) == changes)
    }

    @Test(
        arguments: [
            ("Usercube.CSV@0000001", "CSV"), ("Usercube.CSV.Complete@0000001", "CSV"),
            ("Usercube.MicrosoftEntraID@0000001", "AzureAD"),
            ("Usercube.AzureAD.Complete@0000001", "AzureAD"), ("Usercube.Workday@0000001", "Workday"),
            ("Usercube.csv@0000001", nil),
            ("Usercube.CSV", nil), ("CSV@0000001", nil), ("Usercube.CSV@", nil), ("Usercube.CSV@1@2", nil), ("", nil),
        ] as [(String, String?)])
    func `packages are found by their spellings`(text: String, name: String?) {
        #expect(Packages.find(text)?.name == name)
    }

    @Test func `only packages with a feed of their own give tasks of type Changes`() {
        #expect(
            Packages.all.filter(\.alwaysKnowsItsChanges).map(\.name).sorted() == ["AD", "AzureAD", "OpenLDAP", "SCIM"])
        #expect(Packages.all.filter { $0.changeFeed == .withIncrementalPath }.map(\.name) == ["CSV", "Excel"])
        #expect(Set(Packages.all.map(\.name)).count == Packages.all.count)
    }

    @Test func `the XSD knows every declared element and is well formed`() {
        let schema = ElementTable.xmlSchema()
        for name in ElementTable.names { #expect(schema.contains("<xs:element name=\"\(name)\">"), "\(name)") }
        var reader = ConfigurationReader()
        reader.read(bytes: [UInt8](schema.utf8), file: "weir.xsd")
        // Well formed, and so refused only for its root.
        #expect(reader.problems.map(\.message).allSatisfy { $0.hasPrefix("the root element is <schema>") })
        #expect(schema.contains("<xs:enumeration value=\"ForeignKey\" />"))
    }

    @Test func `a package is available where its connector's folder is`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/Connectors")
            .standardizedFileURL.path
        let folders = try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
        #expect(Set(folders) == Set(Packages.all.compactMap(\.connectorFolder)))
    }
}
