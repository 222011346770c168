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
