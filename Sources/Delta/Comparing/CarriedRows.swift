/// `.carried.csv`: the keys of the rows that are in the new image although the input has no usable row for them, each
/// with its reason. There is no such file where nothing was carried.
final class CarriedRows {
    private let path: String
    private let checksum: Bool
    private let header: [String]
    private(set) var output: OutputFile?
    private var row = ByteBuffer(capacity: 256)

    init(path: String, keys: [String], checksum: Bool) {
        self.path = path
        self.checksum = checksum
        header = keys + ["reason"]
    }

    var count: Int { output?.rows ?? 0 }

    /// - Parameter key: a pair's is first, U+0000, second.
    func add(_ key: UnsafePointer<UInt8>, _ count: Int, reason: String) throws(DeltaError) {
        row.count = 0
        var start = 0
        for index in 0...count where index == count || key[index] == 0 {
            row.appendField(key + start, index - start)
            row.append(.comma)
            start = index + 1
        }
        row.appendField(reason)
        row.append(.lineFeed)
        let output = try opened()
        try output.write(row.base, row.count)
        output.rows += 1
    }

    private func opened() throws(DeltaError) -> OutputFile {
        if let output { return output }
        let opened = try OutputFile(path: path, checksum: checksum)
        try opened.writeHeader(header)
        output = opened
        return opened
    }
}
