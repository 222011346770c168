/// A cause of changes in words, and what an operator looks at when there are many of it.
package struct CauseWords: Sendable, Equatable {
    package var title: String
    package var meaning: String

    package init(_ cause: ChangeCause?, operation: String, isLink: Bool) {
        switch cause {
        case .new:
            title = "new"
            meaning = isLink ? "The pair was not in the source before." : "The row was not in the source before."
        case .left:
            title = "left the source"
            meaning =
                "In the last content and not in this one. If these should still be there, the export was cut or "
                + "filtered: compare its number of rows."
        case .keyChanged:
            title = "key changed"
            meaning =
                "The same values come back under another key, so it would be deleted and made anew. Look whether the "
                + "key column is written in another form, or is another column."
        case .emptied:
            title = "value emptied"
            meaning =
                "A value that was there is empty now. If that is many, look whether the source still fills the column."
        case .changed:
            title = "value changed"
            meaning = "At least one value is another one, and none became empty."
        case .moved:
            title = "moved"
            meaning = "It can have one only, and now has another: the old link goes, the new one comes."
        case nil:
            title = operation
            meaning = "The cause was not recorded."
        }
    }
}

extension ChangeReview {
    /// The counts of one cause, the most frequent first.
    package struct Cause: Sendable, Equatable {
        package var words: CauseWords
        /// At least one.
        package var counts: [ChangeCount]
    }

    /// By cause, the most frequent first; what has no cause is together by operation.
    package var causes: [Cause] {
        Dictionary(grouping: counts) { count in
            count.cause?.rawValue ?? "\u{0}\(count.operation)"
        }.values.map { counts in
            let sorted = counts.sorted { ($1.count, $0.mapping, $0.operation) < ($0.count, $1.mapping, $1.operation) }
            let first = sorted[0]
            return Cause(
                words: CauseWords(
                    first.cause, operation: first.operation, isLink: sorted.allSatisfy(\.isLinks)), counts: sorted)
        }.sorted {
            Self.total($0) == Self.total($1) ? $0.words.title < $1.words.title : Self.total($0) > Self.total($1)
        }
    }

    private static func total(_ cause: Cause) -> Int { cause.counts.reduce(0) { $0 + $1.count } }
}
