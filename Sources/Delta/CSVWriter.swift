/// Writes a canonical CSV file (DESIGN §5), which gets its name only by `close`.
package final class CSVWriter {
    private let output: OutputFile
    private var row = ByteBuffer(capacity: 1024)
    private let columns: Int

    /// - Parameter header: the names of the columns; at least one.
    package init(path: String, header: [String], checksum: Bool = false) throws(DeltaError) {
        output = try OutputFile(path: path, checksum: checksum)
        columns = header.count
        try output.writeHeader(header)
    }

    /// One row; as many values as the header has names.
    package func write(_ values: [String]) throws(DeltaError) {
        precondition(values.count == columns, "a row has one value a column")
        row.count = 0
        for (index, value) in values.enumerated() {
            if index > 0 { row.append(.comma) }
            row.appendField(value)
        }
        if row.count == 0 { row.append("\"\"") }
        row.append(.lineFeed)
        try output.write(row.base, row.count)
        output.rows += 1
    }

    /// Writes what is left and names the file.
    @discardableResult
    package func close(durable: Bool = true) throws(DeltaError) -> PreparationResult.File {
        try OutputFile.commit([output], durable: durable)
        return output.summary
    }

    /// A value as a canonical file has it.
    package static func field(_ value: String) -> String {
        var buffer = ByteBuffer(capacity: 2 * value.utf8.count + 2)
        buffer.appendField(value)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }
}
