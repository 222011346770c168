/// Changes as CSV (RFC 4180, LF): one line a changed value, so that a line says all of it and can be filtered alone.
///
/// An insert or a delete has a line for each value that is not empty. A link's line has the key of its first end as
/// `key`, and that of the second as `before` where the link goes and as `after` where it comes.
package struct ChangeCSV: Sendable {
    package static let header = "kind,operation,cause,mapping,key,property,before,after\n"

    /// Whether a value that a spreadsheet would take for a formula gets a quote before it; programs want values as they
    /// are.
    private let isForSpreadsheets: Bool

    package init(isForSpreadsheets: Bool = false) {
        self.isForSpreadsheets = isForSpreadsheets
    }

    package func lines(of change: ResourceChange) -> String {
        let start = ["resource", change.operation, change.cause?.rawValue ?? "", change.mapping, change.key]
        let properties = Set(change.before.keys).union(change.after.keys).sorted()
        guard !properties.isEmpty else { return line(start + ["", "", ""]) }
        return properties.map { line(start + [$0, change.before[$0] ?? "", change.after[$0] ?? ""]) }.joined()
    }

    package func line(of change: LinkChange) -> String {
        let isDelete = change.operation == "delete"
        return line([
            "link", change.operation, change.cause?.rawValue ?? "", change.mapping, change.key1, "",
            isDelete ? change.key2 : "", isDelete ? "" : change.key2,
        ])
    }

    private func line(_ fields: [String]) -> String { fields.map(quoted).joined(separator: ",") + "\n" }

    private func quoted(_ field: String) -> String {
        var text = field
        if isForSpreadsheets, let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) {
            text = "'" + text
        }
        guard text.unicodeScalars.contains(where: { "\",\n\r".unicodeScalars.contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
