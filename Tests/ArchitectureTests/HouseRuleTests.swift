import Foundation
import Testing

@Suite struct HouseRuleTests {
    @Test func `no file is longer than 500 lines`() throws {
        var tooLong: [String] = []
        for file in SourceTree.allSwiftFiles {
            let lines = try SourceTree.text(of: file).split(separator: "\n", omittingEmptySubsequences: false).count
            if lines > 501 { tooLong.append("\(SourceTree.name(of: file)): \(lines)") }
        }
        #expect(tooLong == [])
    }

    @Test(arguments: SourceTree.targets)
    func `every target has a page that says what it owns`(target: SourceTree.Target) throws {
        guard target.isWrittenInSwift else { return }
        let page = target.folder.appending(path: "\(target.module).docc/\(target.module).md")
        let text = try #require(try? SourceTree.text(of: page), "\(SourceTree.name(of: page)) is missing")
        #expect(text.hasPrefix("# ``\(target.module)``\n\n"))
    }

    @Test func `the table of packages names the connectors' folders`() throws {
        let table = SourceTree.root.appending(path: "Sources/Configuration/Packages.swift")
        guard let text = try? SourceTree.text(of: table) else { return }
        let named = Set(text.matches(of: /connectorFolder: "(\w+)"/).map { String($0.output.1) })
        let folders = SourceTree.targets.filter(\.isConnector).map(\.folder.lastPathComponent)
        #expect(named == Set(folders))
    }

    @Test func `nothing is left for later, and nothing crashes on purpose`() throws {
        let words = ["TO" + "DO", "FIX" + "ME", "fatal" + "Error("]
        var found: [String] = []
        for file in SourceTree.allSwiftFiles {
            let text = try SourceTree.text(of: file)
            found += words.filter(text.contains).map { "\(SourceTree.name(of: file)): \($0)" }
        }
        #expect(found == [])
    }
}
