import Foundation

extension Violation {
    /// One sentence with the limit, the number and what was counted.
    package var explanation: String {
        let start = "\(attribute) of \(element) \"\(identifier)\" is \(limit)\(stored == nil ? "" : " %")"
        let share = stored.map { " of \($0)" } ?? ""
        if attribute == "MinPercentageRows" { return "\(start), and the export has \(number) rows\(share) stored" }
        if let property { return "\(start), and \(number)\(share) values of \(property) would be emptied" }
        if attribute == "MaxPercentageChurnedKeys" { return "\(start), and \(number)\(share) keys would change" }
        return "\(start), and \(number)\(share) would change"
    }
}

extension HeldSet {
    /// What is held, since when and why.
    package var summary: String {
        let pairs = linkCount > 0 ? " with \(linkCount) links" : ""
        let reasons = violations.map(\.explanation).joined(separator: ", and ")
        return
            "\(count) \(operation)s of \"\(mapping)\"\(pairs) are held since \(since.formatted(.iso8601)): \(reasons)"
    }
}
