/// Writes the canonical row of a record, and finds its keys.
struct RowBuilder: ~Copyable {
    /// Where a key's text stands.
    struct Key {
        /// In the row, from its start; nil: in `keyTexts`, because the row has it in quotes.
        var offset: Int?
        var start: Int
        var count: Int
    }

    private let plan: RowPlan
    private var scratch = ByteBuffer(capacity: 1024)
    private var discarded = ByteBuffer(capacity: 1024)
    /// The texts of keys that the row has in quotes.
    private(set) var keyTexts = ByteBuffer(capacity: 256)
    private(set) var keys: [Key]

    init(_ plan: RowPlan) {
        self.plan = plan
        keys = plan.keys.map { _ in Key(offset: nil, start: 0, count: 0) }
    }

    /// Appends the row with its line end. Returns the column that does not fit, if one does not.
    @inline(__always)
    mutating func append(_ scanner: RecordScanner, to output: inout ByteBuffer) -> Column? {
        let start = output.count
        if plan.isIdentity, scanner.isCanonical, !exceedsLimit(scanner) {
            appendIdentity(scanner, to: &output)
        } else if let column = appendFields(scanner, start: start, to: &output) {
            return column
        }
        if !plan.checked.isEmpty { return firstMisfit(scanner) }
        return nil
    }

    @inline(__always)
    private func exceedsLimit(_ scanner: RecordScanner) -> Bool {
        guard plan.hasLimits else { return false }
        for index in 0..<plan.columns.count {
            let field = scanner.fields[index]
            if Int(field.end - field.start) > plan.columns[index].limit { return true }
        }
        return false
    }

    @inline(__always)
    private mutating func appendIdentity(_ scanner: RecordScanner, to output: inout ByteBuffer) {
        let start = output.count
        output.append(scanner.base + scanner.recordStart, scanner.recordEnd - scanner.recordStart)
        if output.count == start { output.append("\"\"") }
        output.append(.lineFeed)
        keyTexts.count = 0
        for index in 0..<keys.count {
            let number = plan.keys[index]
            let field = scanner.fields[number]
            if field.flags & RecordScanner.Field.isQuoted == 0 {
                let offset = Int(field.start) - scanner.recordStart
                keys[index] = Key(offset: offset, start: start + offset, count: Int(field.end - field.start))
            } else {
                let (value, count) = scanner.value(number, scratch: &scratch)
                keys[index] = Key(offset: nil, start: keyTexts.count, count: count)
                keyTexts.append(value, count)
            }
        }
    }

    private mutating func appendFields(
        _ scanner: RecordScanner, start: Int, to output: inout ByteBuffer
    ) -> Column? {
        keyTexts.count = 0
        for index in 0..<plan.columns.count {
            if index > 0 { output.append(.comma) }
            let from = output.count
            let source = plan.columns[index]
            guard Self.appendField(source, plan.trimmer, scanner, &scratch, to: &output) else { return source.column }
            for number in 0..<keys.count where plan.keys[number] == index {
                let count = output.count - from
                if count > 0, output.base[from] == .quote {
                    keys[number] = Key(offset: nil, start: keyTexts.count, count: unescape(output, from))
                } else {
                    keys[number] = Key(offset: from - start, start: from, count: count)
                }
            }
        }
        if output.count == start { output.append("\"\"") }
        output.append(.lineFeed)
        return nil
    }

    /// Appends the text of the field in quotes at the end of `output` to `keyTexts`; its length.
    private mutating func unescape(_ output: borrowing ByteBuffer, _ from: Int) -> Int {
        let before = keyTexts.count
        var at = from + 1
        while at < output.count - 1 {
            keyTexts.append(output.base[at])
            at += output.base[at] == .quote ? 2 : 1
        }
        return keyTexts.count - before
    }

