import CDelta
import Glibc

/// Cuts a CSV file into records and fields, as places in a window of bytes (RFC 4180; DESIGN §5 for what is malformed).
///
/// The window holds the current record; its bytes and `fields` live until the next call of `next`. Structural bytes are
/// found for the whole window at once (`delta_index`); the scanner then walks their offsets only. Where it reads ahead,
/// another thread does that, and the window is a block of `ReadAhead`.
final class RecordScanner {
    /// A field's place in the window, quotes excluded.
    struct Field {
        var start: UInt32
        var end: UInt32
        var flags: UInt32

        static let isQuoted: UInt32 = 1
        /// Quoted, with doubled quotes inside.
        static let hasEscapes: UInt32 = 2
        /// Holds a comma, a quote or a line break: the canonical form has quotes.
        static let needsQuotes: UInt32 = 4
    }

    static let longestQuotedText = 64 << 10
    static let longestRecord = 128 << 20

    let input: TextInput
    private let separator: UInt8
    private let reportsBlankLines: Bool

    private let readAhead: ReadAhead?
    private var block: TextBlock?
    /// nil: not asked yet.
    @exclusivity(unchecked) private var isWindowPlain: Bool?

    @exclusivity(unchecked) private(set) var base: UnsafeMutablePointer<UInt8>
    /// Of a window of its own; 0: the window is a block.
    private var capacity: Int
    private var end = 0
    private var isAtEnd = false
    private var windowOffset = 0
    private var isSkipping = false

    private var positions: UnsafeMutablePointer<UInt32>
    private var positionCapacity: Int
    private var positionCount = 0
    private var nextIndex = 0
    private var firstIndex = 0
    /// Where the next record starts.
    private var position = 0
    private var nextLine = 1

    @exclusivity(unchecked) private(set) var fields: UnsafeMutablePointer<Field>
    private var fieldCapacity = 64
    @exclusivity(unchecked) private(set) var fieldCount = 0
    /// The current record in the window, without its line end.
    @exclusivity(unchecked) private(set) var recordStart = 0
    @exclusivity(unchecked) private(set) var recordEnd = 0
    /// The physical line on which it starts, from 1.
    @exclusivity(unchecked) private(set) var line = 0
    private var lineBreaks = 0
    /// Whether the record, but for its line end and its separators, is written as a canonical file would.
    @exclusivity(unchecked) private(set) var isCanonical = false

    /// - Parameter readsAhead: whether to read on a thread of its own where the encoding allows. The input is then used
    ///   there only.
    init(
        input: TextInput, separator: UInt8, reportsBlankLines: Bool = false, windowSize: Int = 256 << 10,
        readsAhead: Bool = false
    ) {
        self.input = input
        self.separator = separator
        self.reportsBlankLines = reportsBlankLines
        let size = max(windowSize, 256)
        readAhead =
            readsAhead && !input.isDecoded && input.totalBytes > 0
            ? ReadAhead(input, separator: separator, size: size) : nil
        capacity = readAhead == nil ? size : 0
        positionCapacity = readAhead == nil ? size + 64 : 0
        base = .allocate(capacity: capacity)
        positions = .allocate(capacity: positionCapacity)
        fields = .allocate(capacity: fieldCapacity)
    }

    deinit {
        if block == nil {
            base.deallocate()
            positions.deallocate()
        }
        fields.deallocate()
    }

