/// `.rejected.csv`: file, line, offset, reason, key, raw.
final class RejectedRows {
    let output: OutputFile?
    private let inputName: String
    private var row = ByteBuffer(capacity: 1024)

    init(output: OutputFile?, inputName: String) throws(DeltaError) {
        self.output = output
        self.inputName = inputName
        try output?.writeHeader(["file", "line", "offset", "reason", "key", "raw"])
    }

    /// The scanner's current record; `keys` as far as they are readable.
    func add(_ scanner: RecordScanner, _ rejection: Rejection, keys: [[UInt8]]?) throws(DeltaError) {
        guard let output else { return }
        row.count = 0
        row.appendField(inputName)
        row.append(",\(scanner.line),\(scanner.fileOffset),")
        row.appendField(rejection.reason)
        row.append(.comma)
        if let keys {
            row.appendField(
                keys.count == 1
                    ? String(decoding: keys[0], as: UTF8.self)
                    : keys.map { CSVWriter.field(String(decoding: $0, as: UTF8.self)) }.joined(separator: ","))
        }
        row.append(.comma)
        // Raw text that is no text is shown with U+FFFD: the file itself must stay readable.
        let raw = String(decoding: scanner.record.prefix(1 << 20), as: UTF8.self)
        row.appendField(raw.contains("\0") ? String(raw.map { $0 == "\0" ? "\u{FFFD}" : $0 }) : raw)
        row.append(.lineFeed)
        try output.write(row.base, row.count)
        output.rows += 1
    }
}
