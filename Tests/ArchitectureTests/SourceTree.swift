import Foundation

/// The repository as this test's own file finds it.
enum SourceTree {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// A target of ours: a folder in `Sources`, or one in `Sources/Connectors`.
    struct Target: Sendable, CustomStringConvertible {
        let module: String
        let folder: URL
        let isConnector: Bool

        var description: String { module }

        var swiftFiles: [URL] { SourceTree.files(below: folder).filter { $0.pathExtension == "swift" } }
        var isWrittenInSwift: Bool { !swiftFiles.isEmpty }
    }

    static let targets: [Target] = {
        folders(in: root.appending(path: "Sources")).flatMap { folder -> [Target] in
            guard folder.lastPathComponent != "Connectors" else {
                return folders(in: folder).map {
                    Target(module: $0.lastPathComponent + "Connector", folder: $0, isConnector: true)
                }
            }
            return [Target(module: module(ofFolder: folder.lastPathComponent), folder: folder, isConnector: false)]
        }
    }()

    /// All Swift files of ours, tests included.
    static var allSwiftFiles: [URL] {
        ["Sources", "Tests", "Benchmarks"].flatMap { files(below: root.appending(path: $0)) }
            .filter { $0.pathExtension == "swift" }
    }

    /// The path from the root, as a person names it.
    static func name(of file: URL) -> String {
        String(file.standardizedFileURL.path().dropFirst(root.standardizedFileURL.path().count))
    }

    static func text(of file: URL) throws -> String { try String(contentsOf: file, encoding: .utf8) }

    /// The modules that a file imports.
    static func imports(of file: URL) throws -> Set<String> {
        var modules: Set<String> = []
        for line in try text(of: file).split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let index = words.firstIndex(of: "import"),
                words[..<index].allSatisfy({ $0.hasPrefix("@") || accessLevels.contains(String($0)) }),
                words.indices.contains(index + 1)
            else { continue }
            let isOfOneDeclaration = kinds.contains(String(words[index + 1])) && words.count > index + 2
            let name = words[isOfOneDeclaration ? index + 2 : index + 1]
            modules.insert(String(name.prefix { $0 != "." && $0 != ";" }))
        }
        return modules
    }

    private static let accessLevels: Set<String> = ["public", "package", "internal", "fileprivate", "private"]
    private static let kinds: Set<String> = [
        "struct", "class", "enum", "protocol", "typealias", "func", "let", "var", "actor",
    ]

    /// Two folders are named for what they hold, their modules otherwise because the name is taken.
    private static func module(ofFolder folder: String) -> String {
        switch folder {
        case "Configuration": "WeirConfiguration"
        case "Synchronization": "WeirSynchronization"
        default: folder
        }
    }

    private static func folders(in folder: URL) -> [URL] {
        let entries = try? FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: [.isDirectoryKey])
        return (entries ?? []).filter(\.hasDirectoryPath).sorted { $0.path() < $1.path() }
    }

    fileprivate static func files(below folder: URL) -> [URL] {
        guard let entries = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else {
            return []
        }
        return entries.compactMap { $0 as? URL }.sorted { $0.path() < $1.path() }
    }
}
