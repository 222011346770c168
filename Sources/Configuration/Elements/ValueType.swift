/// What an attribute's value may be, and its one canonical spelling.
package enum ValueType: Sendable, Equatable {
    case string
    case bool
    case int(ClosedRange<Int>)
    case double
    case enumeration([EnumerationCase])
    /// Several names joined by commas, or the sum of their numbers.
    case flags([EnumerationCase])
    /// `EntityType:Property`, chained with dots.
    case binding
    /// Five fields, or six with seconds first.
    case cron
    /// `2026-12-31`, `2026-12-31T23:59:59`, with `Z` or an offset; UTC where nothing is said.
    case date
    /// Base64 of the 32 bytes of a SHA-256.
    case sha256
    case package

    /// What messages call the type.
    package var title: String {
        switch self {
        case .string: "text"
        case .bool: "true, false, 1 or 0"
        case .int(let range):
            range.lowerBound <= -1_000_000 || range.upperBound >= 1_000_000_000
                ? "a whole number" + (range.lowerBound >= 0 ? " that is not negative" : "")
                : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .double: "a number"
        case .enumeration(let cases), .flags(let cases):
            "one of " + cases.map(\.title).joined(separator: ", ")
        case .binding: "a binding such as EntityType:Property"
        case .cron: "a cron expression of five fields, or six with seconds first"
        case .date: "a date such as 2026-12-31 or 2026-12-31T23:59:59Z"
        case .sha256: "the Base64 of a SHA-256 (44 characters), as new-openid-secret prints it"
        case .package: "a connection package such as Usercube.CSV@0000001"
        }
    }

    /// The canonical spelling of a value, or nil where the value is not of the type.
    package func canonical(_ raw: String) -> String? {
        let value = raw.trimmingXMLSpace()
        switch self {
        case .string:
            return raw
        case .bool:
            return switch value.lowercased() {
            case "true", "1": "true"
            case "false", "0": "false"
            default: nil
            }
        case .int(let range):
            guard let number = Int(value), range.contains(number) else { return nil }
            return String(number)
        case .double:
            guard let number = Double(value), number.isFinite else { return nil }
            return number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
        case .enumeration(let cases):
            return Self.find(value, in: cases)?.name
        case .flags(let cases):
            return Self.canonicalFlags(value, cases)
        case .binding:
            return PropertyBinding(text: value)?.description
        case .cron:
            return CronSyntax.problem(in: value) == nil
                ? value.split(whereSeparator: \.isWhitespace).joined(separator: " ") : nil
        case .date:
            return DateText.canonical(value)
        case .sha256:
            return Self.isSHA256(value) ? value : nil
        case .package:
            return value
        }
    }

    private static func find(_ value: String, in cases: [EnumerationCase]) -> EnumerationCase? {
        cases.first { $0.name.lowercased() == value.lowercased() || $0.number.map { String($0) } == value }
    }

    private static func canonicalFlags(_ value: String, _ cases: [EnumerationCase]) -> String? {
        var mask = 0
        if let number = Int(value) {
            mask = number
        } else {
            for part in value.split(separator: ",") {
                guard let found = find(String(part).trimmingXMLSpace(), in: cases), let bit = found.number else {
                    return nil
                }
                mask |= bit
            }
        }
        let known = cases.reduce(0) { $0 | ($1.number ?? 0) }
        guard mask >= 0, mask & ~known == 0, !value.isEmpty else { return nil }
        if mask == 0 { return cases.first { $0.number == 0 }?.name }
        return cases.filter { ($0.number ?? 0) & mask != 0 }.map(\.name).joined(separator: ", ")
    }

    /// 43 characters of Base64 and one `=`; the last character holds only four bits.
    private static func isSHA256(_ value: String) -> Bool {
        let bytes = Array(value.utf8)
        guard bytes.count == 44, bytes[43] == UInt8(ascii: "=") else { return false }
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        guard bytes[..<43].allSatisfy(alphabet.contains), let last = alphabet.firstIndex(of: bytes[42]) else {
            return false
        }
        return last % 4 == 0
    }
}
