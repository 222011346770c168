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

    /// Makes the rows that were written behind `text` and `keys` part of the block.
    func take(rows count: Int, textCount: Int, keyCount: Int) {
        self.count = count
        text.count = textCount
        keys.count = keyCount
    }

    /// Makes room for more.
    func reserve(text extraText: Int, keys extraKeys: Int) {
        text.reserve(extraText)
        keys.reserve(extraKeys)
    }

    func removeAll() {
        text.count = 0
        keys.count = 0
        count = 0
    }
}
