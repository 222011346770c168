internal import API
internal import Foundation
internal import Storage

/// Reads a sent file, which is canonical CSV: UTF-8, comma, line feed, quotes where needed. Anything else is refused with
/// its line. Memory is one block, or one record where that is longer.
final class SentFile: BulkSource {
    /// Where the next record starts.
    struct Position: Sendable, Equatable {
        var offset = 0
        /// Of the record's first line, from 1.
        var line = 1
        var rows = 0
    }

    private static let blockSize = 1 << 20
    private static let recordLimit = 64 << 20

    private let layout: SentLayout
    private let descriptor: Int32
    private var buffer: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    private var isAtEnd = false
    private var fields: [Range<Int>] = []
    private var places: [Int?] = []
    private(set) var position = Position()

    /// Opens the file, reads its header and goes to `position`.
    init(path: String, layout: SentLayout, from resumed: Position? = nil) throws {
        self.layout = layout
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        buffer = .allocate(byteCount: Self.blockSize, alignment: 16)
        guard descriptor >= 0 else {
            throw SynchronizationError(
                .internal, "\(path): the received file is not there any more; send it again with a new session.")
        }
        guard try readRecord() else { throw layout.error("is empty; a file has a header at least") }
        let header = fields.map { String(decoding: buffer[$0], as: UTF8.self) }
        places = try layout.places(header: header)
        position.rows = 0
        if let resumed {
            guard lseek(descriptor, off_t(resumed.offset), SEEK_SET) >= 0 else { throw Self.unreadable(path) }
            position = resumed
            start = 0
            end = 0
            isAtEnd = false
        }
    }

    deinit {
        buffer.deallocate()
        if descriptor >= 0 { close(descriptor) }
    }

    func next(_ row: borrowing BulkRow) throws -> Bool {
        let line = position.line
        guard try readRecord() else { return false }
        guard fields.count == places.count else {
            throw layout.error(line: line, "has \(fields.count) fields instead of \(places.count)")
        }
        for (field, place) in zip(fields, places) {
            guard let place else { continue }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[field])
            if layout.hasCommand, place == 0 {
                try checkCommand(bytes, line: line)
            } else {
                try check(bytes, layout.columns[layout.hasCommand ? place - 1 : place], line: line)
            }
            try row.bind(bytes, at: place)
        }
        return true
    }

    private func checkCommand(_ bytes: UnsafeRawBufferPointer, line: Int) throws {
        for command in ["insert", "update", "delete", "merge"] where bytes.elementsEqual(command.utf8) { return }
        throw layout.error(line: line, "has a command that is none of insert, update, delete, merge")
    }

    private func check(_ bytes: UnsafeRawBufferPointer, _ column: SentLayout.Column, line: Int) throws {
        if bytes.isEmpty {
            if column.isKey { throw layout.error(line: line, "has no value in the key column \"\(column.name)\"") }
            return
        }
        guard let characters = countCharacters(bytes) else {
            throw layout.error(line: line, "is not UTF-8 without U+0000 in the column \"\(column.name)\"")
        }
        guard characters <= column.limit else {
            throw layout.error(
                line: line,
                "has \(characters) characters in the column \"\(column.name)\", which holds \(column.limit)")
        }
    }

    /// Finds the next record, has all of it in the buffer, and its fields without their quotes.
    private func readRecord() throws -> Bool {
        var length = 0
        var isQuoted = false
        var lines = 0
        scan: while true {
            while start + length < end {
                let byte = buffer[start + length]
                length += 1
                if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
                if byte == UInt8(ascii: "\n") {
                    lines += 1
                    if !isQuoted { break scan }
                }
            }
            if isAtEnd {
                guard length == 0 else {
                    throw layout.error(line: position.line, "ends in the middle of a row")
                }
                return false
            }
            try fill()
        }
        try split(from: start, to: start + length - 1)
        start += length
        position.offset += length
        position.line += lines
        position.rows += 1
        return true
    }

    /// Reads more, behind what is not used yet.
    private func fill() throws {
        if start > 0 {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
            end -= start
            start = 0
        }
        if end == buffer.count {
            guard buffer.count < Self.recordLimit else {
                throw layout.error(line: position.line, "has a row of more than 64 MB, or a quote that is never closed")
            }
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 16)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[0..<end]))
            buffer.deallocate()
            buffer = larger
        }
        while true {
            let count = read(descriptor, buffer.baseAddress?.advanced(by: end), buffer.count - end)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.unreadable(layout.mapping) }
            if count == 0 { isAtEnd = true }
            end += count
            return
        }
    }

    /// Splits the bytes of one record; a doubled quote becomes one, in place.
    private func split(from first: Int, to last: Int) throws {
        fields.removeAll(keepingCapacity: true)
        var index = first
        while true {
            let begin: Int
            var write: Int
            if index < last, buffer[index] == UInt8(ascii: "\"") {
                index += 1
                begin = index
                write = index
                while index < last {
                    if buffer[index] == UInt8(ascii: "\"") {
                        guard index + 1 < last, buffer[index + 1] == UInt8(ascii: "\"") else { break }
                        index += 1
                    }
                    buffer[write] = buffer[index]
                    write += 1
                    index += 1
                }
                index += 1
                guard index == last || (index < last && buffer[index] == UInt8(ascii: ",")) else {
                    throw layout.error(line: position.line, "has text behind a closing quote")
                }
            } else {
                begin = index
                while index < last, buffer[index] != UInt8(ascii: ",") {
                    if buffer[index] == UInt8(ascii: "\"") {
                        throw layout.error(line: position.line, "has a quote inside a value without quotes")
                    }
                    index += 1
                }
                write = index
            }
            fields.append(begin..<write)
            if index >= last { return }
            index += 1
        }
    }

    private static func unreadable(_ name: String) -> SynchronizationError {
        SynchronizationError(
            .internal,
            "\(name): the received file cannot be read (\(String(cString: strerror(errno)))); run the job again.")
    }
}

/// The number of Unicode scalars; nil when the bytes are not UTF-8 (RFC 3629), or hold U+0000.
func countCharacters(_ bytes: UnsafeRawBufferPointer) -> Int? {
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
        var lowest: UInt8 = 0x80
        var highest: UInt8 = 0xBF
        switch byte {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF:
            length = 3
            if byte == 0xE0 { lowest = 0xA0 }
            if byte == 0xED { highest = 0x9F }
        case 0xF0...0xF4:
            length = 4
            if byte == 0xF0 { lowest = 0x90 }
            if byte == 0xF4 { highest = 0x8F }
        case _: return nil
        }
        guard index + length <= bytes.count, (lowest...highest).contains(bytes[index + 1]) else { return nil }
        for offset in 2..<max(length, 2) where bytes[index + offset] & 0xC0 != 0x80 { return nil }
        index += length
    }
    return count
}
