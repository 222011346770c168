import Foundation

/// An `application/x-www-form-urlencoded` body (URL Standard §5).
struct FormBody: Sendable, Equatable {
    /// The fields by name; a name that came twice holds both values, in order.
    private(set) var fields: [String: [String]] = [:]

    /// nil where an escape is broken or the bytes are no UTF-8.
    init?(_ text: String) {
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(parts[0]), let value = Self.decode(parts.count == 2 ? parts[1] : "") else {
                return nil
            }
            fields[name, default: []].append(value)
        }
    }

    /// The field's only value; nil where it is absent, empty or came more than once.
    subscript(_ name: String) -> String? {
        guard let values = fields[name], values.count == 1, !values[0].isEmpty else { return nil }
        return values[0]
    }

    static func decode(_ text: Substring) -> String? {
        text.replacing("+", with: " ").removingPercentEncoding
    }
}
