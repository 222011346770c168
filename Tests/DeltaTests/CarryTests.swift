import Testing

@testable import Delta

struct CarryTests {
    @Test func `held rows stand as they stood before`() throws {
        let workspace = try Workspace()
        let old = try workspace.write("old.csv", "id,name\n1,Ann\n2,Bert\n4,Dora\n")
        let new = try workspace.write("new.csv", "id,name,added\n0,Zero,z\n2,Robert,\n3,Carl,\n4,Dora,d\n")
        // 0: a held insert; 1: a held delete; 2: a held update; 9: in neither.
        let result = try carry(
            keys: [["0"], ["1"], ["2"], ["9"]], from: old, into: new, keyColumns: ["id"], digests: true, durable: false)
        #expect(try workspace.read("new.csv") == "id,name,added\n1,Ann,\n2,Bert,\n3,Carl,\n4,Dora,d\n")
        #expect(result.file.rows == 4)
        let preparation = {
            var preparation = textPreparation(workspace, input: new, columns: ["id", "name", "added"])
            preparation.digests = true
            return preparation
        }()
        #expect(try prepare(preparation).digest == result.digest)
    }

    @Test func `held pairs are taken out where nothing stood before`() throws {
        let workspace = try Workspace()
        let new = try workspace.write("new.csv", "a,b\nx,1\nx,2\n")
        try carry(keys: [["x", "2"]], from: nil, into: new, keyColumns: ["a", "b"], durable: false)
        #expect(try workspace.read("new.csv") == "a,b\nx,1\n")
    }
}
