import Foundation
import Testing

@testable import Delta

struct EncodingTests {
    private static let text = "id,name\n1,Zoé\n2,Jürgen €\n3\n4,\"Ça,\nva\"\n"

    private func prepared(_ bytes: [UInt8], encoding: String, window: Int) throws -> (Workspace, PreparationResult) {
        let workspace = try Workspace()
        let input = try workspace.write("in.csv", bytes)
        var preparation = textPreparation(workspace, input: input, columns: ["id", "name"])
        preparation.format.encoding = encoding
        preparation.windowSize = window
        return (workspace, try prepare(preparation))
    }

    private static func utf16(_ text: String, bigEndian: Bool, mark: Bool) -> [UInt8] {
        (mark ? "\u{FEFF}" + text : text).utf16.flatMap { unit in
            let bytes = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
            return bigEndian ? bytes : bytes.reversed()
        }
    }

    private static func windows1252(_ text: String) -> [UInt8] {
        text.unicodeScalars.map { $0 == "€" ? 0x80 : UInt8($0.value) }
    }

    @Test(arguments: [256, 4096])
    func `every encoding gives the same image and the offset of a bad row in its own bytes`(window: Int) throws {
        let before = "id,name\n1,Zoé\n2,Jürgen €\n"
        let cases: [(String, [UInt8], Int)] = [
            ("UTF-8", Array(Self.text.utf8), before.utf8.count),
            ("utf8", [0xEF, 0xBB, 0xBF] + Array(Self.text.utf8), before.utf8.count + 3),
            ("windows-1252", Self.windows1252(Self.text), before.count),
            ("UTF-16", Self.utf16(Self.text, bigEndian: false, mark: true), 2 * before.utf16.count + 2),
            ("UTF-8", Self.utf16(Self.text, bigEndian: true, mark: true), 2 * before.utf16.count + 2),
            ("UTF-16BE", Self.utf16(Self.text, bigEndian: true, mark: false), 2 * before.utf16.count),
        ]
        for (encoding, bytes, offset) in cases {
            let (workspace, result) = try prepared(bytes, encoding: encoding, window: window)
            #expect(
                try workspace.read("T.sorted.csv") == "id,name\n1,Zoé\n2,Jürgen €\n4,\"Ça,\nva\"\n", "\(encoding)")
            #expect(
                try workspace.read("T.rejected.csv")
                    == "file,line,offset,reason,key,raw\nin.csv,4,\(offset),1 fields where the header has 2,,3\n",
                "\(encoding)")
            #expect(result.rejected == 1)
        }
    }

    @Test func `the offset is right far behind the first window`() throws {
        var text = "id,name\n"
        for number in 0..<5000 { text += "\(number),Zoé €\n" }
        let before = text
        let (workspace, _) = try prepared(
            Self.windows1252(text + "cut\n"), encoding: "windows-1252", window: 512)
        #expect(try workspace.read("T.rejected.csv").contains("in.csv,5002,\(before.count),"))
    }

    @Test func `bytes that the encoding does not know reject their row only`() throws {
        let (workspace, result) = try prepared(
            Array("id,name\n1,a\n2,".utf8) + [0x81] + Array("\n3,c\n".utf8), encoding: "windows-1252", window: 4096)
        #expect(try workspace.read("T.sorted.csv") == "id,name\n1,a\n3,c\n")
        #expect([result.rowsRead, result.kept, result.rejected] as [Int] == [3, 2, 1])
        #expect(
            try workspace.read("T.rejected.csv").contains("in.csv,3,12,bytes that the file's encoding does not know,2,")
        )
    }

    @Test func `an encoding that is not known is named`() throws {
        let error = #expect(throws: DeltaError.self) {
            _ = try prepared(Array("id,name\n".utf8), encoding: "klingon-8", window: 4096)
        }
        #expect(error?.code == .encodingUnknown)
        #expect(error?.detail.contains("klingon-8") == true)
    }

    @Test func `what is UTF-8 is decided as RFC 3629 does`() {
        let edges: [UInt8] = [
            0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
            0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
        ]
        var generator = SeededGenerator(state: 5)
        for _ in 0..<60000 {
            var bytes = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                edges[Int.random(in: edges.indices, using: &generator)]
            }
            // Also behind and across what is looked at sixteen bytes at a time.
            let padding = [UInt8](repeating: 0x61, count: Int.random(in: 0...35, using: &generator))
            bytes = padding + bytes + (padding.count > 20 ? padding : [])
            let isText = String(validating: bytes, as: UTF8.self) != nil && !bytes.contains(0)
            let found = bytes.withUnsafeBufferPointer { $0.baseAddress.map { isDecodable($0, bytes.count) } }
            guard found == isText else {
                Issue.record("\(bytes)")
                return
            }
        }
    }
}
