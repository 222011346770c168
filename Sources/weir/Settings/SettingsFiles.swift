import ConnectorKit
import Foundation

/// `appsettings.json` and `appsettings.agent.json` of a folder, with the environment over them (REFERENCE §9).
///
/// A value may be overridden by an environment variable whose name joins its path with `__`
/// (`OpenId__OpenIdClients__Job`). Unknown sections are ignored. Keys have no case.
struct SettingsFiles: Sendable {
    let root: SettingValue
    /// For messages: where a key stands or should stand.
    let folder: String

    /// Throws `SettingsError` that lists every file that cannot be read.
    static func load(folder: String, environment: [String: String]) throws -> SettingsFiles {
        var root = SettingValue.object([:])
        var problems: [String] = []
        for name in ["appsettings.json", "appsettings.agent.json"] {
            let path = folder == "." ? name : "\(folder)/\(name)"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            do {
                let data = try Data(contentsOf: URL(fileURLWithPath: path))
                let value = try JSONDecoder().decode(SettingValue.self, from: data)
                // Anything else would replace what the other file says.
                guard case .object = value else {
                    problems.append("\(path): holds no section; write { \"name\": … }")
                    continue
                }
                root = root.overlaid(with: value)
            } catch {
                problems.append("\(path): is no JSON that can be read (\(reason(error))); correct it")
            }
        }
        guard problems.isEmpty else { throw SettingsError(problems: problems) }
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            let path = name.components(separatedBy: "__")
            guard let first = path.first, isSection(first), !path.contains("") else { continue }
            root = root.setting(path[...], to: .string(value))
        }
        return SettingsFiles(root: root, folder: folder)
    }

    /// The value at `A:B:C`.
    func value(_ key: String) -> SettingValue? {
        key.split(separator: ":").reduce(Optional(root)) { value, name in value?.member(String(name)) }
    }

    /// Only sections that mean something: an environment is full of other people's variables.
    private static func isSection(_ name: String) -> Bool {
        sections.contains(name.lowercased())
    }

    private static let sections: Set<String> = [
        "applicationuri", "connectionstring", "tempfolderpath", "workfolderpath", "jobs", "scheduler",
        "tasktimeoutsupplement", "joblaunchtimeout", "serilog", "authentication", "identityserver", "defaultpagesize",
        "maxpagesize", "openid", "sourcesrootpaths", "connections", "databases", "prepare", "management", "tls",
    ]

    private static func reason(_ error: any Error) -> String {
        if case DecodingError.dataCorrupted(let context) = error {
            let underlying = context.underlyingError.map {
                "\(($0 as NSError).userInfo[NSDebugDescriptionErrorKey] ?? $0)"
            }
            return underlying ?? context.debugDescription
        }
        return error.localizedDescription
    }
}

extension SettingValue {
    /// This, with what `other` says over it; sections are joined, everything else is replaced.
    func overlaid(with other: SettingValue) -> SettingValue {
        guard case .object(var mine) = self, case .object(let theirs) = other else { return other }
        for (name, value) in theirs {
            let key = mine.keys.first { $0.lowercased() == name.lowercased() } ?? name
            mine[key] = mine[key].map { $0.overlaid(with: value) } ?? value
        }
        return .object(mine)
    }

    func setting(_ path: ArraySlice<String>, to value: SettingValue) -> SettingValue {
        guard let name = path.first else { return value }
        let inner = (member(name) ?? .object([:])).setting(path.dropFirst(), to: value)
        if case .array(var elements) = self, let index = Int(name), elements.indices.contains(index) {
            elements[index] = elements[index].setting(path.dropFirst(), to: value)
            return .array(elements)
        }
        if case .object = self { return overlaid(with: .object([name: inner])) }
        return .object([name: inner])
    }
}
