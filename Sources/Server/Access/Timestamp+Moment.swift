import API
import Foundation

extension Timestamp {
    /// Reads a date of the configuration: a moment, or a day, which begins at midnight UTC.
    static func moment(_ text: String) -> Date? {
        if let date = date(text) { return date }
        if let date = date(text + "Z") { return date }
        return date(text + "T00:00:00Z")
    }
}
