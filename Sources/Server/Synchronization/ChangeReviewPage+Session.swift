import API
import WeirConfiguration

extension ChangeReviewPage.Change {
    /// - Parameter type: the entity type of the mapping, whose properties say how values are read.
    init(_ change: ResourceChange, _ type: EntityType?) {
        operation = change.operation
        isUpdate = change.operation == "update"
        mapping = change.mapping
        cause = CauseWords(change.cause, operation: change.operation, isLink: false).title
        key = change.key
        let changed = Set(change.before.keys).union(change.after.keys)
        let known = (type?.properties ?? []).map(\.identifier).filter(changed.contains)
        values = (known + changed.subtracting(known).sorted()).map { property in
            func text(_ stored: String?) -> String? {
                stored.map { StoredValue.text($0, type?.property(property)?.type ?? .string) }
            }
            let before = text(change.before[property])
            let after = text(change.after[property])
            return ChangeReviewPage.Value(property: property, before: before, after: after, only: after ?? before)
        }
    }
}

extension ChangeReviewPage.Link {
    init(_ change: LinkChange) {
        operation = change.operation
        mapping = change.mapping
        cause = CauseWords(change.cause, operation: change.operation, isLink: true).title
        key1 = change.key1
        key2 = change.key2
    }
}

extension Violation {
    /// `Connector "HR": 612 deletes are more than the 100 that MaximumDeletedLines allows.`
    var sentence: String {
        let what = attribute.contains("Link") ? "link " : ""
        let changes: [(part: String, word: String)] = [
            ("Inserted", "inserts"), ("Updated", "updates"), ("Deleted", "deletes"), ("Emptied", "emptied values"),
            ("Churned", "changed keys"),
        ]
        let word = changes.first { attribute.contains($0.part) }?.word ?? "changes"
        let start = "\(element) \"\(identifier)\": \(number.grouped) \(what)\(word)"
        guard attribute.contains("Percentage"), let stored, stored > 0 else {
            return "\(start) are more than the \(limit.grouped) that \(attribute) allows."
        }
        let share = number * 100 / stored
        return
            "\(start) of \(stored.grouped) stored (\(share) %) are more than the \(limit) % that \(attribute) allows."
    }
}
