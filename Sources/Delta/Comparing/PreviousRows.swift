/// The rows of the previous image in the order that the resolution works in: by key, or, for pairs that belong to one of
/// their sides, by that side.
final class PreviousRows {
    private enum Source {
        case image(ImageReader)
        case sorted(RowMerge)
    }

    private let source: Source
    private let owner: Int?
    private var ownerKey = ByteBuffer(capacity: 256)
    private(set) var text: UnsafePointer<UInt8>
    private(set) var textCount = 0
    /// What rows are ordered by here.
    private(set) var order: UnsafePointer<UInt8>
    private(set) var orderCount = 0
    /// The row's own key; a pair's is first, U+0000, second.
    private(set) var key: UnsafePointer<UInt8>
    private(set) var keyCount = 0
    private var hasRow = false

    init(_ image: ImageReader, owner: Int?, budget: Int, directory: String) throws(DeltaError) {
        self.owner = owner
        text = UnsafePointer(ownerKey.base)
        order = text
        key = text
        guard owner == 1 else {
            source = .image(image)
            return
        }
        let sorter = RowSorter(budget: budget, directory: directory)
        while try image.load() {
            // Key, then again its second half, because a stored row ends with what it is sorted by.
            let parts = image.key.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
            try sorter.add(
                kind: .kept, text: UnsafeRawBufferPointer(start: image.text, count: image.textCount), head: image.key,
                key: UnsafeRawBufferPointer(rebasing: parts[parts.count - 1]))
            image.drop()
        }
        source = .sorted(try sorter.finish())
    }

    /// Whether there is a current row; reads the next one if none is.
    func load() throws(DeltaError) -> Bool {
        if hasRow { return true }
        switch source {
        case .image(let image):
            guard try image.load(), let start = image.key.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
                return false
            }
            text = image.text
            textCount = image.textCount
            key = start
            keyCount = image.key.count
            order = key
            orderCount = keyCount
            if owner == 0 {
                var length = 0
                while length < keyCount, key[length] != 0 { length += 1 }
                orderCount = length
            }
        case .sorted(let merge):
            guard let row = try merge.next() else { return false }
            text = row.text
            textCount = row.textCount
            key = row.tail
            keyCount = row.tailCount - row.keyCount
            order = row.key
            orderCount = row.keyCount
        }
        hasRow = true
        return true
    }

    func drop() {
        hasRow = false
        if case .image(let image) = source { image.drop() }
    }
}
