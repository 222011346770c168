/// Copies a CSV file of any format into the readable copy of REFERENCE §10: UTF-8, comma, LF, quotes where RFC 4180
/// needs them, values trimmed, columns without a header dropped.
///
/// Lines keep their numbers: skipped lines before the header become blank lines, blank lines stay, and a record that
/// `prepare` would reject stays a record on the same line that `prepare` rejects.
package struct CSVRewriter: Sendable {
    package struct Result: Sendable, Equatable {
        /// Records without the header, malformed ones included.
        package var rows = 0
        package var malformed = 0
        package var bytesRead = 0
        package var file: PreparationResult.File
    }

    package var format: CSVFormat

    package init(format: CSVFormat) { self.format = format }

    /// - Parameter isCancelled: asked every few thousand rows.
    package func rewrite(
        from source: String, to target: String, checksum: Bool = false, durable: Bool = true,
        isCancelled: (@Sendable () -> Bool)? = nil
    ) throws(DeltaError) -> Result {
        let input = try TextInput(path: source, encoding: format.encoding)
        let scanner = RecordScanner(input: input, separator: format.separator, reportsBlankLines: true)
        let header = try readHeader(scanner)
        let columns = header.names.indices.filter { !header.names[$0].isEmpty }
        let output = try OutputFile(path: target, checksum: checksum)
        for _ in 1..<scanner.line { try output.write("\n") }
        try output.writeHeader(columns.map { header.names[$0] })
        var headerLines = header.lineCount - 1
        while headerLines > 0 {
            try output.write("\n")
            headerLines -= 1
        }
        var result = Result(file: output.summary)
        let trimmer = Trimmer(format.trim)
        var row = ByteBuffer(capacity: 4096)
        var scratch = ByteBuffer(capacity: 1024)
        reading: while true {
            row.count = 0
            switch try scanner.next() {
            case .end:
                break reading
            case .blank:
                row.append(.lineFeed)
                try output.write(row.base, row.count)
                continue
            case .malformed(let malformation):
                result.malformed += 1
                row.appendUnreadable(scanner.record, .malformed(malformation))
            case .record:
                if scanner.fieldCount == header.names.count {
                    // Bytes that are no text go on as they are: the row keeps its key and is rejected for them.
                    appendRecord(scanner, columns, trimmer, &scratch, to: &row)
                } else {
                    result.malformed += 1
                    let rejection = Rejection.fieldCount(found: scanner.fieldCount, expected: header.names.count)
                    scanner.rejectRecord()
                    row.appendUnreadable(scanner.record, rejection)
                }
            }
            result.rows += 1
            output.rows += 1
            try output.write(row.base, row.count)
            if result.rows & 0xFFF == 0, isCancelled?() == true || Task.isCancelled {
                throw DeltaError(.cancelled, path: source, "cancelled; nothing was written")
            }
        }
        result.bytesRead = input.bytesRead
        try OutputFile.commit([output], durable: durable)
        result.file = output.summary
        return result
    }

    private func readHeader(_ scanner: RecordScanner) throws(DeltaError) -> (names: [String], lineCount: Int) {
        let header = try Header(scanner: scanner, format: format)
        return (header.names, scanner.upcomingLine - scanner.line)
    }

    private func appendRecord(
        _ scanner: RecordScanner, _ columns: [Int], _ trimmer: Trimmer, _ scratch: inout ByteBuffer,
        to row: inout ByteBuffer
    ) {
        for (place, column) in columns.enumerated() {
            if place > 0 { row.append(.comma) }
            var (value, count) = scanner.value(column, scratch: &scratch)
            trimmer.trim(&value, &count)
            row.appendField(value, count)
        }
        if row.count == 0 { row.append("\"\"") }
        row.append(.lineFeed)
    }
}
