import Glibc

/// Reads an image row by row, in the columns of the new one: compared by name, whatever their order was; a column that
/// is new is empty, one that is gone is left out.
///
/// An image is canonical and sorted by its keys without repetition; what is not is an error.
final class ImageReader {
    private let path: String
    private let descriptor: Descriptor
    @exclusivity(unchecked) private var window: ByteBuffer
    @exclusivity(unchecked) private var place = 0
    @exclusivity(unchecked) private var isAtEnd = false
    @exclusivity(unchecked) private var line = 1
    private let columns: Int
    private let keys: [Int]
    /// Per new column its place in the file; nil: the file has the same columns in the same order.
    private let mapping: [Int?]?
    private let keySources: [Int]
    /// Of the current row: where its fields start in the window, and behind the last one where the next row starts.
    private let starts: UnsafeMutablePointer<Int>
    @exclusivity(unchecked) private var index = StructuralIndex()
    @exclusivity(unchecked) private var rebuilt = ByteBuffer(capacity: 1024)
    @exclusivity(unchecked) private var keyText = ByteBuffer(capacity: 256)
    @exclusivity(unchecked) private var lastKey = ByteBuffer(capacity: 256)
    @exclusivity(unchecked) private var hasLast = false

    /// The current row in the new columns, line end included, and its key (a pair's: first, U+0000, second).
    @exclusivity(unchecked) private(set) var text: UnsafePointer<UInt8>
    @exclusivity(unchecked) private(set) var textCount = 0
    @exclusivity(unchecked) private var rowEnd = 0
    /// Whether a row was read by `next` and not yet left.
    @exclusivity(unchecked) private(set) var hasRow = false

    var key: UnsafeRawBufferPointer { keyText.bytes }

    /// - Parameter keys: indices into `columns`.
    init(path: String, columns names: [String], keys: [Int], window size: Int = 1 << 20) throws(DeltaError) {
        self.path = path
        self.keys = keys
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else {
            throw DeltaError(
                .previousUnreadable, path: path,
                "cannot open the previous image: \(systemReason()); without it, run a full comparison")
        }
        descriptor = Descriptor(number)
        posix_fadvise(number, 0, 0, POSIX_FADV_SEQUENTIAL)
        window = ByteBuffer(capacity: size)
        text = UnsafePointer(window.base)

        let input = try Self.asPrevious(path) { () throws(DeltaError) in try TextInput(path: path, encoding: "UTF-8") }
        let scanner = RecordScanner(input: input, separator: .comma, windowSize: 64 << 10)
        let header = try Self.asPrevious(path) { () throws(DeltaError) in
            try Header(scanner: scanner, format: .canonical)
        }
        columns = header.names.count
        var sources: [Int?] = []
        for name in names {
            let found = header.indices(of: name)
            guard found.count < 2 else {
                throw DeltaError(.previousCorrupt, path: path, "the header has the column \"\(name)\" twice")
            }
            sources.append(found.first)
        }
        var keySources: [Int] = []
        for key in keys {
            guard let source = sources[key] else {
                throw DeltaError(
                    .previousCorrupt, path: path,
                    "the header has no key column \"\(names[key])\"; the image is of another mapping or key")
            }
            keySources.append(source)
        }
        self.keySources = keySources
        starts = .allocate(capacity: columns + 1)
        mapping = names == header.names ? nil : sources
        try fill()
        // The header's record is canonical text; its length is found the same way as a row's.
        guard let headerEnd = try findRowEnd() else {
            throw DeltaError(.previousCorrupt, path: path, "the header line has no end")
        }
        place = headerEnd
        line = 2
    }

    deinit { starts.deallocate() }

    private static func asPrevious<Value>(
        _ path: String, _ body: () throws(DeltaError) -> Value
    ) throws(DeltaError) -> Value {
        do { return try body() } catch {
            throw DeltaError(
                error.code == .inputUnreadable || error.code == .inputMissing ? .previousUnreadable : .previousCorrupt,
                path: path, "the previous image cannot be used: \(error.detail)")
        }
    }

    private func corrupt(_ what: String) -> DeltaError {
        DeltaError(
            .previousCorrupt, path: path,
            "line \(line) \(what), so this is no image that was prepared with this key; compare with one that was")
    }

    /// Passes the rows that come next as long as they are exactly those of `text`, each with its line end: rows in
    /// canonical form end where their text ends. Only where the columns are the same and there is no current row.
    ///
    /// Returns how many rows were passed; the key of the last one still has to be told to `passed`.
    func skip(
        _ text: UnsafePointer<UInt8>, rows: UnsafePointer<ImageBlock.Row>, count: Int
    ) throws(DeltaError) -> Int {
        guard mapping == nil, !hasRow else { return 0 }
        var text = text
        var skipped = 0
        while skipped < count {
            var old = UnsafePointer(window.base) + place
            let start = old
            let end = UnsafePointer(window.base) + window.count
            var length = 0
            while skipped < count {
                length = Int(rows[skipped].textCount)
                guard end - old >= length, memcmp(old, text, length) == 0 else { break }
                old += length
                text += length
                skipped += 1
            }
            place += old - start
            guard skipped < count, !isAtEnd, end - old < length else { break }
            try fill(length)
        }
        line += skipped
        return skipped
    }

