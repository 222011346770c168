import Foundation
import ProcessSupport
import Testing

extension DesignRows {
    /// Row 9, late-binding links, from the agent's side: what travels for one member of a big group.
    struct BigGroupTests {
        private static let count = 20_000

        private static func key(_ number: Int) -> String { "P" + String(100_000 + number) }

        private static let groups = """
              <Connection Identifier="Groups" Connector="HR" DisplayName_L1="Groups" Package="Usercube.CSV@0000001" />
              <Connection Identifier="Members" Connector="HR" DisplayName_L1="Members" Package="Usercube.CSV@0000001" />
              <EntityType Identifier="Group" DisplayName_L1="Group">
                <Property Identifier="Name" Type="String" TargetColumnIndex="4" IsKey="true" />
                <Property Identifier="Persons" Type="ForeignKey" />
              </EntityType>
              <EntityAssociation Identifier="Group_Members" IsProperty1Collection="true" IsProperty2Collection="true"
                Property1="Group:Persons" Property2="Person:Groups" />
              <EntityTypeMapping Identifier="Group" Connector="HR" ConnectionTable="Groups">
                <Property Identifier="Name" ConnectionColumn="name" IsPrimaryKey="true" />
              </EntityTypeMapping>
              <EntityAssociationMapping Identifier="Group_Members" Connector="HR" ConnectionTable="Members"
                Column1="group" Column2="member" EntityPropertyMapping1="Group:Name" EntityPropertyMapping2="Person:Id_" />

            """

        private static func members(_ extra: [String] = []) -> String {
            "group,member\n" + (0..<count).map { "all,\(key($0))\n" }.joined() + extra.map { "all,\($0)\n" }.joined()
        }

        private static func company() throws -> Company {
            let company = try Company(example: "Tests/Fixtures/small")
            let text = try company.read("Conf/Small.xml")
            try company.write(
                text.replacing("  <CreateInitializationJob", with: groups + "  <CreateInitializationJob").replacing(
                    "<Property Identifier=\"Reports\"",
                    with: "<Property Identifier=\"Groups\" Type=\"ForeignKey\" /><Property Identifier=\"Reports\""),
                to: "Conf/Small.xml")
            try company.edit("appsettings.agent.json") { settings in
                settings["Connections"] = Dictionary(
                    uniqueKeysWithValues: ["People", "Groups", "Members"].map {
                        ($0, ["Path": "sources/current/\($0.lowercased()).csv"])
                    })
            }
            let people = (0...count).map { "\(key($0)),Name \($0),\n" }.joined()
            try company.write("id,name,manager\n" + people, to: "sources/current/people.csv")
            try company.write("name\nall\n", to: "sources/current/groups.csv")
            try company.write(members(), to: "sources/current/members.csv")
            try load(company)
            return company
        }

        /// What the newest session's mappings brought: rows and bytes, by mapping.
        private static func sent(_ company: Company) throws -> String {
            try company.query(
                """
                select Mapping, json_extract(Sealed, '$.rows') from US_SessionFiles
                where Session = (select Id from US_Sessions order by Sequence desc limit 1) order by Mapping
                """)
        }

        @Test func `row 9: one member added to a big group is one row sent, staged and applied`() throws {
            let company = try Self.company()
            #expect(try company.query("select count(*) from UR_ResourceLinks") == "\(Self.count)")

            // A member who is not there yet: an orphan, which binds when the person comes.
            let known = Self.key(Self.count)
            for extra in [[known], [known, "later"]] {
                try company.write(Self.members(extra), to: "sources/current/members.csv")
                let run = try company.run("invoke-job", "-j", LoadedCompany.job)
                #expect(run.code == 0, "\(run.printed)")
                #expect(run.printed.contains("Group_Members: 1 inserted, 0 updated, 0 deleted"), "\(run.printed)")
                #expect(try Self.sent(company) == "Group|0\nGroup_Members|1\nPerson|0\nPerson_Manager|0")
                #expect(
                    try company.query(
                        "select sum(Bytes) < 200 from US_SessionFiles where Session = "
                            + "(select Id from US_Sessions order by Sequence desc limit 1)") == "1")
                #expect(try company.query("select count(*) from UR_ResourceLinks") == "\(Self.count + 1)")
            }
            try edit("sources/current/people.csv", in: company) { $0.append("later,Late,") }
            let bound = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(bound.code == 0, "\(bound.printed)")
            #expect(try Self.sent(company) == "Group|0\nGroup_Members|0\nPerson|1\nPerson_Manager|0")
            #expect(try company.query("select count(*) from UR_ResourceLinks") == "\(Self.count + 2)")
        }
    }
}
