/// Reads a CSV file row by row, values as bytes. Meant for the files that `prepare` writes; takes any `CSVFormat`.
///
/// Not to be shared between tasks.
package final class CSVReader {
    private let scanner: RecordScanner
    private let trimmer: Trimmer
    private var unescaped = ByteBuffer(capacity: 1024)
    /// Values that were asked for so often that `unescaped` had no room for them.
    private var extra: [UnsafeMutablePointer<UInt8>] = []
    /// The header's names in the file's order.
    package let columns: [String]

    /// Throws when the file cannot be opened or has no header line.
    package init(path: String, format: CSVFormat = .canonical) throws(DeltaError) {
        let input = try TextInput(path: path, encoding: format.encoding)
        scanner = RecordScanner(input: input, separator: format.separator)
        columns = try Header(scanner: scanner, format: format).names
        trimmer = Trimmer(format.trim)
    }

    deinit { dropExtra() }

    private func dropExtra() {
        for block in extra { block.deallocate() }
        extra.removeAll()
    }

    /// The next row, or nil at the end. Throws `inputUnreadable` with the line for a row that is malformed or has
    /// another number of fields than the header.
    package func next() throws(DeltaError) -> Row? {
        if !extra.isEmpty { dropExtra() }
        switch try scanner.next() {
        case .end, .blank:
            return nil
        case .malformed(let malformation):
            throw failure(Rejection.malformed(malformation).reason)
        case .record:
            guard scanner.fieldCount == columns.count else {
                throw failure(Rejection.fieldCount(found: scanner.fieldCount, expected: columns.count).reason)
            }
            unescaped.count = 0
            unescaped.reserve(scanner.recordEnd - scanner.recordStart)
            return Row(reader: self)
        }
    }

    private func failure(_ reason: String) -> DeltaError {
        DeltaError(.inputUnreadable, path: scanner.input.path, "line \(scanner.line): \(reason); write the file again")
    }

    /// Where a column stands, if it is there.
    package func index(of column: String) -> Int? { columns.firstIndex(of: column) }

    /// The current row of a reader: gone with the reader's next `next`.
    package struct Row {
        fileprivate let reader: CSVReader

        package var count: Int { reader.columns.count }

        /// The physical line on which the row starts, from 1.
        package var line: Int { reader.scanner.line }

        /// A value's bytes, unescaped; they live until the reader's next `next`.
        package func bytes(_ column: Int) -> UnsafeRawBufferPointer { reader.bytes(column) }

        /// A value as text; bytes that are not UTF-8 become U+FFFD.
        package subscript(column: Int) -> String { String(decoding: bytes(column), as: UTF8.self) }

        package var values: [String] { (0..<count).map { self[$0] } }
    }

    fileprivate func bytes(_ column: Int) -> UnsafeRawBufferPointer {
        precondition(column >= 0 && column < columns.count, "no such column")
        let field = scanner.fields[column]
        var start = UnsafePointer(scanner.base + Int(field.start))
        var count = Int(field.end - field.start)
        if field.flags & RecordScanner.Field.hasEscapes != 0 {
            // Room was made for the whole record once, so that values taken before stay where they are.
            let target: UnsafeMutablePointer<UInt8>
            if unescaped.capacity - unescaped.count >= count {
                target = unescaped.base + unescaped.count
                unescaped.count += count
            } else {
                target = .allocate(capacity: count)
                extra.append(target)
            }
            var from = 0
            var to = 0
            while from < count {
                target[to] = start[from]
                from += start[from] == .quote ? 2 : 1
                to += 1
            }
            start = UnsafePointer(target)
            count = to
        }
        if !trimmer.isIdle { trimmer.trim(&start, &count) }
        return UnsafeRawBufferPointer(start: start, count: count)
    }
}
