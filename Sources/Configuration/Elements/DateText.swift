/// Dates in attributes: `yyyy-MM-dd`, with `Thh:mm[:ss[.fff]]` and `Z` or an offset; UTC where nothing is said.
package enum DateText {
    /// `yyyy-MM-ddTHH:mm:ssZ`, or nil where the text is no date of the calendar. Fractions of a second are dropped.
    package static func canonical(_ text: String) -> String? {
        var rest = Substring(text)
        guard let year = digits(&rest, 4), skip(&rest, "-"), let month = digits(&rest, 2), skip(&rest, "-"),
            let day = digits(&rest, 2), (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= daysIn(month, of: year)
        else { return nil }
        var minutes = 0
        var second = 0
        if !rest.isEmpty {
            guard skip(&rest, "T") || skip(&rest, " "), let hour = digits(&rest, 2), skip(&rest, ":"),
                let minute = digits(&rest, 2), hour < 24, minute < 60
            else { return nil }
            minutes = hour * 60 + minute
            if skip(&rest, ":") {
                guard let value = digits(&rest, 2), value < 60 else { return nil }
                second = value
                if skip(&rest, ".") {
                    let fraction = rest.prefix { ("0"..."9").contains($0) }
                    guard !fraction.isEmpty else { return nil }
                    rest = rest.dropFirst(fraction.count)
                }
            }
        }
        guard let offset = offset(&rest), rest.isEmpty else { return nil }
        return shifted(year, month, day, minutes: minutes - offset, second: second)
    }

    private static func offset(_ rest: inout Substring) -> Int? {
        if rest.isEmpty || skip(&rest, "Z") || skip(&rest, "z") { return 0 }
        let isNegative = skip(&rest, "-")
        guard isNegative || skip(&rest, "+"), let hours = digits(&rest, 2), skip(&rest, ":"),
            let minutes = digits(&rest, 2), hours < 15, minutes < 60
        else { return nil }
        return (isNegative ? -1 : 1) * (hours * 60 + minutes)
    }

    private static func shifted(_ year: Int, _ month: Int, _ day: Int, minutes: Int, second: Int) -> String {
        var (year, month, day, minutes) = (year, month, day, minutes)
        if minutes < 0 {
            minutes += 1440
            day -= 1
            if day == 0 {
                month -= 1
                if month == 0 { (year, month) = (year - 1, 12) }
                day = daysIn(month, of: year)
            }
        } else if minutes >= 1440 {
            minutes -= 1440
            day += 1
            if day > daysIn(month, of: year) {
                (month, day) = (month + 1, 1)
                if month == 13 { (year, month) = (year + 1, 1) }
            }
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
            + "\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2)):\(padded(second, 2))Z"
    }

    private static func daysIn(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    private static func digits(_ rest: inout Substring, _ count: Int) -> Int? {
        let part = rest.prefix(count)
        guard part.count == count, part.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        rest = rest.dropFirst(count)
        return Int(part)
    }

    private static func skip(_ rest: inout Substring, _ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest = rest.dropFirst()
        return true
    }
}
