import Testing

@testable import Delta

struct HugeTests {
    private func run(_ bytes: [UInt8], budget: Int = 1 << 20) throws -> (Workspace, PreparationResult) {
        let workspace = try Workspace()
        let input = try workspace.write("in.csv", bytes)
        var preparation = textPreparation(workspace, input: input, columns: ["id", "v"])
        preparation.memoryBudget = budget
        return (workspace, try prepare(preparation))
    }

    @Test func `a field of ten megabytes without line breaks is a field`() throws {
        let huge = [UInt8](repeating: 120, count: 10 << 20)
        let (workspace, result) = try run(
            Array("id,v\n2,".utf8) + huge + Array("\n1,\"".utf8) + huge + Array("\"\n".utf8))
        #expect([result.kept, result.rejected] as [Int] == [2, 0])
        #expect(
            try workspace.bytes("T.sorted.csv") == Array("id,v\n1,".utf8) + huge + Array("\n2,".utf8) + huge + [10])
    }

    @Test func `a quoted field with line breaks may hold 64 KiB and no more`() throws {
        let text = [10] + [UInt8](repeating: 120, count: (64 << 10) - 1)
        let (_, fits) = try run(Array("id,v\n1,\"".utf8) + text + Array("\"\n".utf8))
        #expect([fits.kept, fits.rejected] as [Int] == [1, 0])
        let (workspace, result) = try run(Array("id,v\n1,\"".utf8) + text + Array("x\"\n2,ok\n".utf8))
        // The line with the quote, and the line of text behind it.
        #expect([result.rowsRead, result.kept, result.rejected] as [Int] == [3, 1, 2])
        #expect(try workspace.read("T.sorted.csv") == "id,v\n2,ok\n")
    }

    @Test func `a quote that is never closed costs one line`() throws {
        var text = "id,v\n0,\"open\n"
        for number in 1...20000 { text += "\(number),value \(number)\n" }
        let (_, result) = try run(Array(text.utf8))
        #expect([result.rowsRead, result.kept, result.rejected] as [Int] == [20001, 20000, 1])
    }

    @Test func `many quotes that are never closed end in good time`() throws {
        var text = "id,v\n"
        for number in 1...3000 { text += "\(number),\"never closed\n" }
        let (_, result) = try run(Array(text.utf8))
        #expect(result.rowsRead == result.kept + result.rejected)
    }

    @Test func `every memory budget gives the same bytes`() throws {
        var generator = SeededGenerator(state: 7)
        var text = "id,v\n"
        for number in 0..<30000 {
            let key = Int.random(in: 0..<20000, using: &generator)
            text +=
                "employee-number-with-a-long-prefix-\(key),\"\(number), \(String(repeating: "y", count: key % 90))\"\n"
        }
        var results: [[[UInt8]]] = []
        for budget in [64 << 10, 1 << 20, 3 << 20, 160 << 20] {
            let (workspace, result) = try run(Array(text.utf8), budget: budget)
            #expect(result.kept + result.duplicates == 30000)
            results.append(try ["sorted.csv", "sorted.delta", "duplicates.csv"].map { try workspace.bytes("T.\($0)") })
        }
        #expect(results.allSatisfy { $0 == results[0] })
    }

    @Test func `rows of any length are compared with those of the image before`() throws {
        let lengths = [3, 40000, 0, 33000, 5, 32766, 32767, 32768, 70000, 1, 2]
        func row(_ number: Int, _ end: String) -> String {
            let text = String(repeating: "z", count: lengths[number % lengths.count])
            return number % 3 == 0 ? "\(1000 + number),\"\(text),\"\"\(end)\"\n" : "\(1000 + number),\(text)\(end)\n"
        }
        let workspace = try Workspace()
        let numbers = Array(0..<100)
        let previous = try workspace.write("previous.csv", "id,v\n" + numbers.map { row($0, "old") }.joined())
        // Of every four rows three are other ones.
        let changed = Set(numbers.filter { $0 % 4 != 1 })
        let rows = numbers.map { row($0, changed.contains($0) ? "new" : "old") }
        let input = try workspace.write("in.csv", "id,v\n" + rows.reversed().joined())
        let result = try prepare(
            textPreparation(workspace, input: input, columns: ["id", "v"], previous: previous))
        let delta = numbers.filter(changed.contains).map { "update,\(rows[$0])" }.joined()
        #expect(try workspace.read("T.sorted.delta") == "command,id,v\n" + delta)
        #expect(try workspace.read("T.sorted.csv") == "id,v\n" + rows.joined())
        #expect([result.updated, result.unchanged] as [Int] == [75, 25])
    }

    @Test func `keys are sorted as bytes however long and alike they are`() throws {
        var generator = SeededGenerator(state: 3)
        let sorter = RowSorter(budget: 1 << 20, directory: "/tmp")
        var keys: [[UInt8]] = []
        for _ in 0..<5000 {
            let shared = Int.random(in: 0..<5, using: &generator) * 13
            let tail = (0..<Int.random(in: 0...20, using: &generator)).map { _ in
                UInt8.random(in: 1...3, using: &generator)
            }
            keys.append([UInt8](repeating: 97, count: shared) + tail + [98])
        }
        for (number, key) in keys.enumerated() {
            try Array("\(number)".utf8).withUnsafeBytes { text in
                try key.withUnsafeBytes { try sorter.add(kind: .kept, text: text, key: $0) }
            }
        }
        let expected = keys.indices.sorted {
            keys[$0] == keys[$1] ? $0 < $1 : keys[$0].lexicographicallyPrecedes(keys[$1])
        }
        let merge = try sorter.finish()
        var found: [Int] = []
        while let row = try merge.next() {
            let text = String(decoding: UnsafeBufferPointer(start: row.text, count: row.textCount), as: UTF8.self)
            found.append(try #require(Int(text)))
        }
        #expect(found == expected)
    }
}
