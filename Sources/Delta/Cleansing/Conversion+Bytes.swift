import Glibc

extension Conversion {
    /// Appends the stored form of a value that is not empty; false: it does not fit (and what was appended is to be
    /// taken back). Text is appended as it is.
    func append(_ value: UnsafePointer<UInt8>, _ count: Int, to output: inout ByteBuffer) -> Bool {
        switch self {
        case .text(let limit):
            if let limit, !Self.fits(value, count, limit: limit) { return false }
            output.append(value, count)
            return true
        case .byte: return Self.appendInteger(value, count, 0, 255, &output)
        case .int16: return Self.appendInteger(value, count, Int64(Int16.min), Int64(Int16.max), &output)
        case .int32: return Self.appendInteger(value, count, Int64(Int32.min), Int64(Int32.max), &output)
        case .int64: return Self.appendInteger(value, count, .min, .max, &output)
        case .double: return Self.appendDouble(value, count, &output)
        case .bool: return Self.appendBool(value, count, &output)
        case .dateTime:
            guard let date = Timestamp(UnsafeBufferPointer(start: value, count: count)) else { return false }
            date.append(to: &output)
            return true
        case .guid: return Self.appendGUID(value, count, &output)
        case .base64(let limit):
            let start = output.count
            guard Self.appendBase64(value, count, &output) else { return false }
            return limit.map { output.count - start <= $0 } ?? true
        }
    }

    /// Whether the text has at most `limit` Unicode scalars.
    @inline(__always)
    static func fits(_ value: UnsafePointer<UInt8>, _ count: Int, limit: Int) -> Bool {
        if count <= limit { return true }
        var scalars = 0
        for index in 0..<count where value[index] & 0xC0 != 0x80 { scalars += 1 }
        return scalars <= limit
    }

    private static func appendInteger(
        _ value: UnsafePointer<UInt8>, _ count: Int, _ least: Int64, _ most: Int64, _ output: inout ByteBuffer
    ) -> Bool {
        var index = 0
        let isNegative = value[0] == UInt8(ascii: "-")
        if isNegative || value[0] == UInt8(ascii: "+") { index = 1 }
        guard index < count else { return false }
        var number: Int64 = 0
        while index < count {
            guard value[index].isASCIIDigit else { return false }
            // Negative on the way, because the least number has no positive twin.
            let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.subtractingReportingOverflow(Int64(value[index] & 0xF))
            guard !overflow, !carry else { return false }
            number = sum
            index += 1
        }
        if !isNegative {
            guard number != .min else { return false }
            number = -number
        }
        guard number >= least, number <= most else { return false }
        output.append(String(number))
        return true
    }

    private static func appendDouble(
        _ value: UnsafePointer<UInt8>, _ count: Int, _ output: inout ByteBuffer
    ) -> Bool {
        let text = UnsafeBufferPointer(start: value, count: count)
        let allowed = text.allSatisfy { byte in
            byte.isASCIIDigit || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e")
        }
        guard allowed, let number = Double(String(decoding: text, as: UTF8.self)), number.isFinite else { return false }
        var shortest = number == 0 ? "0" : "\(number)"
        if shortest.hasSuffix(".0") { shortest.removeLast(2) }
        output.append(shortest)
        return true
    }

    private static func appendBool(_ value: UnsafePointer<UInt8>, _ count: Int, _ output: inout ByteBuffer) -> Bool {
        func spells(_ word: StaticString) -> Bool {
            guard count == word.utf8CodeUnitCount else { return false }
            return (0..<count).allSatisfy { value[$0] | 0x20 == word.utf8Start[$0] }
        }
        if count == 1, value[0] == UInt8(ascii: "1") || value[0] == UInt8(ascii: "0") {
            output.append(value[0])
        } else if spells("true") {
            output.append(UInt8(ascii: "1"))
        } else if spells("false") {
            output.append(UInt8(ascii: "0"))
        } else {
            return false
        }
        return true
    }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        if byte.isASCIIDigit { return byte & 0xF }
        let letter = byte | 0x20
        return letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "f") ? letter - UInt8(ascii: "a") + 10 : nil
    }

    private static func appendGUID(_ value: UnsafePointer<UInt8>, _ count: Int, _ output: inout ByteBuffer) -> Bool {
        var value = value
        var count = count
        let isBraced = value[0] == UInt8(ascii: "{") && value[count - 1] == UInt8(ascii: "}")
        let isInParentheses = value[0] == UInt8(ascii: "(") && value[count - 1] == UInt8(ascii: ")")
        if count > 2, isBraced || isInParentheses {
            value += 1
            count -= 2
        }
        guard count == 32 || count == 36 else { return false }
        var digits = 0
        for index in 0..<count {
            if count == 36, index == 8 || index == 13 || index == 18 || index == 23 {
                guard value[index] == UInt8(ascii: "-") else { return false }
                continue
            }
            guard let digit = nibble(value[index]) else { return false }
            if digits == 8 || digits == 12 || digits == 16 || digits == 20 { output.append(UInt8(ascii: "-")) }
            output.append(digit < 10 ? 0x30 + digit : UInt8(ascii: "a") + digit - 10)
            digits += 1
        }
        return true
    }

    private static func appendBase64(
        _ value: UnsafePointer<UInt8>, _ count: Int, _ output: inout ByteBuffer
    ) -> Bool {
        func sextet(_ byte: UInt8) -> UInt32? {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte & 0xF) + 52
            case UInt8(ascii: "+"): 62
            case UInt8(ascii: "/"): 63
            default: nil
            }
        }
        var digits = 0
        var padding = 0
        for index in 0..<count {
            let byte = value[index]
            if byte == .carriageReturn || byte == .lineFeed || byte == UInt8(ascii: " ") { continue }
            if byte == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, sextet(byte) != nil else { return false }
            output.append(byte)
            digits += 1
        }
        let rest = digits % 4
        guard rest != 1, padding == 0 || (digits + padding) % 4 == 0, padding <= 2 else { return false }
        if rest > 0 {
            // The bits that stand for nothing are zero in the stored form.
            let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
            let last = sextet(output.base[output.count - 1]) ?? 0
            let kept = last & (rest == 2 ? 0b11_0000 : 0b11_1100)
            output.base[output.count - 1] = alphabet.utf8Start[Int(kept)]
            for _ in rest..<4 { output.append(UInt8(ascii: "=")) }
        }
        return true
    }
}
