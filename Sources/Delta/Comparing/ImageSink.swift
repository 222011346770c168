/// Where the resolution puts the rows of the new image: straight on to the comparison, or, for pairs that were resolved
/// in the order of their second side, first back into the order of the pairs.
final class ImageSink {
    private let pipeline: ImagePipeline
    private let sorter: RowSorter?
    private let watch: Watch
    private let bytesRead: Int
    @exclusivity(unchecked) private var rows = 0

    init(_ pipeline: ImagePipeline, sortingWith sorter: RowSorter?, watch: Watch, bytesRead: Int) {
        self.pipeline = pipeline
        self.sorter = sorter
        self.watch = watch
        self.bytesRead = bytesRead
    }

    /// One row, line end included, with its key.
    @inline(__always)
    func add(
        _ text: UnsafePointer<UInt8>, _ count: Int, key: UnsafePointer<UInt8>, _ keyCount: Int
    ) throws(DeltaError) {
        if let sorter {
            try sorter.add(
                kind: .kept, text: UnsafeRawBufferPointer(start: text, count: count),
                key: UnsafeRawBufferPointer(start: key, count: keyCount))
        } else {
            try pass(text, count, key: key, keyCount)
        }
    }

    @inline(__always)
    private func pass(
        _ text: UnsafePointer<UInt8>, _ count: Int, key: UnsafePointer<UInt8>, _ keyCount: Int
    ) throws(DeltaError) {
        try pipeline.add(text, count, key: key, keyCount)
        rows += 1
        if rows & 0xFFF == 0 { try watch.tick(.comparing, rows: rows, bytesRead: bytesRead) }
    }

    /// No more rows come.
    func finish() throws(DeltaError) {
        guard let merge = try sorter?.finish() else { return }
        while let row = try merge.next() { try pass(row.text, row.textCount, key: row.key, row.keyCount) }
    }
}
