/// The shape of a CronTabExpression: five fields, or six with seconds first (REFERENCE §5). When it fires is the
/// business of the Jobs module.
package enum CronSyntax {
    private struct Field {
        var name: String
        var range: ClosedRange<Int>
        var names: [String] = []
    }

    private static let months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    private static let weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]

    private static let fields = [
        Field(name: "seconds", range: 0...59),
        Field(name: "minutes", range: 0...59),
        Field(name: "hours", range: 0...23),
        Field(name: "day of month", range: 1...31),
        Field(name: "month", range: 1...12, names: months),
        Field(name: "day of week", range: 0...7, names: weekdays),
    ]

    /// What is wrong with an expression, or nil.
    package static func problem(in text: String) -> String? {
        let parts = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard parts.count == 5 || parts.count == 6 else {
            return "it has \(parts.count) fields; it needs five, or six with seconds first"
        }
        for (part, field) in zip(parts, fields.suffix(parts.count)) {
            for item in part.split(separator: ",", omittingEmptySubsequences: false) {
                guard accepts(String(item), field) else {
                    return "\"\(item)\" is no value for \(field.name) "
                        + "(\(field.range.lowerBound) to \(field.range.upperBound))"
                }
            }
        }
        return nil
    }

    private static func accepts(_ item: String, _ field: Field) -> Bool {
        let halves = item.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let span = halves.first, halves.count <= 2 else { return false }
        if halves.count == 2 {
            guard let step = number(halves[1], names: []), step > 0, step <= field.range.upperBound + 1 else {
                return false
            }
        }
        if span == "*" || (span == "?" && halves.count == 1) { return true }
        let ends = span.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard ends.count <= 2 else { return false }
        let values = ends.compactMap { end -> Int? in
            number(end, names: field.names).map { field.names.count == 12 && Int(end) == nil ? $0 + 1 : $0 }
        }
        guard values.count == ends.count, values.allSatisfy(field.range.contains) else { return false }
        return values.count == 1 || values[0] <= values[1]
    }

    private static func number(_ text: String, names: [String]) -> Int? {
        if let index = names.firstIndex(of: text.uppercased()) { return index }
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }
}
