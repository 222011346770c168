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
