/// How a CSV file is written (REFERENCE §17, package Usercube.CSV).
package struct CSVFormat: Sendable, Equatable {
    /// One byte, not a quote, CR or LF.
    package var separator: UInt8
    /// An iconv name (`UTF-8`, `UTF-16`, `windows-1252`, `ISO-8859-1`, …). A byte order mark of UTF-8 or UTF-16 at the
    /// start of the file wins over `UTF-8` and `UTF-16`.
    package var encoding: String
    /// Physical lines before the header.
    package var linesToSkip: Int
    /// Each in turn is taken off both ends of headers and values, once (`$%x$%` with `$`, `%` gives `x$`).
    package var trim: [String]

    package init(separator: UInt8 = .comma, encoding: String = "UTF-8", linesToSkip: Int = 0, trim: [String] = []) {
        self.separator = separator
        self.encoding = encoding
        self.linesToSkip = linesToSkip
        self.trim = trim
    }

    /// What every file that Delta writes looks like: UTF-8 without mark, comma, LF, RFC 4180 (DESIGN §5).
    package static let canonical = CSVFormat()
}
