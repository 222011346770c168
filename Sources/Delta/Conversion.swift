/// The stored form that a column's values are brought into (REFERENCE §3). An empty value stays empty; a value that
/// does not fit makes its row a rejected one.
package enum Conversion: Sendable, Equatable {
    /// As it is; at most `limit` Unicode scalars.
    case text(limit: Int?)
    /// Whole numbers without sign `+` and leading zeros.
    case byte, int16, int32, int64
    /// The shortest form that reads back as the same number; no infinity.
    case double
    /// `0` or `1`, from `true`, `false`, `1`, `0` in any case.
    case bool
    /// `yyyyMMddHHmmss` in UTC, from that form (with or without `Z` or a fraction), or from ISO 8601 dates and times
    /// with optional fraction and offset; without offset the time is UTC.
    case dateTime
    /// Lower case `8-4-4-4-12`, from 32 hex digits with or without dashes, braces or parentheses.
    case guid
    /// RFC 4648 §4 with padding; line breaks and a missing padding are mended. At most `limit` characters in that form.
    case base64(limit: Int?)

    /// What a value must be, for the reason of a rejected row.
    var expectation: String {
        switch self {
        case .text(.some(let limit)): "at most \(limit) characters"
        case .text(nil): "text"
        case .byte: "a whole number from 0 to 255"
        case .int16: "a whole number from -32768 to 32767"
        case .int32: "a whole number from -2147483648 to 2147483647"
        case .int64: "a whole number of 64 bits"
        case .double: "a number"
        case .bool: "true, false, 1 or 0"
        case .dateTime: "a date (yyyyMMddHHmmss or ISO 8601)"
        case .guid: "a GUID (32 hex digits)"
        case .base64(.some(let limit)): "Base64 of at most \(limit) characters"
        case .base64(nil): "Base64"
        }
    }
}
