import Foundation
import Testing

@Suite struct ImportTests {
    @Test func `the targets are found`() {
        let modules = Set(SourceTree.targets.map(\.module))
        #expect(modules.isSuperset(of: ["Delta", "Jobs", "WeirConfiguration", "ConnectorKit", "CSVConnector"]))
    }

    @Test(arguments: SourceTree.targets)
    func `a module imports of ours what DESIGN allows, and nothing else`(target: SourceTree.Target) throws {
        guard target.isWrittenInSwift else { return }
        let allowed = try #require(
            Modules.allowed(target.module, isConnector: target.isConnector),
            "\(target.module) is not in Modules.table; DESIGN §3 says what it may import")
        guard let allowed else { return }
        let ours = Set(SourceTree.targets.map(\.module)).union(["CLibXML2"])
        for file in target.swiftFiles {
            let imported = try SourceTree.imports(of: file)
            #expect(imported.intersection(ours).subtracting(allowed) == [], "\(SourceTree.name(of: file))")
            if let extra = Modules.alone[target.module] {
                #expect(
                    imported.subtracting(ours).subtracting(Modules.systemModules).subtracting(extra) == [],
                    "\(SourceTree.name(of: file)): this module is built without packages")
            }
        }
    }

    /// `swift build` takes the module of that name that it finds first: once ours is built, a package's
    /// `import Synchronization` no longer finds `Mutex`.
    @Test func `no module of ours has the name of one of the toolchain's`() throws {
        let package = try SourceTree.text(of: SourceTree.root.appending(path: "Package.swift"))
        for name in Modules.ofToolchain.sorted() {
            #expect(!package.contains("module(\"\(name)\""), "rename it and give it a path: in Package.swift")
            #expect(!package.contains("name: \"\(name)\""), "rename it and give it a path: in Package.swift")
        }
    }

    @Test func `imports are read in every form`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "imports-\(UUID()).swift")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(
            """
            import A
            @testable import B
              @preconcurrency package import C
            import struct D.Thing
            private import E.Inner
            // import F
            let text = "import G"
            """.utf8
        ).write(to: file)
        #expect(try SourceTree.imports(of: file) == ["A", "B", "C", "D", "E"])
    }
}
