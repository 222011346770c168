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
