import Testing

@testable import Delta

/// What `.rejected.csv` says of a row that was set aside.
struct RejectedRowTests {
    /// The rows of the list: file, line, offset, reason, key, raw.
    private func rejected(_ bytes: [UInt8], _ change: (inout Preparation) -> Void = { _ in }) throws -> [[String]] {
        let workspace = try Workspace()
        let input = try workspace.write("in.csv", bytes)
        var preparation = textPreparation(workspace, input: input, columns: ["id", "v"])
        change(&preparation)
        _ = try prepare(preparation)
        let reader = try CSVReader(path: workspace.file("T.rejected.csv"))
        var rows: [[String]] = []
        while let row = try reader.next() { rows.append(row.values) }
        return rows
    }

    @Test func `what is no text is shown by signs that are`() throws {
        let bytes = Array("id,v\n1,a\0b\n2,\"x\ry\"z\n3,".utf8) + [0xFF, 0x0A]
        #expect(
            try rejected(bytes) == [
                ["in.csv", "2", "5", "a character U+0000", "1", "1,a␀b"],
                ["in.csv", "3", "11", "a quote is not closed at the end of its field", "", "2,\"x␍y\"z"],
                ["in.csv", "4", "20", "bytes that the file's encoding does not know", "3", "3,\u{FFFD}"],
            ])
    }

    @Test func `a megabyte is kept whole and a longer line is cut between characters`() throws {
        let whole = "1," + String(repeating: "x", count: (1 << 20) - 4) + ",z"
        let long = "2," + String(repeating: "x", count: (1 << 20) - 3) + "é,z"
        let rows = try rejected(Array("id,v\n\(whole)\n\(long)\n".utf8))
        #expect(rows.map(\.[1]) == ["2", "3"])
        #expect(rows[0][5] == whole)
        #expect(rows[1][5] == long.prefix((1 << 20) - 1) + "…")
    }

    @Test func `a copy of a copy says what was wrong with the source`() throws {
        let workspace = try Workspace()
        let source = try workspace.write("in.csv", "id;v;w\n1;a;b\n2;\"b\n3;c;d\n4;d\n")
        _ = try CSVRewriter(format: CSVFormat(separator: UInt8(ascii: ";"))).rewrite(
            from: source, to: workspace.file("copy.csv"))
        let step = TableTransformation(
            column: "all",
            operation: .concatenate(
                inputColumns: ["id", "v"], separator: "-", removeEmpty: true, removeDuplicates: true,
                sortValues: false))
        try Transformer([step]).transform(from: workspace.file("copy.csv"), to: workspace.file("second.csv"))
        _ = try prepare(
            textPreparation(workspace, input: workspace.file("second.csv"), columns: ["id", "all"]))
        let reader = try CSVReader(path: workspace.file("T.rejected.csv"))
        var rows: [[String]] = []
        while let row = try reader.next() { rows.append([row[1], row[3], row[5]]) }
        #expect(
            rows == [
                ["3", "a quote is not closed at the end of its field", "2;\"b"],
                ["5", "2 fields where the header has 3", "4;d"],
            ])
    }

    @Test(arguments: ["\"\"!", "\"\"!!x", "\"\"!1/!x", "\"\"!quote", "\"\"!1/2/3!x", "\"!quote!x"])
    func `what only looks like a mark is none`(text: String) throws {
        let bytes = Array(text.utf8)
        #expect(bytes.withUnsafeBytes { UnreadableMark($0) } == nil)
    }
}
