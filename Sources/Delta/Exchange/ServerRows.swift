/// Rows that the server told: hash and key, in the order of the keys.
final class ServerRows {
    private let path: String
    private let reader: CSVReader
    private let places: [Int]
    private var row: CSVReader.Row?
    private var keyText = ByteBuffer(capacity: 256)
    private(set) var hash = RowHash.zero
    /// One value a key column.
    private(set) var keys: [[UInt8]] = []
    private var last: [UInt8] = []

    /// A pair's is first, U+0000, second.
    var key: UnsafeRawBufferPointer { keyText.bytes }

    /// The key is one that no file can hold.
    var isUnusable: Bool { keys.contains(where: \.isEmpty) }

    init(path: String, keys: [String]) throws(DeltaError) {
        self.path = path
        reader = try CSVReader(path: path)
        let places = keys.compactMap(reader.columns.firstIndex(of:))
        guard reader.columns.first == "hash", places.count == keys.count else {
            throw DeltaError(
                .inputUnreadable, path: path,
                "the server's rows have the columns \(reader.columns.joined(separator: ", ")), not hash and "
                    + "\(keys.joined(separator: ", ")); agent and server are of versions that do not fit")
        }
        self.places = places
    }

    /// Whether there is a current row; reads the next one if none is.
    func load() throws(DeltaError) -> Bool {
        if row != nil { return true }
        guard let next = try reader.next() else { return false }
        guard let hash = RowHash(hexadecimal: next.bytes(0)) else { throw unreadable(next, "has no hash") }
        self.hash = hash
        keys = places.map { Array(next.bytes($0)) }
        keyText.count = 0
        for (index, key) in keys.enumerated() {
            if index > 0 { keyText.append(0) }
            for byte in key { keyText.append(byte) }
        }
        if !isUnusable {
            guard last.isEmpty || last.lexicographicallyPrecedes(keyText.bytes) else {
                throw unreadable(next, "is not in the order of its key")
            }
            last = Array(keyText.bytes)
        }
        row = next
        return true
    }

    func drop() { row = nil }

    private func unreadable(_ row: CSVReader.Row, _ what: String) -> DeltaError {
        DeltaError(.inputUnreadable, path: path, "line \(row.line) \(what); compare again")
    }
}
