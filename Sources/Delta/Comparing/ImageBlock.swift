/// Some thousand rows of the new image: their text, as the file will have it, and their keys. Owned by one thread at a
/// time, which `ImagePipeline` sees to.
final class ImageBlock: @unchecked Sendable {
    struct Row {
        var textCount: UInt32
        var keyCount: UInt32
    }

    @exclusivity(unchecked) private(set) var text = ByteBuffer(capacity: textTarget + (16 << 10))
    @exclusivity(unchecked) private(set) var keys = ByteBuffer(capacity: 64 << 10)
    @exclusivity(unchecked) private(set) var rows: UnsafeMutablePointer<Row>
    @exclusivity(unchecked) private(set) var count = 0

    static let textTarget = 512 << 10
    static let mostRows = 8192

    init() { rows = .allocate(capacity: Self.mostRows) }

    deinit { rows.deallocate() }

    var isFull: Bool { text.count >= Self.textTarget || count == Self.mostRows }

    /// There must be room: `isFull` is asked after each row.
    @inline(__always)
    func append(_ text: UnsafePointer<UInt8>, _ textCount: Int, key: UnsafePointer<UInt8>, _ keyCount: Int) {
        self.text.append(text, textCount)
        keys.append(key, keyCount)
        rows[count] = Row(textCount: UInt32(textCount), keyCount: UInt32(keyCount))
        count += 1
    }

    func removeAll() {
        text.count = 0
        keys.count = 0
        count = 0
    }
}
