import ConnectorKit
import Foundation

/// Reads typed settings and collects every problem on the way, each with its key.
struct SettingsReader {
    let files: SettingsFiles
    private(set) var problems: [String] = []

    init(_ files: SettingsFiles) {
        self.files = files
    }

    mutating func text(_ key: String, default value: String) -> String {
        text(key) ?? value
    }

    mutating func text(_ key: String) -> String? {
        guard let found = files.value(key), found != .null else { return nil }
        if let text = found.string, !text.isEmpty { return text }
        // A secret may live in a file: {"File": "…"} in place of the value.
        if let path = found.member("File")?.string { return content(of: path, key) }
        problems.append("\(key): is \(found) that does not fit; write a text, or {\"File\": \"path\"}")
        return nil
    }

    mutating func integer(_ key: String, default value: Int, in range: ClosedRange<Int>) -> Int {
        guard let found = files.value(key), found != .null else { return value }
        if let number = found.integer, range.contains(number) { return number }
        problems.append("\(key): write a whole number from \(range.lowerBound) to \(range.upperBound)")
        return value
    }

    mutating func bool(_ key: String, default value: Bool) -> Bool {
        guard let found = files.value(key), found != .null else { return value }
        if let flag = found.bool { return flag }
        problems.append("\(key): write true or false")
        return value
    }

    mutating func texts(_ key: String) -> [String] {
        guard let found = files.value(key), found != .null else { return [] }
        if let text = found.string { return [text] }
        if let elements = found.elements {
            let texts = elements.compactMap(\.string)
            if texts.count == elements.count { return texts }
        }
        if case .array(let elements) = found, elements.isEmpty { return [] }
        problems.append("\(key): write a list of texts")
        return []
    }

    /// The sections below a key, by name.
    mutating func sections(_ key: String) -> [String: SettingValue] {
        guard let found = files.value(key), found != .null else { return [:] }
        if case .object(let members) = found { return members }
        problems.append("\(key): write a section, { \"name\": … }")
        return [:]
    }

    func isSection(_ key: String) -> Bool {
        if case .object = files.value(key) { return true }
        return false
    }

    /// Sizes such as `160MB`, `1GB`, or a number of bytes.
    mutating func bytes(_ key: String, default value: Int) -> Int {
        guard let found = files.value(key), found != .null else { return value }
        if let number = found.integer, number > 0 { return number }
        let text = (found.string ?? "").uppercased()
        for (suffix, factor) in [("KB", 1 << 10), ("MB", 1 << 20), ("GB", 1 << 30)] where text.hasSuffix(suffix) {
            if let number = Int(text.dropLast(2).trimmingCharacters(in: .whitespaces)), number > 0 {
                return number * factor
            }
        }
        problems.append("\(key): write a size such as 160MB")
        return value
    }

    mutating func report(_ problem: String) {
        problems.append(problem)
    }

    /// Throws when anything was wrong.
    func check() throws {
        guard problems.isEmpty else { throw SettingsError(problems: Set(problems).sorted()) }
    }

    private mutating func content(of path: String, _ key: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path), let text = String(bytes: data, encoding: .utf8)
        else {
            problems.append("\(key): the file \(path) cannot be read as text; correct File")
            return nil
        }
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}
