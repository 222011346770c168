import ProcessSupport
import Testing

/// The CSV connection's file of changes (PathIncremental).
struct FeedTests {
    @Test func `a row keeps what it does not carry, and clears itself from the quarantine once it can be used`() throws
    {
        let held = try HeldCompany(feed: true)
        let company = held.company
        func name(_ key: String) throws -> String {
            try company.query("select \(Self.nameColumn) from UR_Resources where \(Self.keyColumn) = '\(key)'")
        }
        func listed() throws -> String {
            try company.query("select KeyValue || ' ' || Reason from US_RejectedRows where Mapping = 'Person'")
        }
        let links = try held.links()
        try company.write(
            """
            Command,PartialColumns,id,name,manager
            update,name,P0005,Other,P0009
            update,manager,P0006,Other,
            update,manager,P0008,,P0001
            update,name,P0008,Twice,
            insert,name,P9001,New,P0000
            update,nope,P0007,Other,
            \((100..<130).map { "update,id,\(HeldCompany.key($0)),," }.joined(separator: "\n"))

            """, to: "sources/current/changes.csv")
        let first = try held.run()
        #expect(first.code == 4, "\(first.printed)")
        #expect(
            try ["P0005", "P0006", "P0007", "P0008", "P9001"].map(name) == [
                "Other", "Name 6", "Name 7", "Twice", "New",
            ])
        #expect(try held.links() == links - 1)
        #expect(try held.people() == 1501)
        #expect(try held.roots().agent == held.roots().server)
        #expect(try listed() == "P0007 PartialColumns names \"nope\", which is no column of the header")

        // Mended to what the image has: there is no change, but the row can be used.
        try held.write(changes: ["update,P0007,Name 7,P0000"])
        let second = try held.run()
        #expect(second.code == 0, "\(second.printed)")
        #expect(try listed() == "")
        #expect(try company.query("select count(*) from US_CarriedRows") == "0")
        #expect(try held.roots().agent == held.roots().server)
    }

    private static let keyColumn = "C4"
    private static let nameColumn = "C5"
}
