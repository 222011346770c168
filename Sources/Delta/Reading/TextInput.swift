import Glibc

/// A file as UTF-8 without byte order mark, whatever its encoding. Bytes that the encoding does not know come out as
/// 0xFF, which no UTF-8 holds, so that the row they stand in is rejected.
final class TextInput {
    let path: String
    /// Of the file, in bytes.
    let totalBytes: Int
    /// Bytes taken from the file so far.
    private(set) var bytesRead = 0
    private let descriptor: Descriptor
    /// The first bytes, read to see the mark, that were not given out yet.
    private var head: [UInt8] = []
    private(set) var markLength = 0
    private var decoder: TextDecoder?
    /// Whether the file is not in UTF-8.
    var isDecoded: Bool { decoder != nil }

    init(path: String, encoding: String) throws(DeltaError) {
        self.path = path
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else {
            if errno == ENOENT {
                throw DeltaError(.inputMissing, path: path, "the file does not exist; was it exported?")
            }
            throw DeltaError(.inputUnreadable, path: path, "cannot open it: \(systemReason()); check its rights")
        }
        descriptor = Descriptor(number)
        var status = stat()
        // A pipe can be read only once, and this reads headers ahead.
        guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw DeltaError(.inputUnreadable, path: path, "is not a regular file; name a CSV file on disk")
        }
        totalBytes = Int(status.st_size)
        posix_fadvise(number, 0, 0, POSIX_FADV_SEQUENTIAL)
        try readMark(encoding: encoding)
    }

    private func readMark(encoding: String) throws(DeltaError) {
        var start = [UInt8](repeating: 0, count: 4)
        var count = 0
        while count < 4 {
            let got = try start.withUnsafeMutableBufferPointer { (buffer) throws(DeltaError) in
                guard let base = buffer.baseAddress else { return 0 }
                return try readFile(into: base + count, count: 4 - count)
            }
            if got == 0 { break }
            count += got
        }
        head = Array(start.prefix(count))
        var name = encoding.uppercased()
        if name == "UTF8" || name.isEmpty { name = "UTF-8" }
        if name.utf8.allSatisfy(\.isASCIIDigit) { name = "CP" + name }
        let isUnicode = name == "UTF-8" || name == "UTF-16" || name == "UTF16" || name == "UNICODE"
        if name == "UTF16" || name == "UNICODE" || name == "UTF-16" { name = "UTF-16LE" }
        if head.starts(with: [0xEF, 0xBB, 0xBF]), isUnicode {
            (name, markLength) = ("UTF-8", 3)
        } else if head.starts(with: [0xFF, 0xFE]), isUnicode || name == "UTF-16LE" {
            (name, markLength) = ("UTF-16LE", 2)
        } else if head.starts(with: [0xFE, 0xFF]), isUnicode || name == "UTF-16BE" {
            (name, markLength) = ("UTF-16BE", 2)
        }
        head.removeFirst(markLength)
        if name != "UTF-8" {
            guard let decoder = TextDecoder(encoding: name) else {
                throw DeltaError(
                    .encodingUnknown, path: path,
                    "the encoding \"\(encoding)\" is not known here; `iconv --list` shows the names that are")
            }
            self.decoder = decoder
        }
    }

    private func readFile(into base: UnsafeMutablePointer<UInt8>, count: Int) throws(DeltaError) -> Int {
        guard let got = descriptor.read(into: base, count: count) else {
            throw DeltaError(
                .inputUnreadable, path: path, "reading failed after \(bytesRead) bytes: \(systemReason())")
        }
        bytesRead += got
        return got
    }

    private func readRaw(into base: UnsafeMutablePointer<UInt8>, count: Int) throws(DeltaError) -> Int {
        guard !head.isEmpty else { return try readFile(into: base, count: count) }
        let given = min(head.count, count)
        for index in 0..<given { base[index] = head[index] }
        head.removeFirst(given)
        return given
    }

    /// Gives at most `count` (at least 64) bytes of UTF-8; 0 at the end.
    func read(into base: UnsafeMutablePointer<UInt8>, count: Int) throws(DeltaError) -> Int {
        guard let decoder else { return try readRaw(into: base, count: count) }
        return try decoder.read(into: base, count: count) { (base, count) throws(DeltaError) in
            try self.readRaw(into: base, count: count)
        }
    }

    /// The place in the file of a place in the UTF-8 text that is still known: at most a window back.
    func fileOffset(of textOffset: Int, text: (_ from: Int, _ to: Int) -> [UInt8]) -> Int {
        guard let decoder else { return textOffset + markLength }
        return markLength + decoder.sourceOffset(of: textOffset, text: text)
    }

    /// Tells that no place before `textOffset` will be asked for, while the text up to there can still be read.
    func anchor(at textOffset: Int, text: (_ from: Int, _ to: Int) -> [UInt8]) {
        decoder?.anchor(at: textOffset, text: text)
    }
}
