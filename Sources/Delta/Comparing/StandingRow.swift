/// What stands under a key while a feed's rows of that key are applied, each to what the one before left: for feeds
/// whose rows say which columns they carry (DESIGN §4, `PartialColumns`).
final class StandingRow {
    private let keys: [Int]
    /// By column: whether the feed's header leaves it out.
    private let isAbsent: [Bool]
    /// The row in canonical form, line end included; empty: there is none.
    private(set) var text = ByteBuffer(capacity: 1024)
    /// The row's key: a pair's is first, U+0000, second.
    private(set) var key = ByteBuffer(capacity: 256)
    /// Whether there is a row with a whole key; a pair without its other side is no link.
    private(set) var isSet = false
    private var merged = ByteBuffer(capacity: 1024)

    /// - Parameters:
    ///   - keys: places of the key columns.
    ///   - absent: places of the columns that the feed's header leaves out.
    init(columns: Int, keys: [Int], absent: [Int]) {
        self.keys = keys
        isAbsent = (0..<columns).map(absent.contains)
    }

    /// The row that the image has.
    func begin(_ row: UnsafePointer<UInt8>, _ count: Int) {
        text.count = 0
        text.append(row, count)
        readKey()
    }

    /// No row: none in the image, or a deleted one.
    func clear() {
        text.count = 0
        isSet = false
    }

    /// A row of the feed. A partial one has a byte a column behind its text: 1 where the row does not carry it.
    func apply(_ row: StoredRow) {
        let isPartial = row.kind == .partial
        let count = isPartial ? row.textCount - isAbsent.count : row.textCount
        let new = CanonicalFields.split(row.text, count)
        let old = text.count == 0 ? [] : CanonicalFields.split(text.base, text.count)
        merged.count = 0
        for index in isAbsent.indices {
            if index > 0 { merged.append(.comma) }
            if !(isPartial ? row.text[count + index] == 1 : isAbsent[index]) {
                merged.append(row.text + new[index].lowerBound, new[index].count)
            } else if !old.isEmpty {
                merged.append(text.base + old[index].lowerBound, old[index].count)
            }
        }
        merged.append(.lineFeed)
        swap(&text, &merged)
        readKey()
    }

    private func readKey() {
        let fields = CanonicalFields.split(text.base, text.count)
        key.count = 0
        isSet = true
        for (number, column) in keys.enumerated() {
            if number > 0 { key.append(0) }
            let field = fields[column]
            if field.isEmpty { isSet = false }
            append(field)
        }
    }

    /// A field's value, which is in quotes where it needs them.
    private func append(_ field: Range<Int>) {
        guard !field.isEmpty, text.base[field.lowerBound] == .quote else {
            return key.append(text.base + field.lowerBound, field.count)
        }
        var at = field.lowerBound + 1
        while at < field.upperBound - 1 {
            key.append(text.base[at])
            at += text.base[at] == .quote ? 2 : 1
        }
    }
}
