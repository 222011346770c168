/// The number of Unicode scalars; nil when the bytes are not UTF-8 (RFC 3629), or hold U+0000.
func characterCount(_ bytes: UnsafeRawBufferPointer) -> Int? {
    var count = 0
    var index = 0
    while index < bytes.count {
        let byte = bytes[index]
        count += 1
        if byte < 0x80 {
            if byte == 0 { return nil }
            index += 1
            continue
        }
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch byte {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF:
            length = 3
            // No overlong forms, no surrogates.
            if byte == 0xE0 { second = 0xA0...0xBF }
            if byte == 0xED { second = 0x80...0x9F }
        case 0xF0...0xF4:
            length = 4
            // No overlong forms, nothing above U+10FFFF.
            if byte == 0xF0 { second = 0x90...0xBF }
            if byte == 0xF4 { second = 0x80...0x8F }
        case _: return nil
        }
        guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return nil }
        for offset in 2..<length where bytes[index + offset] & 0xC0 != 0x80 { return nil }
        index += length
    }
    return count
}
