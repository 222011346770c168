import Foundation
import Testing

@testable import Delta

struct DeltaToolTests {
    @Test func `two exports are compared by hand`() throws {
        let workspace = try Workspace()
        try workspace.write("monday.csv", "id;name;x\n2;Bert;b\n1;Ann;a\n")
        try workspace.write("tuesday.csv", "id;name;x\n3;Carl;c\n1;Anna;a\n;nobody;\n1;twice;\nbroken\n")
        let out = workspace.file("out/put")
        let first = try DeltaTool(
            key: "id", input: workspace.file("monday.csv"), previous: "none", output: out, separator: ";"
        ).run()
        #expect(try workspace.read("out/put/monday.sorted.csv") == "id,name,x\n1,Ann,a\n2,Bert,b\n")
        #expect(
            try workspace.read("out/put/monday.sorted.delta") == "command,id,name,x\ninsert,1,Ann,a\ninsert,2,Bert,b\n")
        #expect(!first.hasRejectedRows)
        let second = try DeltaTool(
            key: "id", input: workspace.file("tuesday.csv"), previous: "\(out)/monday.sorted.csv", output: out,
            columns: "name", separator: ";", memory: "1MB", digests: true
        ).run()
        // Nothing is deleted, because nobody knows which row the broken one stands for.
        #expect(
            try workspace.read("out/put/tuesday.sorted.delta") == "command,id,name\nupdate,1,Anna\ninsert,3,Carl\n")
        #expect(second.hasRejectedRows)
        #expect(
            [second.rowsRead, second.kept, second.nullKeys, second.duplicates, second.rejected, second.carried] as [Int]
                == [5, 2, 1, 1, 1, 1])
        #expect(second.digests?.root.count == 64)
        #expect(second.digests?.buckets.count == 4096)
        for name in ["sorted.csv", "sorted.delta", "nullpk.csv", "duplicates.csv", "rejected.csv"] {
            #expect(FileManager.default.fileExists(atPath: "\(out)/tuesday.\(name)"))
        }
        for line in [
            "rows read", "kept", "rejected", "inserted", "updated", "deleted", "unchanged", "seconds", "MB/s",
            "peak memory",
        ] {
            #expect(second.text.contains(line))
        }
    }

    @Test func `two columns may be the key together`() throws {
        let workspace = try Workspace()
        let input = try workspace.write("a.csv", "group,member,since\nb,1,x\na,2,y\na,10,z\n,3,w\n")
        let previous = try workspace.write("p.csv", "group,member,since\na,10,z\nb,1,old\n")
        let summary = try DeltaTool(
            key: "group,member", input: input, previous: previous, output: workspace.path
        ).run()
        #expect(try workspace.read("a.sorted.csv") == "group,member,since\na,10,z\na,2,y\nb,1,x\n")
        #expect(try workspace.read("a.sorted.delta") == "command,group,member,since\ninsert,a,2,y\nupdate,b,1,x\n")
        #expect(summary.nullKeys == 1)
    }

    @Test func `an input without rows is valid`() throws {
        let workspace = try Workspace()
        let input = try workspace.write("a.csv", "id,v\n")
        let previous = try workspace.write("p.csv", "id,v\n1,x\n")
        let summary = try DeltaTool(key: "id", input: input, previous: previous, output: workspace.path).run()
        #expect(summary.deleted == 1)
        #expect(try workspace.read("a.sorted.delta") == "command,id,v\ndelete,1,x\n")
    }

    @Test func `a feed says what happened to its rows`() throws {
        let workspace = try Workspace()
        let input = try workspace.write("a.csv", "op,id,v\ndelete,1,\ninsert,2,y\n")
        let previous = try workspace.write("p.csv", "id,v\n1,x\n3,z\n")
        let summary = try DeltaTool(
            key: "id", input: input, previous: previous, output: workspace.path, commandColumn: "Op"
        ).run()
        #expect(try workspace.read("a.sorted.csv") == "id,v\n2,y\n3,z\n")
        #expect([summary.inserted, summary.deleted, summary.unchanged] as [Int] == [1, 1, 1])
        let error = #expect(throws: DeltaError.self) {
            _ = try DeltaTool(
                key: "id", input: input, previous: previous, output: workspace.path, commandColumn: "Oops"
            ).run()
        }
        #expect(error?.code == .columnMissing)
    }

    @Test(arguments: [
        ("a,b,c", ",", "256MB"), ("", ",", "256MB"), ("a", "\"", "256MB"), ("a", "ab", "256MB"), ("a", ",", "much"),
        ("a", ",", "10KB"), ("a", ",", "-1"),
    ])
    func `an option that makes no sense is refused`(key: String, separator: String, memory: String) throws {
        let error = #expect(throws: DeltaError.self) {
            _ = try DeltaTool(
                key: key, input: "x", previous: "none", output: "y", separator: separator, memory: memory)
        }
        #expect(error?.code == .requestInvalid)
    }

    @Test func `options are read as people write them`() throws {
        #expect(OptionText.byteCount("256MB") == 256 << 20)
        #expect(OptionText.byteCount("1 GiB") == 1 << 30)
        #expect(OptionText.byteCount("512k") == 512 << 10)
        #expect(OptionText.byteCount("1048576") == 1 << 20)
        #expect(OptionText.separator("tab") == 9)
        #expect(OptionText.separator("\\t") == 9)
        #expect(OptionText.list("a,\"b,c\",d") == ["a", "b,c", "d"])
        #expect(
            try DeltaTool(key: "a", input: "/x/y/people.2024.csv", previous: "none", output: "z").name == "people.2024")
    }
}
