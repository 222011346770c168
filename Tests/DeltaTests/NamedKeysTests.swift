import Testing

@testable import Delta

/// Which keys a feed named and had a usable row of.
struct NamedKeysTests {
    private func named(_ kind: Preparation.Kind, columns: [String] = ["a", "b"], _ feed: String) throws -> [[String]]? {
        let workspace = try Workspace()
        var preparation = textPreparation(
            workspace, input: try workspace.write("in.csv", Array(feed.utf8)), columns: columns)
        preparation.kind = kind
        preparation.keys = kind == .entries ? [0] : [0, 1]
        preparation.commandColumn = "Command"
        preparation.maximumRejectedPercentage = 0
        preparation.writesNamedKeys = true
        guard let file = try prepare(preparation).namedKeys else { return nil }
        let reader = try CSVReader(path: file.path)
        #expect(reader.columns == preparation.keys.map { columns[$0] })
        var rows: [[String]] = []
        while let row = try reader.next() { rows.append(row.values) }
        #expect(rows.count == file.rows)
        return rows
    }

    private static let feed = #"""
        Command,a,b
        insert,"x,y","1"
        wrong,2,5
        delete,"x,y",2
        update,3,"say ""hi"""
        update,3,4
        update,,7

        """#

    @Test func `each key with a usable row is named once`() throws {
        #expect(try named(.entries, Self.feed) == [["3"], ["x,y"]])
        #expect(
            try named(.pairs(owner: nil), Self.feed) == [
                ["3", "4"], ["3", "say \"hi\""], ["x,y", "1"], ["x,y", "2"],
            ])
    }

    @Test func `pairs in an entity's table are named by the row's own key`() throws {
        #expect(try named(.pairs(owner: 0), Self.feed) == [["3", ""], ["x,y", ""]])
        #expect(
            try named(.pairs(owner: 1), Self.feed) == [
                ["", "1"], ["", "2"], ["", "4"], ["", "7"], ["", "say \"hi\""],
            ])
    }

    @Test func `a full file names nothing`() throws {
        #expect(try named(.entries, "a,b\n1,2\n") == nil)
    }
}
