/// `.named.csv`: the keys of a feed's rows that could be used, each once. Of pairs that belong to one of their sides that
/// side alone, the other is empty.
final class NamedKeys {
    let output: OutputFile
    private let owner: Int?
    private var row = ByteBuffer(capacity: 256)

    /// - Parameter keys: names of the key columns.
    init(output: OutputFile, keys: [String], owner: Int?) throws(DeltaError) {
        self.output = output
        self.owner = owner
        try output.writeHeader(keys)
    }

    /// - Parameter key: what the rows of a key are grouped by; a pair's is first, U+0000, second.
    func add(_ key: UnsafePointer<UInt8>, _ count: Int) throws(DeltaError) {
        row.count = 0
        if owner == 1 { row.append(.comma) }
        var start = 0
        for index in 0...count where index == count || key[index] == 0 {
            if start > 0 { row.append(.comma) }
            row.appendField(key + start, index - start)
            start = index + 1
        }
        if owner == 0 { row.append(.comma) }
        row.append(.lineFeed)
        try output.write(row.base, row.count)
        output.rows += 1
    }
}