    /// False: the value does not fit.
    @inline(__always)
    private static func appendField(
        _ source: RowPlan.Source, _ trimmer: Trimmer, _ scanner: RecordScanner, _ scratch: inout ByteBuffer,
        to output: inout ByteBuffer
    ) -> Bool {
        guard let number = source.field else { return true }
        let field = scanner.fields[number]
        if source.isText, trimmer.isIdle, Int(field.end - field.start) <= source.limit {
            if field.flags & RecordScanner.Field.needsQuotes == 0 {
                output.append(scanner.base + Int(field.start), Int(field.end - field.start))
                return true
            }
            if field.flags & RecordScanner.Field.isQuoted != 0 {
                output.append(scanner.base + Int(field.start) - 1, Int(field.end - field.start) + 2)
                return true
            }
        }
        return appendConverted(source, number, trimmer, scanner, &scratch, to: &output)
    }

    private static func appendConverted(
        _ source: RowPlan.Source, _ number: Int, _ trimmer: Trimmer, _ scanner: RecordScanner,
        _ scratch: inout ByteBuffer, to output: inout ByteBuffer
    ) -> Bool {
        var (value, count) = scanner.value(number, scratch: &scratch)
        trimmer.trim(&value, &count)
        guard count > 0 else { return true }
        guard source.isText else { return source.column.conversion.append(value, count, to: &output) }
        guard Conversion.fits(value, count, limit: source.limit) else { return false }
        output.appendField(value, count)
        return true
    }

    /// Whether another mapping of the table rejects the record too, whose columns are the checked ones.
    mutating func hasCheckedMisfit(_ scanner: RecordScanner) -> Bool { firstMisfit(scanner) != nil }

    private mutating func firstMisfit(_ scanner: RecordScanner) -> Column? {
        for source in plan.checked {
            discarded.count = 0
            if !Self.appendField(source, plan.trimmer, scanner, &scratch, to: &discarded) { return source.column }
        }
        return nil
    }

    /// The names in a feed's `PartialColumns` of this record; empty: it carries every column.
    mutating func partialColumns(_ scanner: RecordScanner) -> [String] {
        guard let number = plan.partial else { return [] }
        var (value, count) = scanner.value(number, scratch: &scratch)
        plan.trimmer.trim(&value, &count)
        guard count > 0 else { return [] }
        return String(decoding: UnsafeBufferPointer(start: value, count: count), as: UTF8.self)
            .split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    }

    /// Appends the row with its line end, empty where the record does not carry the column. Keys are not noted.
    ///
    /// - Parameter isCarried: by field of the record.
    mutating func append(
        _ scanner: RecordScanner, carrying isCarried: [Bool], to output: inout ByteBuffer
    ) -> Column? {
        for (index, source) in plan.columns.enumerated() {
            if index > 0 { output.append(.comma) }
            guard let field = source.field, isCarried[field] else { continue }
            guard Self.appendField(source, plan.trimmer, scanner, &scratch, to: &output) else { return source.column }
        }
        output.append(.lineFeed)
        return firstMisfit(scanner, carrying: isCarried)
    }

    /// The first of the checked columns that the record carries and that does not fit.
    mutating func firstMisfit(_ scanner: RecordScanner, carrying isCarried: [Bool]) -> Column? {
        for source in plan.checked {
            guard let field = source.field, isCarried[field] else { continue }
            discarded.count = 0
            if !Self.appendField(source, plan.trimmer, scanner, &scratch, to: &discarded) { return source.column }
        }
        return nil
    }

    /// The key's text if the field can be read as one: decodable, without U+0000, converted.
    mutating func readableKey(_ scanner: RecordScanner, _ key: Int) -> [UInt8]? {
        let plan = self.plan
        let source = plan.columns[plan.keys[key]]
        guard let number = source.field else { return nil }
        var (value, count) = scanner.value(number, scratch: &scratch)
        plan.trimmer.trim(&value, &count)
        guard count > 0 else { return [] }
        guard isDecodable(value, count) else { return nil }
        discarded.count = 0
        guard source.column.conversion.append(value, count, to: &discarded) else { return nil }
        return Array(discarded.bytes)
    }

    /// The feed's command in lower case.
    mutating func command(_ scanner: RecordScanner) -> FeedCommand? {
        guard let number = plan.command else { return nil }
        var (value, count) = scanner.value(number, scratch: &scratch)
        plan.trimmer.trim(&value, &count)
        return FeedCommand(UnsafeBufferPointer(start: value, count: count))
    }
}