    /// Tells the key of the last row that `skip` passed, so that the order can be checked.
    @inline(__always)
    func passed(_ key: UnsafePointer<UInt8>, _ count: Int) {
        lastKey.count = 0
        lastKey.append(key, count)
        hasLast = true
    }

    /// Whether there is a current row; reads the next one if none is.
    @inline(__always)
    func load() throws(DeltaError) -> Bool {
        if hasRow { return true }
        return try read()
    }

    /// Leaves the current row.
    @inline(__always)
    func drop() {
        guard hasRow else { return }
        hasRow = false
        place = rowEnd
        line += 1
    }

    private func read() throws(DeltaError) -> Bool {
        if let end = index.split(UnsafePointer(window.base), from: place, to: window.count, starts, columns: columns) {
            rowEnd = end
        } else {
            guard let end = try findRowEnd() else { return false }
            rowEnd = end
            try split()
        }
        keyText.count = 0
        for (index, source) in keySources.enumerated() {
            if index > 0 { keyText.append(0) }
            try appendValue(of: source)
        }
        if hasLast, compareBytes(lastKey.base, lastKey.count, keyText.base, keyText.count) >= 0 {
            throw corrupt("is not in the order of its key")
        }
        passed(keyText.base, keyText.count)
        if let mapping {
            rebuilt.count = 0
            for (index, source) in mapping.enumerated() {
                if index > 0 { rebuilt.append(.comma) }
                if let source { rebuilt.append(window.base + starts[source], starts[source + 1] - 1 - starts[source]) }
            }
            rebuilt.append(.lineFeed)
            text = UnsafePointer(rebuilt.base)
            textCount = rebuilt.count
        } else {
            text = UnsafePointer(window.base + place)
            textCount = rowEnd - place
        }
        hasRow = true
        return true
    }

    /// Finds the fields of the row from `place` to `rowEnd`: for rows that are too long for `index`, and to say what is
    /// wrong.
    private func split() throws(DeltaError) {
        var count = 0
        let base = window.base
        var at = place
        let lineFeed = rowEnd - 1
        while true {
            if count < columns { starts[count] = at }
            count += 1
            if base[at] == .quote {
                at += 1
                while true {
                    if base[at] == .quote {
                        if base[at + 1] != .quote { break }
                        at += 1
                    }
                    at += 1
                    guard at < lineFeed else { throw corrupt("has a quote that is never closed") }
                }
                at += 1
            } else {
                while base[at] != .comma, at < lineFeed {
                    if base[at] == .quote || base[at] == .carriageReturn { throw corrupt("is not in canonical form") }
                    at += 1
                }
            }
            if at == lineFeed { break }
            guard base[at] == .comma else { throw corrupt("has text behind a closing quote") }
            at += 1
        }
        guard count == columns else { throw corrupt("has \(count) fields, the header \(columns)") }
        starts[columns] = rowEnd
    }

    private func appendValue(of source: Int) throws(DeltaError) {
        let base = window.base
        var from = starts[source]
        let to = starts[source + 1] - 1
        guard to > from else { throw corrupt("has an empty key") }
        guard base[from] == .quote else { return keyText.append(base + from, to - from) }
        from += 1
        while from < to - 1 {
            keyText.append(base[from])
            from += base[from] == .quote ? 2 : 1
        }
    }

    /// The place behind the line end of the row at `place`; nil: there is no more row.
    private func findRowEnd() throws(DeltaError) -> Int? {
        var searched = 0
        var quotes = 0
        while true {
            let base = window.base
            let end = window.count
            var at = place + searched
            while at < end, let found = memchr(base + at, Int32(UInt8.lineFeed), end - at) {
                let lineFeed = base.distance(to: found.assumingMemoryBound(to: UInt8.self))
                for index in at..<lineFeed where base[index] == .quote { quotes += 1 }
                at = lineFeed + 1
                if quotes & 1 == 0 { return at }
            }
            for index in at..<max(end, at) where base[index] == .quote { quotes += 1 }
            searched = end - place
            if isAtEnd {
                if searched == 0 { return nil }
                throw corrupt("is cut: it has no line end")
            }
            try fill(searched + 1)
        }
    }

    private func fill(_ needed: Int = 1) throws(DeltaError) {
        let left = window.count - place
        memmove(window.base, window.base + place, left)
        window.count = left
        place = 0
        index.forget()
        window.reserve(max(needed - left, 64 << 10))
        while window.count < window.capacity {
            guard let got = descriptor.read(into: window.base + window.count, count: window.capacity - window.count)
            else {
                throw DeltaError(
                    .previousUnreadable, path: path, "reading the previous image failed: \(systemReason())")
            }
            if got == 0 {
                isAtEnd = true
                return
            }
            window.count += got
        }
    }
}
