import Foundation
import Testing

@testable import Delta

/// A preparation of text columns named as their sources; the first is the key.
func textPreparation(
    _ workspace: Workspace, input: String, columns: [String], previous: String? = nil
) -> Preparation {
    Preparation(
        name: "T", input: input, columns: columns.map { Column(name: $0, source: $0) }, previous: previous,
        outputDirectory: workspace.path, maximumRejectedPercentage: 0, isDurable: false)
}

struct PrepareTests {
    @Test func `rows are cleansed and sorted and what cannot be used is set aside`() throws {
        let workspace = try Workspace()
        let input = try workspace.write(
            "in.csv",
            "\u{FEFF}id;name;x\r\nb;\"Müller; \"\"M\"\"\";1\r\n\r\na;Ann;2\r\n;nobody;3\r\nb;twice;4\r\nc;short\r\nd;\"cut"
        )
        var preparation = textPreparation(workspace, input: input, columns: ["id", "name"])
        preparation.format.separator = UInt8(ascii: ";")
        let result = try prepare(preparation)
        #expect(try workspace.read("T.sorted.csv") == "id,name\na,Ann\nb,\"Müller; \"\"M\"\"\"\n")
        #expect(try workspace.read("T.nullpk.csv") == "id,name\n,nobody\n")
        #expect(try workspace.read("T.duplicates.csv") == "id,name\nb,twice\n")
        #expect(
            try workspace.read("T.rejected.csv") == """
                file,line,offset,reason,key,raw
                in.csv,7,69,2 fields where the header has 3,,c;short
                in.csv,8,78,a quote is not closed at the end of its field,,"d;""cut"

                """)
        #expect(
            try workspace.read("T.sorted.delta") == """
                command,id,name
                insert,a,Ann
                insert,b,"Müller; ""M""\"

                """)
        #expect(result.rowsRead == 6)
        #expect(
            [result.kept, result.nullKeys, result.duplicates, result.rejected, result.inserted] as [Int] == [
                2, 1, 1, 2, 2,
            ])
    }

    @Test(arguments: [6, 7, 8, 9, 14, 15, 16, 17, 31])
    func `pairs are sorted by both sides however long the first is`(length: Int) throws {
        let workspace = try Workspace()
        let firsts = ["x", "y"].map { $0 + String(repeating: "a", count: length - 1) }
        let pairs = firsts.flatMap { first in (10..<70).map { "\(first),\($0)" } }
        let input = try workspace.write(
            "in.csv", "l,r\n" + (pairs.reversed() + pairs.prefix(5)).map { $0 + "\n" }.joined())
        var preparation = textPreparation(workspace, input: input, columns: ["l", "r"])
        preparation.kind = .pairs(owner: nil)
        preparation.keys = [0, 1]
        let result = try prepare(preparation)
        #expect(try workspace.read("T.sorted.csv") == "l,r\n" + pairs.map { $0 + "\n" }.joined())
        #expect(result.duplicates == 5)
    }

    @Test func `changes are found against the previous image whatever the order of its columns`() throws {
        let workspace = try Workspace()
        let input = try workspace.write("in.csv", "id,name,added\n3,Carl,\n1,Ann,\n2,Bert,\n")
        let previous = try workspace.write("previous.csv", "gone,name,id\nx,Ann,1\ny,Bob,2\nz,Zoe,4\n")
        let result = try prepare(
            textPreparation(workspace, input: input, columns: ["id", "name", "added"], previous: previous))
        #expect(
            try workspace.read("T.sorted.delta")
                == "command,id,name,added\nupdate,2,Bert,\ninsert,3,Carl,\ndelete,4,Zoe,\n")
        #expect([result.inserted, result.updated, result.deleted, result.unchanged] as [Int] == [1, 1, 1, 1])
    }

    @Test func `the same text under another column's name is a change`() throws {
        let workspace = try Workspace()
        let input = try workspace.write("in.csv", "id,phone\n1,7\n2,\n")
        let previous = try workspace.write("previous.csv", "id,mobile\n1,7\n2,\n")
        let result = try prepare(
            textPreparation(workspace, input: input, columns: ["id", "phone"], previous: previous))
        #expect(try workspace.read("T.sorted.delta") == "command,id,phone\nupdate,1,7\n")
        #expect([result.updated, result.unchanged] as [Int] == [1, 1])
    }

    @Test func `a rejected row is not deleted`() throws {
        let workspace = try Workspace()
        let input = try workspace.write("in.csv", "id,age\n1,ten\n3,30\n")
        let previous = try workspace.write("previous.csv", "id,age\n1,10\n2,20\n3,30\n")
        var preparation = textPreparation(workspace, input: input, columns: ["id", "age"], previous: previous)
        preparation.columns[1].conversion = .int32
        let result = try prepare(preparation)
        #expect(try workspace.read("T.sorted.csv") == "id,age\n1,10\n3,30\n")
        #expect(try workspace.read("T.sorted.delta") == "command,id,age\ndelete,2,20\n")
        #expect(result.carried == 1)
        #expect(try workspace.read("T.carried.csv").hasPrefix("id,reason\n1,\"line 2 was rejected"))
    }

    @Test func `a rejected row without readable key keeps every row that is absent`() throws {
        let workspace = try Workspace()
        let input = try workspace.write("in.csv", "id,age\n1\n3,31\n")
        let previous = try workspace.write("previous.csv", "id,age\n1,10\n2,20\n3,30\n")
        let result = try prepare(
            textPreparation(workspace, input: input, columns: ["id", "age"], previous: previous))
        #expect(try workspace.read("T.sorted.csv") == "id,age\n1,10\n2,20\n3,31\n")
        #expect(try workspace.read("T.sorted.delta") == "command,id,age\nupdate,3,31\n")
        #expect(result.carried == 2)
    }

    @Test func `a change feed is applied to the previous image`() throws {
        let workspace = try Workspace()
        let input = try workspace.write(
            "in.csv", "COMMAND,id,name\nUpdate,1,Anna\ndelete,2,\nadd,4,Dora\nmerge,4,Dörte\ninsert,5,E\ndelete,5,\n")
        let previous = try workspace.write("previous.csv", "id,name\n1,Ann\n2,Bert\n3,Carl\n")
        var preparation = textPreparation(workspace, input: input, columns: ["id", "name"], previous: previous)
        preparation.commandColumn = "Command"
        let result = try prepare(preparation)
        #expect(try workspace.read("T.sorted.csv") == "id,name\n1,Anna\n3,Carl\n4,Dörte\n")
        #expect(
            try workspace.read("T.sorted.delta")
                == "command,id,name\nupdate,1,Anna\ndelete,2,Bert\ninsert,4,Dörte\n")
        #expect(result.isChangeFeed)
        #expect(result.rowsRead == result.kept)
    }

    @Test(arguments: [(true, "2,Bert\n"), (false, "2,Bert\n3,Carl\n")])
    func `a feed of everything leaves nothing that it does not name`(_ isComplete: Bool, _ left: String) throws {
        let workspace = try Workspace()
        let input = try workspace.write("in.csv", "Command,id,name\ninsert,1,Anna\ninsert,2,\u{0},x\nadd,2,a\0b\n")
        let previous = try workspace.write("previous.csv", "id,name\n1,Ann\n2,Bert\n3,Carl\n")
        var preparation = textPreparation(workspace, input: input, columns: ["id", "name"], previous: previous)
        preparation.commandColumn = "Command"
        preparation.isCompleteFeed = isComplete
        var result = try prepare(preparation)
        #expect(result.rejected == 2)
        // One of the rejected rows has an unreadable key: it may be anybody.
        #expect(try workspace.read("T.sorted.csv") == "id,name\n1,Anna\n2,Bert\n3,Carl\n")
        try workspace.write("in.csv", "Command,id,name\ninsert,1,Anna\nadd,2,a\0b\n")
        result = try prepare(preparation)
        #expect(try workspace.read("T.sorted.csv") == "id,name\n1,Anna\n" + left)
        #expect(result.carried == 1 && result.isChangeFeed)
    }

    @Test func `a feed of everything without rows is no truth`() throws {
        let workspace = try Workspace()
        let input = try workspace.write("in.csv", "Command,id,name\n")
        let previous = try workspace.write("previous.csv", "id,name\n1,Ann\n")
        var preparation = textPreparation(workspace, input: input, columns: ["id", "name"], previous: previous)
        preparation.commandColumn = "Command"
        preparation.isCompleteFeed = true
        let error = #expect(throws: DeltaError.self) { _ = try prepare(preparation) }
        #expect(error?.code == .rowsMissing)
    }

    @Test(arguments: [nil, 0, 1]) func `pairs are sorted by first then second`(owner: Int?) throws {
        let workspace = try Workspace()
        let input = try workspace.write("in.csv", "a,b\nx,2\ny,1\nx,10\n,3\nz,\n")
        let previous = try workspace.write("previous.csv", "a,b\nw,1\nx,2\n")
        var preparation = textPreparation(workspace, input: input, columns: ["a", "b"], previous: previous)
        preparation.keys = [0, 1]
        preparation.kind = .pairs(owner: owner)
        let result = try prepare(preparation)
        let all = owner == 0 ? "a,b\nx,2\ny,1\n" : "a,b\nx,10\nx,2\ny,1\n"
        #expect(try workspace.read("T.sorted.csv") == all)
        #expect(result.rowsRead == 5)
        #expect(
            result.kept + result.nullKeys + result.duplicates + result.rejected + result.notLinks == result.rowsRead)
    }
}
