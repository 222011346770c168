/// A connection's section of `appsettings.agent.json`, `Connections:<identifier>` (REFERENCE §9).
///
/// Names of settings have no case. A value that is absent or of the wrong type reads as nil; the check that precedes
/// every export names those. Its text never holds a value.
package struct ConnectionSettings: Sendable, CustomStringConvertible, CustomReflectable {
    package let connection: String
    private let section: SettingValue

    package init(connection: String, section: SettingValue) {
        self.connection = connection
        self.section = section
    }

    /// The key of a setting as a person looks for it: `Connections:HRPeople:Path`.
    package func key(_ name: String) -> String { "Connections:\(connection):\(name)" }

    package func text(_ name: String) -> String? { section.member(name)?.string }
    package func bool(_ name: String) -> Bool? { section.member(name)?.bool }
    package func integer(_ name: String) -> Int? { section.member(name)?.integer }

    /// A list of texts; one text counts as a list of one.
    package func texts(_ name: String) -> [String]? {
        guard let value = section.member(name) else { return nil }
        if let text = value.string { return [text] }
        return value.elements?.compactMap(\.string)
    }

    /// Sections of a list, for instance one per server, each with keys of its own.
    package func sections(_ name: String) -> [ConnectionSettings]? {
        section.member(name)?.elements?.enumerated().map { index, element in
            ConnectionSettings(connection: "\(connection):\(name):\(index)", section: element)
        }
    }

    /// A secret as written, or the content of the file that `{"File": "…"}` names, without its last line end.
    package func secret(_ name: String) throws(ConnectorError) -> Secret<String>? {
        guard let value = section.member(name), value != .null else { return nil }
        if let text = value.string { return Secret(text) }
        guard let path = value.member("File")?.string else { return nil }
        return Secret(try SecretFile(path: path, key: key(name)).content())
    }

    package var description: String { "the settings of connection \"\(connection)\"" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    func problems(fields: [SettingField]) -> [SettingProblem] {
        var check = SettingsCheck()
        check.check(section, key: "Connections:\(connection)", fields: fields)
        return check.problems
    }
}
