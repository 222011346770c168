/// Applies the transformations of a connection's table, in order, from one readable copy to another (REFERENCE §4).
///
/// Records that `prepare` would reject go through untouched, on the same line where no row before them was filtered
/// out, so that they are rejected and counted there.
package struct Transformer: Sendable {
    private let transformations: [TableTransformation]

    package init(_ transformations: [TableTransformation]) {
        self.transformations = transformations
    }

    /// Returns the rows written and the rows that WhereValue left out. Throws `columnMissing` where an input column is
    /// not in the header, `requestInvalid` where a date pattern is not understood.
    @discardableResult
    package func transform(
        from source: String, to target: String, durable: Bool = true
    ) throws(DeltaError) -> (written: Int, leftOut: Int) {
        let input = try TextInput(path: source, encoding: "UTF-8")
        let scanner = RecordScanner(input: input, separator: .comma, reportsBlankLines: true)
        let header = try Header(scanner: scanner, format: .canonical)
        var names = header.names
        var steps: [TransformationStep] = []
        for transformation in transformations {
            steps.append(try TransformationStep(transformation, names: &names, path: source))
        }
        let output = try OutputFile(path: target, checksum: false)
        for _ in 1..<scanner.line { try output.write("\n") }
        try output.writeHeader(names)
        for _ in 1..<(scanner.upcomingLine - scanner.line) { try output.write("\n") }
        var row = ByteBuffer(capacity: 4096)
        var leftOut = 0
        reading: while true {
            row.count = 0
            switch try scanner.next() {
            case .end:
                break reading
            case .blank:
                try output.write("\n")
                continue
            case .malformed(let malformation):
                row.appendUnreadable(scanner.record, .malformed(malformation))
            case .record:
                if scanner.fieldCount != header.names.count || scanner.check != 0 {
                    let rejection: Rejection =
                        scanner.fieldCount == header.names.count
                        ? (scanner.check & 1 != 0 ? .undecodable : .holdsNull)
                        : .fieldCount(found: scanner.fieldCount, expected: header.names.count)
                    scanner.rejectRecord()
                    row.appendUnreadable(scanner.record, rejection)
                } else {
                    var values = TransformedRow(scanner, count: names.count)
                    guard steps.allSatisfy({ $0.apply(to: &values) }) else {
                        leftOut += 1
                        continue
                    }
                    values.append(to: &row)
                    if row.count == 0 { row.append("\"\"") }
                    row.append(.lineFeed)
                }
            }
            output.rows += 1
            try output.write(row.base, row.count)
            if output.rows & 0xFFF == 0, Task.isCancelled {
                throw DeltaError(.cancelled, path: source, "cancelled; nothing was written")
            }
        }
        try OutputFile.commit([output], durable: durable)
        return (output.rows, leftOut)
    }
}
