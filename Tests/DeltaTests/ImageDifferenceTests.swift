import Foundation
import Testing

@testable import Delta

/// What turns the server's rows into an image, against a plain computation (DESIGN §6).
struct ImageDifferenceTests {
    private static let shape = ImageShape(columns: ["Id", "Name"], keys: [0], association: nil)
    private static let links = ImageShape(columns: ["Key1", "Key2"], keys: [0, 1], association: "L")

    private func difference(
        _ shape: ImageShape, image: [[String]], server: [[String]]?, buckets: [Int] = Array(0..<4096)
    ) throws -> (ImageDifference.Result, delta: String) {
        let folder = NSTemporaryDirectory() + "weir-difference-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = try CSVWriter(path: folder + "/image", header: shape.columns)
        for row in image { try file.write(row) }
        try file.close()
        if let server {
            let rows = try CSVWriter(path: folder + "/rows", header: ["hash"] + shape.keys.map { shape.columns[$0] })
            for row in server { try rows.write(row) }
            try rows.close()
        }
        let result = try ImageDifference(shape, buckets: buckets).write(
            image: folder + "/image", rows: server.map { _ in folder + "/rows" }, to: folder + "/delta")
        return (result, try String(contentsOfFile: folder + "/delta", encoding: .utf8))
    }

    private func hash(_ values: [String]) -> String {
        var hasher = RowHasher(columns: Self.shape.columns)
        return hasher.hash(values).hexadecimal
    }

    @Test func `missing rows are inserted, other ones updated, those too many deleted`() throws {
        let image = [["a", "1"], ["b", "2, \"two\""], ["c", ""], ["e", "5\n6"]]
        let server = [
            [hash(["a", "1"]), "a"], [hash(["b", "old"]), "b"], [hash(["d", "4"]), "d"], [hash(["e", "5\n6"]), "e"],
        ]
        let (result, delta) = try difference(Self.shape, image: image, server: server)
        #expect([result.inserted, result.updated, result.deleted] as [Int] == [1, 1, 1])
        #expect(delta == "command,Id,Name\nupdate,b,\"2, \"\"two\"\"\"\ninsert,c,\ndelete,d,\n")
        #expect(result.delta.rows == 3)
    }

    @Test func `rows without key are deleted together, wherever they stand`() throws {
        let server = [[hash(["x", ""]), ""], [hash(["a", "1"]), "a"], [hash(["y", ""]), ""]]
        let (result, delta) = try difference(Self.shape, image: [["a", "1"]], server: server)
        #expect([result.inserted, result.updated, result.deleted] as [Int] == [0, 0, 2])
        #expect(delta == "command,Id,Name\ndelete,,\n")
    }

    @Test func `buckets that were not asked for are not compared`() throws {
        let image = [["a", "1"], ["b", "2"]]
        let (result, delta) = try difference(
            Self.shape, image: image, server: [], buckets: [Digest.bucket(of: "b")])
        #expect(result.inserted == 1)
        #expect(delta == "command,Id,Name\ninsert,b,2\n")
        #expect(try difference(Self.shape, image: image, server: nil).0.total == 0)
    }

    @Test func `pairs are compared by both keys`() throws {
        var hasher = RowHasher(association: "L")
        let server = [["a", "x"], ["a", "z"]].map { [hasher.hash($0).hexadecimal] + $0 }
        let (result, delta) = try difference(Self.links, image: [["a", "x"], ["a", "y"]], server: server)
        #expect([result.inserted, result.updated, result.deleted] as [Int] == [1, 0, 1])
        #expect(delta == "command,Key1,Key2\ninsert,a,y\ndelete,a,z\n")
    }

    @Test func `rows out of order, without hash or of other columns are refused`() throws {
        let good = hash(["a", "1"])
        for server in [[[good, "b"], [good, "a"]], [[good, "a"], [good, "a"]], [["xyz", "a"]], [["", "a"]]] {
            #expect(throws: DeltaError.self) { _ = try difference(Self.shape, image: [["a", "1"]], server: server) }
        }
    }

    @Test func `a hash is 32 hex digits and back`() throws {
        let value = RowHash(high: 0x0123_4567_89ab_cdef, low: 0xf)
        #expect(value.hexadecimal == "0123456789abcdef000000000000000f")
        func parsed(_ text: String) -> RowHash? { Array(text.utf8).withUnsafeBytes { RowHash(hexadecimal: $0) } }
        #expect(parsed(value.hexadecimal) == value)
        for text in ["", "0", value.hexadecimal + "0", String(repeating: "x", count: 32)] {
            #expect(parsed(text) == nil)
        }
    }

    @Test(arguments: 0..<60) func `random images and rows become equal`(seed: Int) throws {
        var random = Generator(state: UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 &+ 1)
        func content() -> [String: String] {
            var rows: [String: String] = [:]
            for number in 0..<200 where Bool.random(using: &random) {
                rows["k\(number)"] = Int.random(in: 0..<5, using: &random) == 0 ? "x,\"\n" : "v"
            }
            return rows
        }
        func sorted(_ rows: [String: String]) -> [[String]] {
            rows.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { [$0.key, $0.value] }
        }
        let image = content()
        var server = content()
        // Most rows are the same.
        for (key, value) in image where Int.random(in: 0..<10, using: &random) > 0 { server[key] = value }
        func digest(_ rows: [String: String]) -> Digest {
            var digest = Digest()
            var hasher = RowHasher(columns: Self.shape.columns)
            for row in sorted(rows) { digest.toggle(hasher.hash(row), bucket: Digest.bucket(of: row[0])) }
            return digest
        }
        let buckets = digest(image).differences(from: digest(server))
        let asked = sorted(server).filter { buckets.contains(Digest.bucket(of: $0[0])) }.map { [hash($0), $0[0]] }
        let (result, _) = try difference(Self.shape, image: sorted(image), server: asked, buckets: buckets)
        #expect(result.inserted == image.keys.count { server[$0] == nil })
        #expect(result.deleted == server.keys.count { image[$0] == nil })
        #expect(result.updated == image.count { key, value in server[key].map { $0 != value } ?? false })
    }
}

private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
