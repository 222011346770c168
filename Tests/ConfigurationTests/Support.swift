import Foundation
import WeirConfiguration

/// A configuration of files `Conf/1.xml`, `Conf/2.xml`…; each text stands from line 2 on within its root element.
func configure(_ texts: String...) -> LoadedConfiguration {
    configure(texts)
}

func configure(_ texts: [String]) -> LoadedConfiguration {
    var reader = ConfigurationReader()
    for (number, text) in texts.enumerated() {
        reader.read(bytes: document(text), file: "Conf/\(number + 1).xml")
    }
    return ConfigurationFolder.load(elements: reader.elements, readingProblems: reader.problems)
}

func document(_ text: String) -> [UInt8] {
    [UInt8]("<ConfigurationFile xmlns=\"\(ConfigurationReader.namespace)\">\n\(text)\n</ConfigurationFile>\n".utf8)
}

extension LoadedConfiguration {
    var errorTexts: [String] { errors.map(\.description) }
    var noticeTexts: [String] { notices.map(\.description) }
}

/// A folder of its own, gone when the test ends.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let file = URL(filePath: path).appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }
}

/// The complete example of REFERENCE §4, with its agent.
enum Example {
    static let agent = "<Agent Identifier=\"Local\" />"

    static let connector = """
        <Connector Identifier="HR" DisplayName_L1="HR" Agent="Local" />
        <Connection Identifier="HRPeople" Connector="HR" DisplayName_L1="HR people" Package="Usercube.CSV@0000001" />
        """

    static let entities = """
        <EntityType Identifier="HR_Person" DisplayName_L1="HR - Person">
          <Property Identifier="EmployeeId" Type="String" TargetColumnIndex="4" IsKey="true" />
          <Property Identifier="LastName" Type="String" TargetColumnIndex="5" />
          <Property Identifier="Organization" Type="ForeignKey" TargetColumnIndex="128" />
        </EntityType>
        <EntityType Identifier="HR_Organization">
          <Property Identifier="Code" Type="String" TargetColumnIndex="4" IsKey="true" />
          <Property Identifier="Persons" Type="ForeignKey" />
        </EntityType>
        <EntityAssociation Identifier="HR_Person_Organization" IsProperty1Collection="true" Property1="HR_Organization:Persons" Property2="HR_Person:Organization" />
        """

    static let mappings = """
        <EntityTypeMapping Identifier="HR_Person" Connector="HR" ConnectionTable="HRPeople">
          <Property Identifier="EmployeeId" ConnectionColumn="Employee Id" IsPrimaryKey="true" />
          <Property Identifier="LastName" ConnectionColumn="Last name" />
        </EntityTypeMapping>
        <EntityTypeMapping Identifier="HR_Organization" Connector="HR" ConnectionTable="HRPeople">
          <Property Identifier="Code" ConnectionColumn="Organization" IsPrimaryKey="true" />
        </EntityTypeMapping>
        """

    static let associationMapping = """
        <EntityAssociationMapping Identifier="HR_Person_Organization" Connector="HR" ConnectionTable="HRPeople"
          Column1="Organization" Column2="Employee Id" EntityPropertyMapping1="HR_Organization:Code" EntityPropertyMapping2="HR_Person:EmployeeId" />
        """

    /// Everything that a synchronization needs.
    static let synchronized = [agent, connector, entities, mappings, associationMapping].joined(separator: "\n")

    static let client = """
        <Profile Identifier="AgentSynchro" DisplayName_L1="Agent Synchro" />
        <OpenIdClient Identifier="Job" HashedSecret="K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=" Profile="AgentSynchro" />
        """
}
