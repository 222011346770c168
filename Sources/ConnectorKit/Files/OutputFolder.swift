import Foundation

/// The folder of one job instance, `Collect/<connector>/<job instance>/` (DESIGN §4): made when missing, for its owner
/// alone (0700).
package struct OutputFolder: Sendable {
    package let path: String
    private let calls: FileCalls

    package init(_ path: String, calls: FileCalls = .system) {
        self.path = path
        self.calls = calls
    }

    /// A file that gets this name when it is committed.
    package func create(_ name: String) throws(ConnectorError) -> OutputFile {
        try make()
        return try OutputFile(folder: path, name: name, calls: calls)
    }

    package func path(of name: String) -> String { path + "/" + name }

    /// Removes `<connection>.csv`, `<connection>_….csv` and what an interrupted export left of them.
    package func removeTables(of connection: String) throws(ConnectorError) {
        guard let folder = opendir(path) else {
            if errno == ENOENT { return }
            throw OutputFile.failure(path, "the folder cannot be read", SystemError())
        }
        var names: [String] = []
        while let entry = readdir(folder) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        closedir(folder)
        for name in names where Self.isTable(name, of: connection) {
            if unlink(self.path(of: name)) != 0, errno != ENOENT {
                throw OutputFile.failure(self.path(of: name), "the file cannot be removed", SystemError())
            }
        }
    }

    /// Makes the folder and those above it.
    func make() throws(ConnectorError) {
        var partial = path.hasPrefix("/") ? "/" : ""
        for component in path.split(separator: "/") {
            partial += component
            if mkdir(partial, 0o700) != 0, errno != EEXIST {
                throw OutputFile.failure(partial, "the folder cannot be made", SystemError())
            }
            partial += "/"
        }
    }

    /// Whether a name is that of a connection's table, or of what was to become one (a leading dot, `.partial`).
    private static func isTable(_ name: String, of connection: String) -> Bool {
        let visible = name.drop { $0 == "." }
        guard let end = visible.firstRange(of: ".csv"),
            visible[..<end.lowerBound].prefix(while: { $0 != "_" }) == connection
        else { return false }
        return end.upperBound == name.endIndex
            ? visible.startIndex == name.startIndex
            : visible.startIndex > name.startIndex && name.hasSuffix(OutputFile.partialSuffix)
    }
}
