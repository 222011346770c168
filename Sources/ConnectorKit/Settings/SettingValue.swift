/// A value of `appsettings.agent.json`. Its text names the kind only, because it may be a secret.
package enum SettingValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([SettingValue])
    case object([String: SettingValue])

    /// The elements of a list: an array, or an object whose keys are 0, 1, … as environment variables spell it
    /// (`Connections__HR__ValuesToTrim__0`).
    package var elements: [SettingValue]? {
        switch self {
        case .array(let elements): return elements
        case .object(let members):
            let numbered = members.compactMap { key, value in Int(key).map { ($0, value) } }.sorted { $0.0 < $1.0 }
            guard numbered.count == members.count, !members.isEmpty else { return nil }
            return numbered.map(\.1)
        case .null, .bool, .integer, .number, .string: return nil
        }
    }

    /// The member of an object; settings keys have no case.
    package func member(_ name: String) -> SettingValue? {
        guard case .object(let members) = self else { return nil }
        if let exact = members[name] { return exact }
        let wanted = name.lowercased()
        return members.keys.filter { $0.lowercased() == wanted }.min().flatMap { members[$0] }
    }

    package var string: String? {
        switch self {
        case .string(let text): text
        case .integer(let number): String(number)
        case .null, .bool, .number, .array, .object: nil
        }
    }

    /// `true`, `false`, or text that says so, as environment variables do.
    package var bool: Bool? {
        switch self {
        case .bool(let value): value
        case .string(let text):
            switch text.lowercased() {
            case "true", "1": true
            case "false", "0": false
            default: nil
            }
        case .null, .integer, .number, .array, .object: nil
        }
    }

    package var integer: Int? {
        switch self {
        case .integer(let number): number
        case .string(let text): Int(text)
        case .null, .bool, .number, .array, .object: nil
        }
    }
}

extension SettingValue: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer: "a whole number"
        case .number: "a number"
        case .string: "a text"
        case .array: "a list"
        case .object: "a section"
        }
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension SettingValue: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([SettingValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: SettingValue].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
