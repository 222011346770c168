/// The values of a record while it is transformed: only those that a step asks for or sets become text.
struct TransformedRow {
    private let scanner: RecordScanner
    private let count: Int
    private var changed: [Int: String] = [:]

    /// - Parameter count: the record's fields and the columns that are new.
    init(_ scanner: RecordScanner, count: Int) {
        self.scanner = scanner
        self.count = count
    }

    subscript(column: Int) -> String {
        get { changed[column] ?? (column < scanner.fieldCount ? scanner.text(column) : "") }
        set { changed[column] = newValue }
    }

    /// Appends the canonical row without its line end.
    func append(to row: inout ByteBuffer) {
        var scratch = ByteBuffer(capacity: 64)
        for column in 0..<count {
            if column > 0 { row.append(.comma) }
            if let value = changed[column] {
                row.appendField(value)
            } else if column < scanner.fieldCount {
                let (value, length) = scanner.value(column, scratch: &scratch)
                row.appendField(value, length)
            }
        }
    }
}
