/// A date and time of the proleptic Gregorian calendar, in UTC, to the second; a fraction is dropped.
struct Timestamp: Equatable, Comparable {
    /// Seconds since 1970-01-01T00:00:00Z.
    var seconds: Int

    init(seconds: Int) { self.seconds = seconds }

    /// nil: not a date between years 1 and 9999.
    init?(
        year: Int, month: Int = 1, day: Int = 1, hour: Int = 0, minute: Int = 0, second: Int = 0,
        offsetMinutes: Int = 0
    ) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year),
            (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second)
        else { return nil }
        seconds =
            ((Self.dayNumber(year, month, day) * 24 + hour) * 60 + minute - offsetMinutes) * 60 + second
        guard (1...9999).contains(calendar.year) else { return nil }
    }

    /// Reads the stored form or ISO 8601 (see `Conversion.dateTime`).
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        var reader = Reader(text: text)
        guard let year = reader.digits(4) else { return nil }
        let isISO = reader.take(UInt8(ascii: "-"))
        guard let month = reader.digits(2), !isISO || reader.take(UInt8(ascii: "-")), let day = reader.digits(2)
        else { return nil }
        var (hour, minute, second, offset) = (0, 0, 0, 0)
        if !reader.isAtEnd {
            let separated = reader.take(UInt8(ascii: "T")) || reader.take(UInt8(ascii: "t"))
            if !separated, isISO, !reader.take(UInt8(ascii: " ")) { return nil }
            guard let hours = reader.digits(2) else { return nil }
            let colons = reader.take(UInt8(ascii: ":"))
            guard let minutes = reader.digits(2) else { return nil }
            (hour, minute) = (hours, minutes)
            if colons ? reader.take(UInt8(ascii: ":")) : reader.isAtDigit {
                guard let seconds = reader.digits(2) else { return nil }
                second = seconds
                if reader.take(UInt8(ascii: ".")) || reader.take(UInt8(ascii: ",")) {
                    guard reader.skipDigits() else { return nil }
                }
            }
            guard let zone = reader.offset() else { return nil }
            offset = zone
        }
        guard reader.isAtEnd else { return nil }
        self.init(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second, offsetMinutes: offset)
    }

    static func < (left: Timestamp, right: Timestamp) -> Bool { left.seconds < right.seconds }

    static func days(in month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    /// Days since 1970-01-01.
    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
        // Years that begin in March, so that the leap day is the last of its year.
        let shifted = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }

    var calendar: (year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        let dayCount = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = seconds - dayCount * 86_400
        let shifted = dayCount + 719_468
        let era = shifted >= 0 ? shifted / 146_097 : (shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1,
            rest / 3600, rest / 60 % 60, rest % 60
        )
    }

    /// `yyyyMMddHHmmss`.
    func append(to output: inout ByteBuffer) {
        let date = calendar
        func put(_ number: Int, _ output: inout ByteBuffer) {
            output.append(0x30 + UInt8(number / 10 % 10))
            output.append(0x30 + UInt8(number % 10))
        }
        put(date.year / 100, &output)
        for part in [date.year % 100, date.month, date.day, date.hour, date.minute, date.second] { put(part, &output) }
    }

    private struct Reader {
        let text: UnsafeBufferPointer<UInt8>
        var index = 0

        init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

        var isAtEnd: Bool { index == text.count }
        var isAtDigit: Bool { index < text.count && text[index].isASCIIDigit }

        mutating func take(_ byte: UInt8) -> Bool {
            guard index < text.count, text[index] == byte else { return false }
            index += 1
            return true
        }

        mutating func digits(_ count: Int) -> Int? {
            guard index + count <= text.count else { return nil }
            var number = 0
            for _ in 0..<count {
                guard text[index].isASCIIDigit else { return nil }
                number = number * 10 + Int(text[index] & 0xF)
                index += 1
            }
            return number
        }

        mutating func skipDigits() -> Bool {
            guard isAtDigit else { return false }
            while isAtDigit { index += 1 }
            return true
        }

        /// Minutes east of UTC: nothing, `Z`, `±HH`, `±HHMM`, `±HH:MM`.
        mutating func offset() -> Int? {
            if isAtEnd || take(UInt8(ascii: "Z")) || take(UInt8(ascii: "z")) { return 0 }
            let isWest = take(UInt8(ascii: "-"))
            guard isWest || take(UInt8(ascii: "+")), let hours = digits(2), hours <= 14 else { return nil }
            var minutes = 0
            if !isAtEnd {
                _ = take(UInt8(ascii: ":"))
                guard let given = digits(2), given < 60 else { return nil }
                minutes = given
            }
            return (isWest ? -1 : 1) * (hours * 60 + minutes)
        }
    }
}
