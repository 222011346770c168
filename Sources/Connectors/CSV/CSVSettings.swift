import ConnectorKit
import Delta
import Foundation

/// The settings of a CSV connection, read (REFERENCE §17).
struct CSVSettings {
    let path: String
    let incrementalPath: String?
    let isFileNameRegex: Bool
    let format: CSVFormat

    /// Of settings that were checked.
    init(_ settings: ConnectionSettings) {
        path = settings.text("Path") ?? ""
        incrementalPath = settings.text("PathIncremental").flatMap { $0.isEmpty ? nil : $0 }
        isFileNameRegex = settings.bool("IsFileNameRegex") ?? false
        format = CSVFormat(
            separator: settings.text("Separator")?.utf8.first ?? UInt8(ascii: ","),
            encoding: settings.text("Encoding").flatMap { $0.isEmpty ? nil : $0 } ?? "UTF-8",
            linesToSkip: settings.integer("NumberOfLinesToSkip") ?? 0,
            trim: (settings.texts("ValuesToTrim") ?? []).flatMap { $0.map(String.init) })
    }

    static let fields = [
        SettingField("Path", .path, isRequired: true, description: "name the CSV file to read"),
        SettingField(
            "PathIncremental", .path,
            description: "the file that holds changes only, with a Command column, for incremental runs"),
        SettingField(
            "IsFileNameRegex", .boolean, defaultValue: "false",
            description: "the last component of the paths is a regular expression; the last created match is read"),
        SettingField("Encoding", .text, defaultValue: "UTF-8", description: "how the file is encoded"),
        SettingField("Separator", .character, defaultValue: ",", description: "what stands between two fields"),
        SettingField(
            "NumberOfLinesToSkip", .integer(0...1_000_000), defaultValue: "0",
            description: "how many lines precede the header"),
        SettingField(
            "ValuesToTrim", .texts,
            description: "characters that are taken off both ends of headers and values, each once, in this order"),
    ]

    /// What the types of the fields do not say.
    static func problems(in settings: ConnectionSettings) -> [SettingProblem] {
        var problems: [SettingProblem] = []
        func add(_ name: String, _ message: String) {
            problems.append(SettingProblem(key: settings.key(name), message: message))
        }
        if let separator = settings.text("Separator"), ["\"", "\r", "\n"].contains(separator) {
            add("Separator", "cannot be a quote or a line end; write the character between two fields")
        }
        if let encoding = settings.text("Encoding"), !encoding.isEmpty, !isKnown(encoding: encoding) {
            add(
                "Encoding",
                "names no encoding that is known here; write for instance UTF-8, UTF-16, windows-1252 or ISO-8859-1 "
                    + "(`iconv --list` shows all)")
        }
        guard settings.bool("IsFileNameRegex") ?? false else { return problems }
        for name in ["Path", "PathIncremental"] {
            guard let path = settings.text(name), !path.isEmpty else { continue }
            if FileChoice.regex(of: path) == nil {
                add(name, "does not end in a regular expression that can be read; correct its last component")
            }
        }
        return problems
    }

    private static func isKnown(encoding: String) -> Bool {
        guard let converter = iconv_open("UTF-8", encoding), converter != iconv_t(bitPattern: -1) else { return false }
        iconv_close(converter)
        return true
    }
}
