import Crypto
import Testing

@testable import Delta

struct DigestTests {
    /// The definition, word for word. `association`: the rows are links.
    private func hash(_ pairs: [(String, String)], association: String? = nil) -> RowHash {
        var identifiers: [UInt8] = []
        if let association { put(association, in: &identifiers) }
        for (identifier, _) in pairs { put(identifier, in: &identifiers) }
        var message = Array(SHA256.hash(data: identifiers).prefix(8))
        for (_, value) in pairs { put(value, in: &message) }
        let digest = Array(SHA256.hash(data: message))
        func word(_ from: Int) -> UInt64 { digest[from..<from + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        return RowHash(high: word(0), low: word(8))
    }

    private func put(_ text: String, in message: inout [UInt8]) {
        var length = text.utf8.count
        repeat {
            message.append(UInt8(length & 0x7F) | (length > 0x7F ? 0x80 : 0))
            length >>= 7
        } while length > 0
        message += Array(text.utf8)
    }

    @Test func `a row hash covers the values that are not empty in the order of their identifiers`() {
        let long = String(repeating: "é", count: 5000)
        var hasher = RowHasher(columns: ["name", "id", "aVeryLongPropertyIdentifier", "empty"])
        #expect(
            hasher.hash(["Ann", "1", long, ""])
                == hash([("aVeryLongPropertyIdentifier", long), ("id", "1"), ("name", "Ann")]))
        var other = RowHasher(columns: ["id", "aVeryLongPropertyIdentifier", "name"])
        #expect(other.hash(["1", long, "Ann"]) == hasher.hash(["Ann", "1", long, ""]))
        #expect(other.hash(["1", "", "Ann"]) != other.hash(["1", "Ann", ""]))
        #expect(hasher.hash(["", "", "", ""]) == hash([]))
    }

    @Test func `a value in another column is another row, however many columns and sets of them there are`() {
        let columns = (0..<130).map { "p\($0)" }
        var hasher = RowHasher(columns: columns)
        var seen: Set<RowHash> = []
        // More sets than are remembered, each seen twice and in another order.
        let sets = (0..<columns.count).flatMap { first in (first..<columns.count).map { [first, $0] } }
        for round in [sets, sets.reversed()] {
            for set in round {
                var row = [String](repeating: "", count: columns.count)
                for column in set { row[column] = "x" }
                let pairs = Set(set).map { (columns[$0], "x") }
                let expected = hash(pairs.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) })
                #expect(hasher.hash(row) == expected)
                seen.insert(expected)
            }
        }
        #expect(seen.count == sets.count)
    }

    @Test func `a link's hash starts with its association`() {
        var hasher = RowHasher(association: "Person_Organization")
        #expect(hasher.hash(["p1", "o1"]) == hash([("1", "p1"), ("2", "o1")], association: "Person_Organization"))
        var other = RowHasher(association: "Other")
        #expect(other.hash(["p1", "o1"]) != hasher.hash(["p1", "o1"]))
    }

    @Test(arguments: [false, true]) func `prepare gives the digest of the rows`(changesOrder: Bool) throws {
        let workspace = try Workspace()
        let input = try workspace.write(
            "in.csv", "id,name,text\n2,Bert,\"say \"\"hi\"\", \"\"you\"\"\"\n1,Ann,\"a\nb\"\n3,,\n\"x,y\",\"\",z\n")
        let columns = changesOrder ? ["text", "id", "name"] : ["id", "name", "text"]
        var preparation = textPreparation(workspace, input: input, columns: columns)
        preparation.keys = [columns.firstIndex(of: "id") ?? 0]
        preparation.digests = true
        let result = try prepare(preparation)
        var expected = Digest()
        let rows = [
            ("2", [("id", "2"), ("name", "Bert"), ("text", "say \"hi\", \"you\"")]),
            ("1", [("id", "1"), ("name", "Ann"), ("text", "a\nb")]), ("3", [("id", "3")]),
            ("x,y", [("id", "x,y"), ("text", "z")]),
        ]
        for (key, pairs) in rows { expected.toggle(hash(pairs), bucket: Digest.bucket(of: key)) }
        #expect(result.digest == expected)
        #expect(result.digest?.root == expected.root)
        for (key, pairs) in rows { expected.toggle(hash(pairs), bucket: Digest.bucket(of: key)) }
        #expect(expected == Digest())
    }

    @Test func `prepare gives the digest of links`() throws {
        let workspace = try Workspace()
        let input = try workspace.write("in.csv", "a,b\nx,1\ny,2\n")
        var preparation = textPreparation(workspace, input: input, columns: ["a", "b"])
        preparation.keys = [0, 1]
        preparation.kind = .pairs(owner: nil)
        preparation.digests = true
        var expected = Digest()
        var hasher = RowHasher(association: "T")
        for (first, second) in [("x", "1"), ("y", "2")] {
            expected.toggle(hasher.hash([first, second]), bucket: Digest.bucket(ofLink: first, second))
        }
        #expect(try prepare(preparation).digest == expected)
    }

    @Test func `many rows on two threads give the same digest as one by one`() throws {
        let workspace = try Workspace()
        var text = "id,v\n"
        var expected = Digest()
        var hasher = RowHasher(columns: ["id", "v"])
        for number in 0..<40000 {
            text += "\(number),v\(number)\n"
            expected.toggle(hasher.hash(["\(number)", "v\(number)"]), bucket: Digest.bucket(of: "\(number)"))
        }
        var preparation = textPreparation(
            workspace, input: try workspace.write("in.csv", text), columns: ["id", "v"])
        preparation.digests = true
        #expect(try prepare(preparation).digest == expected)
    }

    @Test(arguments: [1, 255, 256, 257, 3000])
    func `rows hashed together have the hashes of rows hashed alone`(rows: Int) {
        var hasher = RowHasher(columns: ["id", "text"])
        let running = RunningDigest(RowHasher(columns: ["id", "text"]))
        var expected = Digest()
        for number in 0..<rows {
            // Every length around SHA-256's blocks, and some rows that are too long to wait for others.
            let length = number % 100 == 7 ? number * 97 % 70000 : number % 300
            let values = ["\(number)", String(repeating: "x", count: length)].map { Array($0.utf8) }
            let bucket = number * 31 % Digest.bucketCount
            values[0].withUnsafeBytes { id in
                values[1].withUnsafeBytes { text in
                    running.toggle([id, text], bucket: bucket)
                    expected.toggle(hasher.hash([id, text]), bucket: bucket)
                }
            }
        }
        #expect(running.digest.differences(from: expected).isEmpty)
        #expect(running.digest.root == expected.root, "asking twice adds nothing twice")
    }

    @Test func `a running digest goes on from another, and a row that is put in twice is out again`() throws {
        var start = Digest()
        start.toggle(RowHash(high: 1, low: 2), bucket: 3)
        let running = RunningDigest(RowHasher(columns: ["id"]), from: start)
        try Array("x".utf8).withUnsafeBytes { value in
            running.toggle([value], bucket: 5)
            try #require(running.digest.root != start.root)
            running.toggle([value], bucket: 5)
        }
        #expect(running.digest.root == start.root)
    }

    @Test func `a digest survives its bytes and tells where another differs`() throws {
        var digest = Digest()
        digest.toggle(RowHash(high: 1, low: 2), bucket: 77)
        #expect(Digest(bytes: digest.bytes) == digest)
        #expect(Digest(bytes: [1, 2, 3]) == nil)
        #expect(Digest(buckets: []) == nil)
        #expect(digest.differences(from: Digest()) == [77])
        #expect(digest.root.count == 64)
    }
}
