import Testing

@testable import Delta

/// A feed whose rows say which columns they carry (DESIGN §4).
struct PartialColumnsTests {
    private static let image = "id,v,w\n1,a,b\n2,\"c,d\",e\n3,f,\n"

    /// The new image of a feed on the image above.
    private func image(
        _ feed: String, result: (PreparationResult) -> Void = { _ in }, _ change: (inout Preparation) -> Void = { _ in }
    ) throws -> String {
        let workspace = try Workspace()
        var preparation = textPreparation(
            workspace, input: try workspace.write("in.csv", Array(feed.utf8)), columns: ["id", "v", "w"])
        preparation.commandColumn = "Command"
        preparation.previous = try workspace.write("old.csv", Array(Self.image.utf8))
        preparation.maximumRejectedPercentage = 0
        change(&preparation)
        result(try prepare(preparation))
        return try workspace.read("T.sorted.csv")
    }

    @Test func `what a row does not carry comes from the image, and what it carries empty is cleared`() throws {
        let feed = """
            Command,PartialColumns,id,v,w
            update,v,1,x,ignored
            update,w,2,,
            update,id,3,ignored,ignored
            """
        #expect(try image(feed) == "id,v,w\n1,x,b\n2,\"c,d\",\n3,f,\n")
    }

    @Test func `a row that does not say carries all columns of the header`() throws {
        #expect(
            try image("Command,partialcolumns,id,w\nupdate,,1,x\nupdate,v|w,2,y\n".replacing("v|", with: ""))
                == "id,v,w\n1,a,x\n2,\"c,d\",y\n3,f,\n")
    }

    @Test func `a later row of a key stands on the earlier one`() throws {
        let feed = """
            Command,PartialColumns,id,v,w
            update,v,1,x,
            update,w,1,,y
            delete,,2,,
            insert,w,2,,new
            update,,3,p,q
            update,v,3,r,
            """
        #expect(try image(feed) == "id,v,w\n1,x,y\n2,,new\n3,r,q\n")
    }

    @Test func `a new row has nothing in the columns that it does not carry`() throws {
        #expect(try image("Command,PartialColumns,id,v,w\ninsert,w,9,x,y\n").hasSuffix("\n9,,y\n"))
    }

    @Test func `a name that the header does not have is a rejected row`() throws {
        let workspace = try Workspace()
        var preparation = textPreparation(
            workspace,
            input: try workspace.write("in.csv", Array("Command,PartialColumns,id,v\nupdate,v|V,1,x\n".utf8)),
            columns: ["id", "v", "w"])
        preparation.commandColumn = "Command"
        preparation.previous = try workspace.write("old.csv", Array(Self.image.utf8))
        preparation.maximumRejectedPercentage = 0
        let result = try prepare(preparation)
        #expect(result.rejected == 1 && result.carried == 1)
        #expect(
            try workspace.read("T.rejected.csv").contains(
                "\"PartialColumns names \"\"V\"\", which is no column of the header\",1,"))
        #expect(try workspace.read("T.sorted.csv") == Self.image)
    }

    @Test func `a value that the row does not carry need not fit`() throws {
        let feed = "Command,PartialColumns,id,v,w\nupdate,v,1,x,far too long\nupdate,w,2,,far too long\n"
        let found = try image(
            feed, result: { #expect($0.rejected == 1) },
            { $0.columns[2] = Column(name: "w", source: "w", conversion: .text(limit: 3)) })
        #expect(found == "id,v,w\n1,x,b\n2,\"c,d\",e\n3,f,\n")
    }

    @Test func `a column of that name in a full file says nothing`() throws {
        #expect(try image("PartialColumns,id,v,w\nw,1,x,y\n") == "id,v,w\n1,x,y\n")
    }

    @Test(arguments: [0, 1])
    func `pairs in an entity's table stay where the row does not carry their other side`(owner: Int) throws {
        let names = owner == 0 ? ["id", "boss"] : ["boss", "id"]
        let pairs = [["1", "5"], ["2", "6"], ["3", "7"]].map { owner == 0 ? $0 : $0.reversed() }
        let old = ([names] + pairs).map { $0.joined(separator: ",") + "\n" }.joined()
        let workspace = try Workspace()
        let feed =
            "Command,PartialColumns,id,boss,v\nupdate,v,1,9,x\nupdate,boss,2,,x\nupdate,boss|v,3,8,\nadd,v,4,8,\n"
        var preparation = textPreparation(
            workspace, input: try workspace.write("in.csv", Array(feed.utf8)), columns: names)
        preparation.keys = [0, 1]
        preparation.kind = .pairs(owner: owner)
        preparation.commandColumn = "Command"
        preparation.previous = try workspace.write("old.csv", Array(old.utf8))
        let result = try prepare(preparation)
        let wanted = [["1", "5"], ["3", "8"]].map { owner == 0 ? $0 : $0.reversed() }
        #expect(
            try workspace.read("T.sorted.csv") == ([names] + wanted).map { $0.joined(separator: ",") + "\n" }.joined())
        #expect(result.kept == 2 && result.notLinks == 2)
    }
}
