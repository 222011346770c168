import API

extension ChangeReviewPage.Change {
    init(_ change: ResourceChange) {
        operation = change.operation
        tone = change.operation
        mapping = change.mapping
        key = change.key
        values = Set(change.before.keys).union(change.after.keys).sorted().map { property in
            ChangeReviewPage.Value(
                property: property, before: change.before[property], after: change.after[property])
        }
    }
}

extension ChangeReviewPage.Link {
    init(_ change: LinkChange) {
        operation = change.operation
        tone = change.operation
        mapping = change.mapping
        key1 = change.key1
        key2 = change.key2
    }
}

extension RunPage.Count {
    static func all(of session: Session) -> [RunPage.Count] {
        session.counters.sorted { $0.key < $1.key }.map { mapping, counters in
            RunPage.Count(
                mapping: mapping, kind: counters.isLinks ? "links" : "resources",
                inserted: counters.inserted.grouped, updated: counters.updated.grouped,
                deleted: counters.deleted.grouped, stored: counters.stored.grouped)
        }
    }
}

extension Violation {
    /// `Connector "HR": 612 deletes are more than MaximumDeletedLines="100" allows.`
    var sentence: String {
        let what = attribute.contains("Link") ? "link " : ""
        let changes: [(part: String, word: String)] = [
            ("Inserted", "inserts"), ("Updated", "updates"), ("Deleted", "deletes"), ("Emptied", "emptied values"),
            ("Churned", "changed keys"),
        ]
        let word = changes.first { attribute.contains($0.part) }?.word ?? "changes"
        let share = attribute.contains("Percentage") ? stored.map { " of \($0.grouped) stored" } ?? "" : ""
        return "\(element) \"\(identifier)\": \(number.grouped) \(what)\(word)\(share) are more than "
            + "\(attribute)=\"\(limit)\" allows."
    }
}
