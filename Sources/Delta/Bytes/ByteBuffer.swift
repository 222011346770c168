import Glibc

/// A growable block of bytes. Appending may move it: pointers into it live until the next append.
struct ByteBuffer: ~Copyable {
    private(set) var base: UnsafeMutablePointer<UInt8>
    private(set) var capacity: Int
    var count = 0

    init(capacity: Int) {
        self.capacity = max(capacity, 16)
        base = Self.allocate(self.capacity)
    }

    /// Large blocks are asked for in large pages: rows are read from them in any order.
    private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<UInt8> {
        let hugePage = 2 << 20
        guard capacity >= 4 * hugePage else { return .allocate(capacity: capacity) }
        let block = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: hugePage)
        madvise(block, capacity, MADV_HUGEPAGE)
        return block.assumingMemoryBound(to: UInt8.self)
    }

    deinit { base.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// Makes room for `extra` more bytes.
    @inline(__always)
    mutating func reserve(_ extra: Int) {
        if capacity - count < extra { grow(extra) }
    }

    @inline(never)
    private mutating func grow(_ extra: Int) {
        let larger = max(count + extra, capacity + capacity / 2)
        let moved = Self.allocate(larger)
        moved.update(from: base, count: count)
        base.deallocate()
        base = moved
        capacity = larger
    }

    @inline(__always)
    mutating func append(_ bytes: UnsafePointer<UInt8>, _ length: Int) {
        reserve(length)
        memcpy(base + count, bytes, length)
        count += length
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        reserve(1)
        base[count] = byte
        count += 1
    }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            if let start = bytes.baseAddress { append(start, bytes.count) }
        }
    }

    /// Appends a value as a field of a canonical file: in quotes only where RFC 4180 needs them.
    mutating func appendField(_ value: UnsafePointer<UInt8>, _ length: Int) {
        reserve(2 * length + 2)
        var isPlain = true
        for index in 0..<length {
            let byte = value[index]
            if byte == .comma || byte == .quote || byte == .lineFeed || byte == .carriageReturn {
                isPlain = false
                break
            }
        }
        guard !isPlain else { return append(value, length) }
        var end = base + count
        end[0] = .quote
        end += 1
        for index in 0..<length {
            let byte = value[index]
            end[0] = byte
            end += 1
            if byte == .quote {
                end[0] = .quote
                end += 1
            }
        }
        end[0] = .quote
        count = end + 1 - base
    }

    mutating func appendField(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            if let start = bytes.baseAddress { appendField(start, bytes.count) }
        }
    }
}
