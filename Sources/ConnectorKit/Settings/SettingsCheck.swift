/// Compares a settings section with the fields of its package, and finds everything that is wrong at once.
struct SettingsCheck {
    private(set) var problems: [SettingProblem] = []

    /// - Parameter key: of the section, for instance `Connections:HRPeople`.
    mutating func check(_ section: SettingValue, key: String, fields: [SettingField]) {
        guard case .object(let members) = section else {
            problems.append(
                SettingProblem(key: key, message: "is \(section); write a section with \(Self.listed(fields))"))
            return
        }
        for field in fields {
            guard let value = section.member(field.name), value != .null else {
                if field.isRequired {
                    problems.append(
                        SettingProblem(key: "\(key):\(field.name)", message: "is missing; \(field.description)"))
                }
                continue
            }
            check(value, of: field, key: "\(key):\(field.name)")
        }
        let known = Set(fields.map { $0.name.lowercased() })
        for name in members.keys.sorted() where !known.contains(name.lowercased()) {
            problems.append(
                SettingProblem(
                    key: "\(key):\(name)",
                    message: "is not known to this package and is ignored; it knows \(Self.listed(fields))",
                    isNotice: true))
        }
    }

    private mutating func check(_ value: SettingValue, of field: SettingField, key: String) {
        switch field.type {
        case .text, .path:
            guard let text = value.string else { return expect("a text", found: value, key: key) }
            if text.isEmpty, field.isRequired {
                problems.append(SettingProblem(key: key, message: "is empty; \(field.description)"))
            } else if text.utf8.contains(0) {
                problems.append(SettingProblem(key: key, message: "holds a NUL character; remove it"))
            }
        case .boolean:
            if value.bool == nil { expect("true or false", found: value, key: key) }
        case .integer(let range):
            guard let number = value.integer, range.contains(number) else {
                let lowest = "a whole number from \(range.lowerBound)"
                return expect(
                    range.upperBound == .max ? lowest : "\(lowest) to \(range.upperBound)", found: value, key: key)
            }
        case .choice(let choices):
            guard let text = value.string, choices.contains(where: { $0.lowercased() == text.lowercased() }) else {
                return expect("one of \(choices.joined(separator: ", "))", found: value, key: key)
            }
        case .character:
            guard let text = value.string, text.utf8.count == 1, text.utf8.first.map({ $0 > 0 && $0 < 128 }) ?? false
            else { return expect("one ASCII character", found: value, key: key) }
        case .texts:
            guard value.string != nil || (value.elements ?? [.null]).allSatisfy({ $0.string != nil }) else {
                return expect("a list of texts", found: value, key: key)
            }
        case .secret:
            guard value.string != nil || value.member("File")?.string != nil else {
                return expect("a text or {\"File\": \"…\"}", found: value, key: key)
            }
        case .sections(let fields):
            guard let elements = value.elements else { return expect("a list of sections", found: value, key: key) }
            for (index, element) in elements.enumerated() {
                check(element, key: "\(key):\(index)", fields: fields)
            }
        }
    }

    private mutating func expect(_ expected: String, found: SettingValue, key: String) {
        problems.append(SettingProblem(key: key, message: "is \(found) that does not fit; write \(expected)"))
    }

    private static func listed(_ fields: [SettingField]) -> String {
        fields.map(\.name).joined(separator: ", ")
    }
}
