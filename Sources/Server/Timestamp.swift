import Foundation

/// The text form of a moment in Weir's own tables: ISO 8601, UTC, milliseconds, so that text order is time order.
enum Timestamp {
    static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// Reads what ``text(_:)`` writes, and the same without fraction or with another offset.
    static func date(_ text: String) -> Date? {
        let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        if let date = try? fractional.parse(text) { return date }
        return try? Date.ISO8601FormatStyle().parse(text)
    }
}

extension Timestamp {
    /// Reads a date of the configuration: a moment, or a day, which begins at midnight UTC.
    static func moment(_ text: String) -> Date? {
        if let date = date(text) { return date }
        if let date = date(text + "Z") { return date }
        return date(text + "T00:00:00Z")
    }
}