    /// The current record's bytes, without line end.
    var record: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + recordStart, count: recordEnd - recordStart)
    }

    /// Bytes of the file that were given out or are in the window.
    var bytesRead: Int { readAhead == nil ? input.bytesRead : input.markLength + windowOffset + end }

    /// What `delta_check` says of the current record.
    @inline(__always)
    var check: Int32 {
        if isWindowPlain ?? checkWindow() { return 0 }
        return delta_check(base + recordStart, recordEnd - recordStart)
    }

    @inline(never)
    private func checkWindow() -> Bool {
        // Records that are whole end with the last line at most.
        var last = positionCount
        while last > 0, base[Int(positions[last - 1])] != .lineFeed { last -= 1 }
        let end = isAtEnd ? self.end : last == 0 ? 0 : Int(positions[last - 1]) + 1
        let isPlain = delta_isPlain(base, end) != 0
        isWindowPlain = isPlain
        return isPlain
    }

    /// Where the current record starts in the file, in bytes from 0.
    var fileOffset: Int {
        input.fileOffset(of: windowOffset + recordStart, text: copy)
    }

    private func copy(from: Int, to: Int) -> [UInt8] {
        Array(UnsafeBufferPointer(start: base + (from - windowOffset), count: to - from))
    }

    /// The line on which the next record starts; the end: the number of lines.
    var upcomingLine: Int { nextLine }

    func next() throws(DeltaError) -> Outcome {
        while true {
            if let outcome = scan() { return outcome }
            try refill()
        }
    }

    /// Gives up the current record: it is then its first line only, and `next` goes on behind that (DESIGN §5).
    func rejectRecord() {
        guard lineBreaks > 0 else { return }
        var index = firstIndex
        while base[Int(positions[index])] != .lineFeed { index += 1 }
        endAtLineFeed(index)
    }

    private func endAtLineFeed(_ index: Int) {
        let lineFeed = Int(positions[index])
        recordEnd = lineFeed > recordStart && base[lineFeed - 1] == .carriageReturn ? lineFeed - 1 : lineFeed
        position = lineFeed + 1
        nextIndex = index + 1
        nextLine = line + 1
        lineBreaks = 0
    }

    /// Leaves out physical lines, whatever they hold. False: the file has fewer.
    func skipLines(_ count: Int) throws(DeltaError) -> Bool {
        for _ in 0..<count {
            while true {
                var index = nextIndex
                while index < positionCount, base[Int(positions[index])] != .lineFeed { index += 1 }
                if index < positionCount {
                    position = Int(positions[index]) + 1
                    nextIndex = index + 1
                    nextLine += 1
                    break
                }
                if isAtEnd {
                    let hadText = position < end
                    position = end
                    nextIndex = positionCount
                    if !hadText { return false }
                    nextLine += 1
                    break
                }
                position = end
                nextIndex = positionCount
                try refill()
            }
        }
        return true
    }

    /// Puts the next block in the window, behind what is left of the one before.
    private func refill(from readAhead: ReadAhead) throws(DeltaError) {
        let next = try readAhead.next()
        guard let block else {
            base.deallocate()
            positions.deallocate()
            return open(next, at: next.start, index: next.firstPosition)
        }
        if position == end || next.prepend(block, from: position, index: nextIndex) {
            if block.isReusable { readAhead.release(block) }
            return open(next, at: next.start, index: next.firstPosition)
        }
        // A record longer than the room in front of a block.
        if block.append(next) {
            open(block, at: position, index: nextIndex)
        } else {
            let larger = block.grown(from: position, index: nextIndex, extra: next.end - next.start)
            guard larger.append(next) else { preconditionFailure("the room was asked for") }
            if block.isReusable { readAhead.release(block) }
            open(larger, at: larger.start, index: larger.firstPosition)
        }
        readAhead.release(next)
    }

    private func open(_ block: TextBlock, at place: Int, index: Int) {
        self.block = block
        base = block.base
        positions = block.positions
        position = place
        end = block.end
        nextIndex = index
        positionCount = block.lastPosition
        isAtEnd = block.isLast
        isWindowPlain = block.isPlain
        windowOffset = block.textOffset - block.start
    }

    private func refill() throws(DeltaError) {
        if let readAhead { return try refill(from: readAhead) }
        isWindowPlain = nil
        if position > 0 {
            input.anchor(at: windowOffset + position, text: copy)
            memmove(base, base + position, end - position)
            windowOffset += position
            end -= position
            position = 0
        }
        if capacity - end < max(capacity / 2, 64) {
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2)
            larger.update(from: base, count: end)
            base.deallocate()
            base = larger
            capacity *= 2
        }
        while end < capacity - 64 {
            let got = try input.read(into: base + end, count: capacity - end)
            if got == 0 {
                isAtEnd = true
                break
            }
            end += got
        }
        if positionCapacity < end + 64 {
            positions.deallocate()
            positionCapacity = capacity + 64
            positions = .allocate(capacity: positionCapacity)
        }
        positionCount = delta_index(base, 0, end, separator, positions)
        nextIndex = 0
    }

    private func growFields() {
        let larger = UnsafeMutablePointer<Field>.allocate(capacity: fieldCapacity * 2)
        larger.update(from: fields, count: fieldCapacity)
        fields.deallocate()
        fields = larger
        fieldCapacity *= 2
    }

    /// nil: the window ends within the record.
    private func scan() -> Outcome? {
        if isSkipping, !skipRestOfLine() { return nil }
        if let outcome = skipBlankLines() { return outcome }
        if position == end { return isAtEnd ? .end : nil }
        let outcome = scanRecord()
        if outcome == nil, end - position > Self.longestRecord { return giveUpOverlongRecord() }
        return outcome
    }

    /// The line of a record that was too long; false: it goes on behind the window.
    private func skipRestOfLine() -> Bool {
        while nextIndex < positionCount {
            let place = Int(positions[nextIndex])
            nextIndex += 1
            if base[place] == .lineFeed {
                position = place + 1
                nextLine += 1
                isSkipping = false
                return true
            }
        }
        position = end
        isSkipping = !isAtEnd
        return isAtEnd
    }

    private func giveUpOverlongRecord() -> Outcome {
        recordStart = position
        line = nextLine
        fieldCount = 0
        for index in nextIndex..<positionCount where base[Int(positions[index])] == .lineFeed {
            endAtLineFeed(index)
            return .malformed(.overlongRecord)
        }
        recordEnd = min(end, recordStart + (1 << 20))
        position = end
        nextIndex = positionCount
        isSkipping = true
        return .malformed(.overlongRecord)
    }

    /// A blank outcome, or nil when a record, the end of the window or of the file is next.
    private func skipBlankLines() -> Outcome? {
        while position < end {
            let byte = base[position]
            var length = 1
            if byte == .carriageReturn {
                if position + 1 < end {
                    if base[position + 1] != .lineFeed { return nil }
                    length = 2
                } else if !isAtEnd {
                    return nil
                }
            } else if byte != .lineFeed {
                return nil
            }
            line = nextLine
            recordStart = position
            recordEnd = position
            position += length
            nextIndex += length
            nextLine += 1
            if reportsBlankLines { return .blank }
        }
        return nil
    }

    private func finish(end recordEnd: Int, next: Int, index: Int, count: Int, changed: Bool) -> Outcome {
        self.recordEnd = recordEnd
        position = next
        nextIndex = index
        fieldCount = count
        nextLine = line + lineBreaks + 1
        isCanonical = !changed
        return .record
    }

    /// nil: the first line end is not in the window yet.
    private func malformed(_ what: Malformation) -> Outcome? {
        fieldCount = 0
        var index = firstIndex
        while index < positionCount, base[Int(positions[index])] != .lineFeed { index += 1 }
        if index < positionCount {
            endAtLineFeed(index)
            return .malformed(what)
        }
        guard isAtEnd else { return nil }
        recordEnd = end > recordStart && base[end - 1] == .carriageReturn ? end - 1 : end
        position = end
        nextIndex = positionCount
        nextLine = line + 1
        return .malformed(what)
    }

    private func scanRecord() -> Outcome? {
        let base = self.base
        let positions = self.positions
        let count = positionCount
        let end = self.end
        let separator = self.separator
        var fields = self.fields
        var index = nextIndex
        var fieldStart = position
        var number = 0
        var changed = false
        recordStart = position
        line = nextLine
        firstIndex = index
        lineBreaks = 0

        nextField: while true {
            if number == fieldCapacity {
                growFields()
                fields = self.fields
            }
            if fieldStart < end, base[fieldStart] == .quote {
                index += 1
                let textStart = fieldStart + 1
                var flags = Field.isQuoted
                var escapes = 0
                var breaks = false
                while true {
                    guard index < count else {
                        if breaks, end - textStart - escapes > Self.longestQuotedText {
                            return malformed(.overlongQuote)
                        }
                        return isAtEnd ? malformed(.unclosedQuote) : nil
                    }
                    let place = Int(positions[index])
                    let byte = base[place]
                    if byte == .quote {
                        if place + 1 < end {
                            if base[place + 1] == .quote {
                                flags |= Field.hasEscapes | Field.needsQuotes
                                escapes += 1
                                index += 2
                                continue
                            }
                        } else if !isAtEnd {
                            return nil
                        }
                        index += 1
                        if breaks, place - textStart - escapes > Self.longestQuotedText {
                            return malformed(.overlongQuote)
                        }
                        fields[number] = Field(start: UInt32(textStart), end: UInt32(place), flags: flags)
                        number += 1
                        if flags & Field.needsQuotes == 0 { changed = true }
                        let after = place + 1
                        if after == end {
                            return finish(end: end, next: end, index: index, count: number, changed: changed)
                        }
                        switch base[after] {
                        case separator:
                            index += 1
                            fieldStart = after + 1
                            continue nextField
                        case .lineFeed:
                            return finish(
                                end: after, next: after + 1, index: index + 1, count: number, changed: changed)
                        case .carriageReturn:
                            if after + 1 == end {
                                if !isAtEnd { return nil }
                                return finish(end: after, next: end, index: index + 1, count: number, changed: changed)
                            }
                            if base[after + 1] == .lineFeed {
                                return finish(
                                    end: after, next: after + 2, index: index + 2, count: number, changed: changed)
                            }
                            return malformed(breaks ? .unclosedQuote : .textAfterQuote)
                        default:
                            return malformed(breaks ? .unclosedQuote : .textAfterQuote)
                        }
                    }
                    if byte == .lineFeed {
                        lineBreaks += 1
                        breaks = true
                        flags |= Field.needsQuotes
                        if place - textStart - escapes > Self.longestQuotedText { return malformed(.overlongQuote) }
                    } else if byte == .carriageReturn {
                        breaks = true
                        flags |= Field.needsQuotes
                    } else if byte == .comma {
                        flags |= Field.needsQuotes
                    }
                    index += 1
                }
            }
            var flags: UInt32 = 0
            while true {
                guard index < count else {
                    if !isAtEnd { return nil }
                    fields[number] = Field(start: UInt32(fieldStart), end: UInt32(end), flags: flags)
                    return finish(end: end, next: end, index: index, count: number + 1, changed: changed)
                }
                let place = Int(positions[index])
                let byte = base[place]
                index += 1
                if byte == separator {
                    fields[number] = Field(start: UInt32(fieldStart), end: UInt32(place), flags: flags)
                    number += 1
                    fieldStart = place + 1
                    continue nextField
                }
                if byte == .lineFeed {
                    fields[number] = Field(start: UInt32(fieldStart), end: UInt32(place), flags: flags)
                    return finish(end: place, next: place + 1, index: index, count: number + 1, changed: changed)
                }
                if byte == .carriageReturn {
                    if place + 1 == end, !isAtEnd { return nil }
                    if place + 1 == end || base[place + 1] == .lineFeed {
                        fields[number] = Field(start: UInt32(fieldStart), end: UInt32(place), flags: flags)
                        let ended = place + 1 == end
                        return finish(
                            end: place, next: ended ? end : place + 2, index: ended ? index : index + 1,
                            count: number + 1, changed: changed)
                    }
                }
                // A quote, a comma that does not separate, or a CR that ends no line: text, but not as canonical text.
                flags |= Field.needsQuotes
                changed = true
            }
        }
    }
}
