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
        row.appendField(Self.raw(scanner.record))
        row.append(.lineFeed)
        try output.write(row.base, row.count)
        output.rows += 1
    }

    private static let longestRaw = 1 << 20

    /// The record's first line as text that every reader takes: bytes that are no text become U+FFFD, U+0000 becomes
    /// U+2400 (␀), a carriage return within the line U+240D (␍). Of a line over 1 MiB the beginning, with `…` behind it.
    private static func raw(_ record: UnsafeRawBufferPointer) -> String {
        let skipped = UnreadableMark(record)?.byteCount ?? 0
        let line = UnsafeRawBufferPointer(rebasing: record.dropFirst(skipped))
        var end = min(line.count, longestRaw)
        // Not in the middle of a character.
        while end < line.count, end > 0, line[end] & 0xC0 == 0x80 { end -= 1 }
        var text = String(decoding: line[..<end], as: UTF8.self)
        if line[..<end].contains(0) || line[..<end].contains(.carriageReturn) {
            var shown = String.UnicodeScalarView()
            for scalar in text.unicodeScalars {
                shown.append(scalar == "\0" ? "\u{2400}" : scalar == "\r" ? "\u{240D}" : scalar)
            }
            text = String(shown)
        }
        return end < line.count ? text + "…" : text
    }
}
