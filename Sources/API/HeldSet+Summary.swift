import Foundation

extension Violation {
    /// The limit, the number and what was counted, without a full stop: the one text for pages, tools, API and logs.
    package var explanation: String {
        let start = "\(attribute) of \(element) \"\(identifier)\" is \(limit)\(stored == nil ? "" : " %")"
        let share = stored.map { " of \($0)" } ?? ""
        if attribute == "MinPercentageRows" { return "\(start), and the export has \(number) rows\(share) stored" }
        if let property { return "\(start), and \(number)\(share) values of \(property) would be emptied" }
        if attribute == "MaxPercentageChurnedKeys" { return "\(start), and \(number)\(share) keys would change" }
        let links = attribute.contains("Link") ? " links" : ""
        let verbs = ["Inserted": "be inserted", "Updated": "be updated", "Deleted": "be deleted"]
        let verb = verbs.first { attribute.contains($0.key) }?.value ?? "change"
        return "\(start), and \(number)\(share)\(links) would \(verb)"
    }

    /// `explanation` as a sentence.
    package var sentence: String { explanation + "." }
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
