import ConnectorKit

/// Which file a path of the settings means: itself, or with `IsFileNameRegex` the last created file of its folder
/// whose whole name matches the last component.
struct FileChoice {
    let path: String
    /// The setting that holds the path.
    let key: String
    let isRegex: Bool
    let roots: SourceRoots

    /// Chosen anew with each call: a newer file may have come.
    func open() throws(ConnectorError) -> SourceFile {
        try roots.open(isRegex ? lastCreated() : path, setting: key)
    }

    static func regex(of path: String) -> Regex<AnyRegexOutput>? {
        let pattern = String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
        guard !pattern.isEmpty else { return nil }
        return try? Regex(pattern).matchingSemantics(.unicodeScalar)
    }

    /// Of files created in the same moment, the last by name.
    private func lastCreated() throws(ConnectorError) -> String {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
        guard let regex = Self.regex(of: path) else {
            throw ConnectorError(
                .settings, place: "\(key): \(path)", problem: "does not end in a regular expression that can be read",
                mend: "correct its last component")
        }
        var last: (created: Int, name: String)?
        for name in try roots.names(in: folder, setting: key) where (try? regex.wholeMatch(in: name)) != nil {
            guard let created = roots.creationTime(of: folder + name) else { continue }
            if last.map({ ($0.created, $0.name) < (created, name) }) ?? true { last = (created, name) }
        }
        guard let last else {
            throw ConnectorError(
                .sourceMissing, place: "\(key): \(path)", problem: "no file in \(folder) has a name that matches",
                mend: "put the file there, or correct the regular expression; it must match the whole name",
                recovery: .retry(after: .seconds(60)))
        }
        return folder + last.name
    }
}
