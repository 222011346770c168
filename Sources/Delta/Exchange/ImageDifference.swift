/// Writes what turns the server's rows into an image, as a delta (DESIGN §6, repair).
///
/// Both are read once, in the order of their keys, so that memory does not depend on how much differs.
package struct ImageDifference: Sendable {
    /// The counted rows of the delta.
    package struct Result: Sendable, Equatable {
        package var inserted = 0
        package var updated = 0
        /// Rows without usable key included.
        package var deleted = 0
        package var delta = PreparationResult.File(path: "", rows: 0, bytes: 0)

        package init() {}

        package var total: Int { inserted + updated + deleted }
    }

    private let shape: ImageShape
    private let buckets: [Bool]

    /// - Parameter buckets: those that the rows were asked for; nothing else of the image is compared.
    package init(_ shape: ImageShape, buckets: [Int]) {
        self.shape = shape
        var isAsked = [Bool](repeating: false, count: Digest.bucketCount)
        for bucket in buckets { isAsked[bucket] = true }
        self.buckets = isAsked
    }

    /// - Parameters:
    ///   - image: canonical, sorted, as it was written.
    ///   - rows: the server's rows: the first column is `hash`, then the keys by name. nil: nothing is compared, and the
    ///     delta is empty.
    ///   - path: the delta: `command` and the image's columns. A delete has its key only; one without key stands for all
    ///     rows whose key no file can hold.
    package func write(image: String, rows: String?, to path: String) throws(DeltaError) -> Result {
        let output = try OutputFile(path: path, checksum: true)
        try output.writeHeader(["command"] + shape.columns)
        var result = Result()
        if let rows { try compare(image: image, rows: rows, output, &result) }
        try OutputFile.commit([output], durable: true)
        result.delta = output.summary
        return result
    }

    private func compare(
        image: String, rows: String, _ output: OutputFile, _ result: inout Result
    ) throws(DeltaError) {
        let image = try ImageReader(path: image, columns: shape.columns, keys: shape.keys)
        let server = try ServerRows(path: rows, keys: shape.keys.map { shape.columns[$0] })
        let digester = shape.digester
        var unusable = 0
        while true {
            var hasServer = try server.load()
            while hasServer, server.isUnusable {
                unusable += 1
                server.drop()
                hasServer = try server.load()
            }
            let hasImage = try loadAsked(image)
            guard hasImage || hasServer else { break }
            let order = !hasServer ? -1 : !hasImage ? 1 : compareKeys(image.key, server.key)
            if order < 0 {
                try write("insert,", image, output)
                result.inserted += 1
                image.drop()
            } else if order > 0 {
                try delete(server.keys, output)
                result.deleted += 1
                server.drop()
            } else {
                if digester.hash(image.text, image.textCount) != server.hash {
                    try write("update,", image, output)
                    result.updated += 1
                }
                image.drop()
                server.drop()
            }
        }
        if unusable > 0 {
            try delete(shape.keys.map { _ in [] }, output)
            result.deleted += unusable
        }
    }

    /// Goes to the image's next row of an asked bucket.
    private func loadAsked(_ image: ImageReader) throws(DeltaError) -> Bool {
        while try image.load() {
            if buckets[Digest.bucket(of: image.key)] { return true }
            image.drop()
        }
        return false
    }

    private func compareKeys(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        guard let first = left.baseAddress?.assumingMemoryBound(to: UInt8.self),
            let second = right.baseAddress?.assumingMemoryBound(to: UInt8.self)
        else { return left.count - right.count }
        return Int(compareBytes(first, left.count, second, right.count))
    }

    private func write(_ command: String, _ image: ImageReader, _ output: OutputFile) throws(DeltaError) {
        try output.write(command)
        try output.write(image.text, image.textCount)
        output.rows += 1
    }

    private func delete(_ keys: [[UInt8]], _ output: OutputFile) throws(DeltaError) {
        var row = ByteBuffer(capacity: 256)
        row.append("delete")
        for column in shape.columns.indices {
            row.append(.comma)
            if let place = shape.keys.firstIndex(of: column) {
                row.appendField(String(decoding: keys[place], as: UTF8.self))
            }
        }
        row.append(.lineFeed)
        try output.write(row.base, row.count)
        output.rows += 1
    }
}
