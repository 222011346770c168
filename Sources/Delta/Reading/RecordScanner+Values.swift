extension RecordScanner {
    /// The field's text, unescaped; `scratch` is used where doubled quotes have to be undone.
    @inline(__always)
    func value(_ number: Int, scratch: inout ByteBuffer) -> (UnsafePointer<UInt8>, Int) {
        let field = fields[number]
        let start = base + Int(field.start)
        let count = Int(field.end - field.start)
        guard field.flags & Field.hasEscapes != 0 else { return (UnsafePointer(start), count) }
        scratch.count = 0
        scratch.reserve(count)
        var from = 0
        var to = 0
        while from < count {
            let byte = start[from]
            scratch.base[to] = byte
            to += 1
            from += byte == .quote ? 2 : 1
        }
        scratch.count = to
        return (UnsafePointer(scratch.base), to)
    }

    /// The field's text; bytes that are not UTF-8 become U+FFFD.
    func text(_ number: Int) -> String {
        var scratch = ByteBuffer(capacity: 64)
        let (start, count) = value(number, scratch: &scratch)
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }
}
