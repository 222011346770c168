/// Values of command line options.
enum OptionText {
    /// Names separated by commas, as a line of a CSV file: a name with a comma stands in quotes.
    static func list(_ text: String) -> [String] {
        var names: [String] = []
        var name = ""
        var isQuoted = false
        for character in text {
            if character == "\"" {
                isQuoted.toggle()
            } else if character == ",", !isQuoted {
                names.append(name)
                name = ""
            } else {
                name.append(character)
            }
        }
        return names + [name]
    }

    /// One ASCII character that may separate; `tab` and `\t` for a tab.
    static func separator(_ text: String) -> UInt8? {
        if text == "tab" || text == "\\t" { return UInt8(ascii: "\t") }
        guard text.utf8.count == 1, let byte = text.utf8.first, byte > 0, byte < 0x80 else { return nil }
        return byte == .quote || byte == .lineFeed || byte == .carriageReturn ? nil : byte
    }

    /// `256MB`, `256M`, `1GB`, `1048576`; K, M and G are powers of 1,024.
    static func byteCount(_ text: String) -> Int? {
        var text = text.uppercased()
        if text.hasSuffix("IB") { text.removeLast(2) } else if text.hasSuffix("B") { text.removeLast() }
        var factor = 1
        if let unit = text.last, let power = ["K", "M", "G"].firstIndex(of: unit) {
            factor = 1 << (10 * (power + 1))
            text.removeLast()
        }
        guard let number = Int(text.filter { $0 != " " }), number > 0 else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }
}
