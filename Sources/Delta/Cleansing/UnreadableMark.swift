/// How a record that was rejected already stays so in a copy: `""!`, what was wrong with it, `!`, and then its first
/// line. Every reader of RFC 4180 rejects that, as text behind a closing quote; `prepare` says what was wrong with the
/// source.
struct UnreadableMark {
    let rejection: Rejection
    /// Bytes of the mark, in front of the record's own.
    let byteCount: Int

    private static let start = Array("\"\"!".utf8)
    /// Longer ones are no marks: two numbers and a letter fit.
    private static let longest = 48

    /// nil: the record bears no mark.
    init?(_ record: UnsafeRawBufferPointer) {
        guard record.starts(with: Self.start) else { return nil }
        let rest = UnsafeRawBufferPointer(rebasing: record.dropFirst(Self.start.count).prefix(Self.longest))
        guard let end = rest.firstIndex(of: UInt8(ascii: "!")),
            let rejection = Self.rejection(String(decoding: rest[..<end], as: UTF8.self))
        else { return nil }
        self.rejection = rejection
        byteCount = Self.start.count + end + 1
    }

    private static func rejection(_ code: String) -> Rejection? {
        switch code {
        case "quote": return .malformed(.unclosedQuote)
        case "long": return .malformed(.overlongQuote)
        case "text": return .malformed(.textAfterQuote)
        case "record": return .malformed(.overlongRecord)
        case "bytes": return .undecodable
        case "null": return .holdsNull
        default:
            let numbers = code.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
            guard numbers.count == 2, let found = numbers[0], let expected = numbers[1] else { return nil }
            return .fieldCount(found: found, expected: expected)
        }
    }

    /// The mark of a rejection. What only a mapping can find wrong (a misfit, a command) is never copied so.
    static func bytes(_ rejection: Rejection) -> [UInt8] {
        let code =
            switch rejection {
            case .malformed(.unclosedQuote): "quote"
            case .malformed(.overlongQuote): "long"
            case .malformed(.textAfterQuote), .misfit, .unknownCommand, .unknownPartialColumn: "text"
            case .malformed(.overlongRecord): "record"
            case .undecodable: "bytes"
            case .holdsNull: "null"
            case .fieldCount(let found, let expected): "\(found)/\(expected)"
            }
        return start + Array("\(code)!".utf8)
    }
}

extension ByteBuffer {
    /// Appends the first line of a rejected record so that it is rejected again, for the same reason.
    mutating func appendUnreadable(_ line: UnsafeRawBufferPointer, _ rejection: Rejection) {
        // A copy of a copy: the first one said what was wrong with the source.
        if UnreadableMark(line) == nil {
            let mark = UnreadableMark.bytes(rejection)
            append(mark, mark.count)
        }
        if let start = line.baseAddress { append(start.assumingMemoryBound(to: UInt8.self), line.count) }
        append(.lineFeed)
    }
}
