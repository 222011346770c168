import Foundation

/// A moment as text, in messages and in Weir's own tables alike: ISO 8601, UTC, milliseconds, so that the order of the
/// texts is the order of the moments.
package enum Timestamp {
    package static func text(_ date: Date) -> String { date.formatted(style) }

    /// Reads what ``text(_:)`` writes, and the same without fraction or with another offset; nil for anything else.
    package static func date(_ text: String) -> Date? {
        if let date = try? style.parse(text) { return date }
        return try? Date.ISO8601FormatStyle().parse(text)
    }

    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}
