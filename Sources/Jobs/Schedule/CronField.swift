/// One field of a cron expression: which of its values are meant, as a bit set (all values are under 60).
struct CronField: Sendable, Equatable {
    /// Whether it was written as `*`, `?` or `*/n`: such a day field does not take part in "either matches".
    let startsWithStar: Bool
    private let bits: UInt64

    func contains(_ value: Int) -> Bool { bits & (1 << UInt64(value)) != 0 }

    /// The first value from `value` on.
    func next(from value: Int) -> Int? {
        guard value < 64 else { return nil }
        let rest = bits >> UInt64(value)
        return rest == 0 ? nil : value + rest.trailingZeroBitCount
    }

    func containsAll(of range: ClosedRange<Int>) -> Bool { range.allSatisfy(contains) }

    init(_ text: Substring, kind: Kind, expression: String) throws(CronError) {
        func fail(_ problem: String) -> CronError {
            CronError(expression: expression, field: kind.name, text: String(text), problem: problem)
        }
        var bits: UInt64 = 0
        startsWithStar = text.first == "*" || text == "?"
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = item.split(separator: "/", omittingEmptySubsequences: false)
            guard let span = parts.first, !span.isEmpty, parts.count <= 2 else {
                throw fail("write values, ranges a-b, steps /n or *, with commas between them")
            }
            var step = 1
            if parts.count == 2 {
                guard let number = Self.number(parts[1]), number > 0 else {
                    throw fail("the step after / must be a number from 1")
                }
                step = number
            }
            let range: ClosedRange<Int>
            if span == "*" || item == "?" {
                range = kind.range
            } else {
                let ends = span.split(separator: "-", omittingEmptySubsequences: false)
                guard ends.count <= 2, let first = kind.value(ends[0]),
                    var last = kind.value(ends[ends.count - 1])
                else { throw fail("allowed are \(kind.allowed)") }
                if ends.count == 1, parts.count == 2 { last = kind.range.upperBound }
                if ends.count == 2, kind == .dayOfWeek, last == 0, first > 0 { last = 7 }
                guard first <= last else {
                    throw fail(
                        "a range goes upwards; write \(first)-\(kind.range.upperBound),\(kind.range.lowerBound)-\(last)"
                    )
                }
                range = first...last
            }
            for value in stride(from: range.lowerBound, through: range.upperBound, by: step) {
                bits |= 1 << UInt64(kind == .dayOfWeek ? value % 7 : value)
            }
        }
        self.bits = bits
    }

    /// Decimal digits only: `Int` would take a sign too.
    private static func number(_ text: Substring) -> Int? {
        text.allSatisfy { $0.isASCII && $0.isNumber } ? Int(text) : nil
    }

    enum Kind: Sendable {
        case second, minute, hour, dayOfMonth, month, dayOfWeek

        var name: String {
            switch self {
            case .second: "seconds"
            case .minute: "minutes"
            case .hour: "hours"
            case .dayOfMonth: "day of month"
            case .month: "month"
            case .dayOfWeek: "day of week"
            }
        }

        var range: ClosedRange<Int> {
            switch self {
            case .second, .minute: 0...59
            case .hour: 0...23
            case .dayOfMonth: 1...31
            case .month: 1...12
            case .dayOfWeek: 0...6
            }
        }

        var allowed: String {
            switch self {
            case .second, .minute, .hour, .dayOfMonth: "\(range.lowerBound) to \(range.upperBound)"
            case .month: "1 to 12 and JAN to DEC"
            case .dayOfWeek: "0 to 7 (0 and 7 are Sunday) and SUN to SAT"
            }
        }

        func value(_ text: Substring) -> Int? {
            if let number = number(text) {
                return range.contains(number) || (self == .dayOfWeek && number == 7) ? number : nil
            }
            let names = names
            return names.firstIndex(of: text.uppercased()).map { $0 + range.lowerBound }
        }

        private var names: [String] {
            switch self {
            case .month: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
            case .dayOfWeek: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
            case .second, .minute, .hour, .dayOfMonth: []
            }
        }
    }
}
