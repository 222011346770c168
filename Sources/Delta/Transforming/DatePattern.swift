/// Reads dates by a .NET custom date pattern: `yyyy yy MM M dd d HH H hh h mm m ss s f…fffffff F…FFFFFFF tt t z zz zzz K`,
/// literals in quotes or behind a backslash, anything else as it is.
struct DatePattern {
    private enum Part {
        case year(Int), month(Int), day(Int), hour(Int), hourOfHalf(Int), minute(Int), second(Int)
        case fraction(exactly: Int), fractionUp(to: Int), half(Int), offset(Int), zone
        case literal([UInt8])
    }

    private let parts: [Part]

    /// nil: a letter of the pattern stands for nothing that is known here.
    init?(_ pattern: String) {
        let bytes = Array(pattern.utf8)
        var parts: [Part] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            var length = 1
            while index + length < bytes.count, bytes[index + length] == byte { length += 1 }
            switch byte {
            case UInt8(ascii: "y"): parts.append(.year(length))
            case UInt8(ascii: "M") where length <= 2: parts.append(.month(length))
            case UInt8(ascii: "d") where length <= 2: parts.append(.day(length))
            case UInt8(ascii: "H") where length <= 2: parts.append(.hour(length))
            case UInt8(ascii: "h") where length <= 2: parts.append(.hourOfHalf(length))
            case UInt8(ascii: "m") where length <= 2: parts.append(.minute(length))
            case UInt8(ascii: "s") where length <= 2: parts.append(.second(length))
            case UInt8(ascii: "f") where length <= 7: parts.append(.fraction(exactly: length))
            case UInt8(ascii: "F") where length <= 7: parts.append(.fractionUp(to: length))
            case UInt8(ascii: "t") where length <= 2: parts.append(.half(length))
            case UInt8(ascii: "z") where length <= 3: parts.append(.offset(length))
            case UInt8(ascii: "K"):
                parts.append(.zone)
                length = 1
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                guard let end = bytes[(index + 1)...].firstIndex(of: byte) else { return nil }
                parts.append(.literal(Array(bytes[index + 1..<end])))
                length = end + 1 - index
            case UInt8(ascii: "\\"):
                guard index + 1 < bytes.count else { return nil }
                parts.append(.literal([bytes[index + 1]]))
                length = 2
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
                // .NET takes a lone letter such as T as itself.
                guard byte != UInt8(ascii: "M"), byte != UInt8(ascii: "d") else { return nil }
                parts.append(.literal([UInt8](repeating: byte, count: length)))
            default:
                parts.append(.literal([UInt8](repeating: byte, count: length)))
            }
            index += length
        }
        self.parts = parts
    }

    /// nil: the text does not follow the pattern.
    func timestamp(_ text: String) -> Timestamp? {
        let bytes = Array(text.utf8)
        var at = 0
        var (year, month, day, hour, minute, second, offset) = (1, 1, 1, 0, 0, 0, 0)
        var isAfternoon: Bool?

        func digits(_ least: Int, _ most: Int) -> Int? {
            var number = 0
            var count = 0
            while count < most, at < bytes.count, bytes[at].isASCIIDigit {
                number = number * 10 + Int(bytes[at] & 0xF)
                at += 1
                count += 1
            }
            return count >= least ? number : nil
        }
        func take(_ literal: [UInt8]) -> Bool {
            guard bytes[at...].starts(with: literal) else { return false }
            at += literal.count
            return true
        }
        func zone(_ width: Int) -> Int? {
            let isWest = take([UInt8(ascii: "-")])
            guard isWest || take([UInt8(ascii: "+")]), let hours = digits(width == 1 ? 1 : 2, 2) else { return nil }
            var minutes = 0
            if width == 3 {
                guard take([UInt8(ascii: ":")]), let given = digits(2, 2), given < 60 else { return nil }
                minutes = given
            }
            return (isWest ? -1 : 1) * (hours * 60 + minutes)
        }
        for part in parts {
            switch part {
            case .year(let width):
                guard let number = width <= 2 ? digits(width, 2) : digits(width, max(width, 4)) else { return nil }
                // Two digits: 1950 to 2049, as .NET's invariant culture has it.
                year = width > 2 ? number : number < 50 ? 2000 + number : 1900 + number
            case .month(let width):
                guard let number = digits(width, 2) else { return nil }
                month = number
            case .day(let width):
                guard let number = digits(width, 2) else { return nil }
                day = number
            case .hour(let width):
                guard let number = digits(width, 2) else { return nil }
                hour = number
            case .hourOfHalf(let width):
                guard let number = digits(width, 2), (1...12).contains(number) else { return nil }
                hour = number % 12
                isAfternoon = isAfternoon ?? false
            case .minute(let width):
                guard let number = digits(width, 2) else { return nil }
                minute = number
            case .second(let width):
                guard let number = digits(width, 2) else { return nil }
                second = number
            case .fraction(let width):
                guard digits(width, width) != nil else { return nil }
            case .fractionUp(let width):
                _ = digits(0, width)
            case .half(let width):
                let word = bytes[at...].prefix(width).map { $0 & 0xDF }
                guard word.count == width, word[0] == UInt8(ascii: "A") || word[0] == UInt8(ascii: "P") else {
                    return nil
                }
                guard width == 1 || word[1] == UInt8(ascii: "M") else { return nil }
                isAfternoon = word[0] == UInt8(ascii: "P")
                at += width
            case .offset(let width):
                guard let minutes = zone(width) else { return nil }
                offset = minutes
            case .zone:
                if at < bytes.count, !take([UInt8(ascii: "Z")]) {
                    guard let minutes = zone(3) else { return nil }
                    offset = minutes
                }
            case .literal(let literal):
                guard take(literal) else { return nil }
            }
        }
        guard at == bytes.count else { return nil }
        if isAfternoon == true, hour < 12 { hour += 12 }
        return Timestamp(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second, offsetMinutes: offset)
    }
}
