import Glibc

/// iconv, in blocks, with the places of its input kept so that a row's byte offset can be told.
final class TextDecoder {
    private struct Place {
        var text: Int
        var source: Int
    }

    private let descriptor: iconv_t
    /// The way back, to measure how many bytes of the file a text took.
    private let back: iconv_t
    private var source: [UInt8] = []
    private var sourceStart = 0
    private var sourceOffset = 0
    private var textOffset = 0
    private var isAtEnd = false
    private var places: [Place] = []
    private static let blockSize = 16 << 10

    /// nil: the encoding is not known.
    init?(encoding: String) {
        guard let forth = Self.open(to: "UTF-8", from: encoding) else { return nil }
        guard let back = Self.open(to: encoding, from: "UTF-8") else {
            iconv_close(forth)
            return nil
        }
        descriptor = forth
        self.back = back
    }

    deinit {
        iconv_close(descriptor)
        iconv_close(back)
    }

    private static func open(to: String, from: String) -> iconv_t? {
        guard let opened = iconv_open(to, from), Int(bitPattern: opened) != -1 else { return nil }
        return opened
    }

    /// Decodes into `base`; 0 at the end of the input.
    func read(
        into base: UnsafeMutablePointer<UInt8>, count: Int,
        from readRaw: (UnsafeMutablePointer<UInt8>, Int) throws(DeltaError) -> Int
    ) throws(DeltaError) -> Int {
        var produced = 0
        while produced == 0 {
            if !isAtEnd, source.count - sourceStart < Self.blockSize { try fill(from: readRaw) }
            guard sourceStart < source.count else { return 0 }
            produced = decode(into: base, count: count)
        }
        return produced
    }

    private func fill(from readRaw: (UnsafeMutablePointer<UInt8>, Int) throws(DeltaError) -> Int) throws(DeltaError) {
        source.removeFirst(sourceStart)
        sourceStart = 0
        let kept = source.count
        source.append(contentsOf: repeatElement(0, count: Self.blockSize))
        let got = try source.withUnsafeMutableBufferPointer { (buffer) throws(DeltaError) in
            guard let start = buffer.baseAddress else { return 0 }
            return try readRaw(start + kept, Self.blockSize)
        }
        source.removeLast(Self.blockSize - got)
        if got == 0 { isAtEnd = true }
    }

    /// One call of iconv over what is there; undecodable bytes become 0xFF one by one.
    private func decode(into base: UnsafeMutablePointer<UInt8>, count: Int) -> Int {
        places.append(Place(text: textOffset, source: sourceOffset))
        let from = sourceStart
        var outputLeft = count
        let failure: Int32? = source.withUnsafeMutableBytes { bytes in
            var input = bytes.baseAddress.map { ($0 + from).assumingMemoryBound(to: CChar.self) }
            var inputLeft = bytes.count - from
            var output: UnsafeMutablePointer<CChar>? =
                UnsafeMutableRawPointer(base).assumingMemoryBound(to: CChar.self)
            let result = iconv(descriptor, &input, &inputLeft, &output, &outputLeft)
            let code = errno
            sourceStart = bytes.count - inputLeft
            return result == -1 ? code : nil
        }
        var produced = count - outputLeft
        // EINVAL: cut in the middle of a character, which more input mends unless there is none.
        if let failure, failure == EILSEQ || (failure == EINVAL && isAtEnd), produced < count {
            base[produced] = 0xFF
            produced += 1
            sourceStart += 1
        }
        sourceOffset += sourceStart - from
        textOffset += produced
        return produced
    }

    /// Makes `text` a known place and forgets those before it.
    func anchor(at text: Int, text read: (_ from: Int, _ to: Int) -> [UInt8]) {
        let source = sourceOffset(of: text, text: read)
        places.removeAll { $0.text <= text }
        places.insert(Place(text: text, source: source), at: 0)
    }

    func sourceOffset(of text: Int, text read: (_ from: Int, _ to: Int) -> [UInt8]) -> Int {
        guard let place = places.last(where: { $0.text <= text }) else { return 0 }
        // Encoding the text between again tells its length; an undecodable byte stood for itself.
        return place.source
            + read(place.text, text).split(separator: 0xFF, omittingEmptySubsequences: false).reduce(-1) {
                $0 + 1 + encodedLength(Array($1))
            }
    }

    private func encodedLength(_ text: [UInt8]) -> Int {
        guard !text.isEmpty else { return 0 }
        var text = text
        var room = [UInt8](repeating: 0, count: 4 * text.count + 16)
        iconv(back, nil, nil, nil, nil)
        return text.withUnsafeMutableBytes { bytes in
            room.withUnsafeMutableBytes { space in
                var input = bytes.baseAddress.map { $0.assumingMemoryBound(to: CChar.self) }
                var inputLeft = bytes.count
                var output = space.baseAddress.map { $0.assumingMemoryBound(to: CChar.self) }
                var outputLeft = space.count
                iconv(back, &input, &inputLeft, &output, &outputLeft)
                return space.count - outputLeft
            }
        }
    }
}
