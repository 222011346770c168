import API

/// A small configuration: a connector with persons and organizations, jobs, and a client for each kind of caller. The
/// secret of all of them is `secret` (REFERENCE §8 gives its hash).
enum Company {
    static let secret = "secret"

    static let files = [
        ConfigurationFile(path: "Conf/HR.xml", text: xml(connector)),
        ConfigurationFile(path: "Conf/Access.xml", text: xml(access)),
        ConfigurationFile(path: "Conf/Jobs.xml", text: xml(jobs)),
    ]

    static func xml(_ elements: String) -> String {
        """
        <?xml version="1.0" encoding="utf-8"?>
        <ConfigurationFile xmlns="urn:schemas-usercube-com:configuration">
        \(elements)
        </ConfigurationFile>
        """
    }

    static let connector = """
        <Agent Identifier="Local" DisplayName_L1="Local" />
        <Connector Identifier="HR" DisplayName_L1="HR" Agent="Local" />
        <Connection Identifier="HRPeople" Connector="HR" DisplayName_L1="HR people" Package="Usercube.CSV@0000001" />
        <EntityType Identifier="HR_Person" DisplayName_L1="HR - Person">
          <Property Identifier="EmployeeId" Type="String" TargetColumnIndex="4" IsKey="true" />
          <Property Identifier="LastName" Type="String" TargetColumnIndex="5" />
          <Property Identifier="Organization" Type="ForeignKey" TargetColumnIndex="128" />
        </EntityType>
        <EntityType Identifier="HR_Organization" DisplayName_L1="HR - Organization">
          <Property Identifier="Code" Type="String" TargetColumnIndex="4" IsKey="true" />
          <Property Identifier="Persons" Type="ForeignKey" />
        </EntityType>
        <EntityAssociation Identifier="HR_Person_Organization" IsProperty1Collection="true"
          Property1="HR_Organization:Persons" Property2="HR_Person:Organization" />
        <EntityTypeMapping Identifier="HR_Person" Connector="HR" ConnectionTable="HRPeople">
          <Property Identifier="EmployeeId" ConnectionColumn="Employee Id" IsPrimaryKey="true" />
          <Property Identifier="LastName" ConnectionColumn="Last name" />
        </EntityTypeMapping>
        <EntityTypeMapping Identifier="HR_Organization" Connector="HR" ConnectionTable="HROrganizations">
          <Property Identifier="Code" ConnectionColumn="Code" IsPrimaryKey="true" />
        </EntityTypeMapping>
        <EntityAssociationMapping Identifier="HR_Person_Organization" Connector="HR" ConnectionTable="HRPeople"
          Column1="Organization" Column2="Employee Id" EntityPropertyMapping1="HR_Organization:Code"
          EntityPropertyMapping2="HR_Person:EmployeeId" />
        """

    static let access = """
        <Profile Identifier="AgentSynchro" DisplayName_L1="Agent" />
        <SynchronizationAccessControlRules Profile="AgentSynchro" />
        <Profile Identifier="Operator" DisplayName_L1="Operator" />
        <JobExecutionAccessControlRules Profile="Operator" />
        <Profile Identifier="Nobody" DisplayName_L1="Nobody" />
        <CreateAdministratorProfile />
        \(client("Job", "AgentSynchro"))
        \(client("Op", "Operator"))
        \(client("Nobody", "Nobody"))
        \(client("Admin", "Administrator"))
        \(client("Old", "Administrator", "ExpirationDate=\"2020-01-01T00:00:00\""))
        """

    static let jobs = """
        <CreateConnectorSynchroIncremental Connector="HR" DisplayName_L1="HR - Synchronize"
          JobIdentifier="HR_Incremental">
          <OpenIdIdentifier Identifier="Job" />
        </CreateConnectorSynchroIncremental>
        <CreateConnectorSynchroComplete Connector="HR" DisplayName_L1="HR - Complete" JobIdentifier="HR_Complete">
          <OpenIdIdentifier Identifier="Job" />
        </CreateConnectorSynchroComplete>
        <Job Identifier="Nightly" DisplayName_L1="Nightly" Agent="Local" UserStartDenied="true"
          CronTabExpression="0 2 * * *">
          <ExportTask Identifier="Nightly_Export" DisplayName_L1="Export" Agent="Local" Connection="HRPeople"
            OpenIdClient="Job" />
        </Job>
        """

    private static func client(_ identifier: String, _ profile: String, _ more: String = "") -> String {
        """
        <OpenIdClient Identifier="\(identifier)" DisplayName_L1="\(identifier)" Profile="\(profile)"
          HashedSecret="K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=" \(more) />
        """
    }
}
