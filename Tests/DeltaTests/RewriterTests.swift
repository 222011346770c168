import Testing

@testable import Delta

struct RewriterTests {
    private func rewrite(_ bytes: [UInt8], _ format: CSVFormat) throws -> (String, CSVRewriter.Result, Workspace) {
        let workspace = try Workspace()
        let source = try workspace.write("in.csv", bytes)
        let result = try CSVRewriter(format: format).rewrite(
            from: source, to: workspace.file("out.csv"), durable: false)
        return (try workspace.read("out.csv"), result, workspace)
    }

    @Test func `any format becomes the readable copy`() throws {
        let text =
            "export of today\r\n$id$;;\"last; name\";x\r\n1;gone;$O'Brien$;\"a,b\"\r\n\r\n2;gone;\"a\nb\";\"plain\"\r\n"
        let (copy, result, _) = try rewrite(
            Array(text.utf8), CSVFormat(separator: UInt8(ascii: ";"), linesToSkip: 1, trim: ["$"]))
        #expect(copy == "\nid,last; name,x\n1,O'Brien,\"a,b\"\n\n2,\"a\nb\",plain\n")
        #expect([result.rows, result.malformed, result.file.rows] as [Int] == [2, 0, 2])
    }

    @Test func `a malformed record stays malformed on its line`() throws {
        let text = "id;;v\n1;x;a\n2;b\n3;\"open\n4;x;c\n\"5\"6;x;d\n7;x;e;more\n8;x;f"
        let (copy, result, workspace) = try rewrite(Array(text.utf8), CSVFormat(separator: UInt8(ascii: ";")))
        #expect(result.malformed == 4)
        var preparation = textPreparation(workspace, input: workspace.file("out.csv"), columns: ["id", "v"])
        let fromCopy = try prepare(preparation)
        #expect(try workspace.read("T.sorted.csv") == "id,v\n1,a\n4,c\n8,f\n")
        func rejected() throws -> [[String]] {
            let reader = try CSVReader(path: workspace.file("T.rejected.csv"))
            var rows: [[String]] = []
            while let row = try reader.next() { rows.append([row[1], row[3], row[5]]) }
            return rows
        }
        let expected = [
            ["3", "2 fields where the header has 3", "2;b"],
            ["4", "a quote is not closed at the end of its field", "3;\"open"],
            ["6", "text follows a closing quote", "\"5\"6;x;d"],
            ["7", "4 fields where the header has 3", "7;x;e;more"],
        ]
        #expect(try rejected() == expected, "\(copy)")
        preparation.input = workspace.file("in.csv")
        preparation.format.separator = UInt8(ascii: ";")
        let direct = try prepare(preparation)
        #expect(try rejected() == expected)
        #expect(fromCopy.rowsRead == direct.rowsRead)
    }

    @Test func `a row with bytes that are no text keeps its key in the copy`() throws {
        let (_, _, workspace) = try rewrite(
            Array("id,v\n1,a\n2,".utf8) + [0x81, 10], CSVFormat(encoding: "windows-1252"))
        var preparation = textPreparation(workspace, input: workspace.file("out.csv"), columns: ["id", "v"])
        preparation.previous = try workspace.write("previous.csv", "id,v\n0,gone\n2,kept\n")
        let result = try prepare(preparation)
        #expect(try workspace.read("T.sorted.csv") == "id,v\n1,a\n2,kept\n")
        #expect([result.carried, result.deleted, result.rejected] as [Int] == [1, 1, 1])
    }

    @Test(arguments: [
        ("$%x$%", ["$", "%"], "x$"), ("%$x%$", ["$", "%"], "$x"), ("$", ["$"], ""), ("''a''", ["'"], "'a'"),
    ])
    func `values are trimmed by each text in turn once`(value: String, trim: [String], expected: String) throws {
        #expect(Trimmer(trim).trim(value) == expected)
    }
}
