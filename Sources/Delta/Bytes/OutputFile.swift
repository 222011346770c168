import Crypto
import Glibc

/// A file that comes into being whole or not at all: written under a temporary name, renamed by `commit`, removed when
/// let go of before.
final class OutputFile {
    let path: String
    private let temporaryPath: String
    private var descriptor: Descriptor?
    @exclusivity(unchecked) private var buffer: ByteBuffer
    private var hasher: SHA256?
    private var isCommitted = false
    private var written = 0
    private var reservation = Reservation()
    /// Rows without the header; kept by whoever writes.
    @exclusivity(unchecked) var rows = 0

    var byteCount: Int { written + buffer.count }

    init(path: String, checksum: Bool, bufferSize: Int = 256 << 10) throws(DeltaError) {
        self.path = path
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        temporaryPath = path[..<slash] + AbandonedFiles.temporaryName(of: path[slash...])
        buffer = ByteBuffer(capacity: bufferSize)
        hasher = checksum ? SHA256() : nil
        AbandonedFiles.remove(in: path[..<slash])
        let number = open(temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw Self.failure(path: path, doing: "create it") }
        descriptor = Descriptor(number)
        // Tells `AbandonedFiles` elsewhere that somebody writes it.
        _ = flock(number, LOCK_EX | LOCK_NB)
    }

    deinit {
        if !isCommitted { unlink(temporaryPath) }
    }

    @inline(__always)
    func write(_ bytes: UnsafePointer<UInt8>, _ count: Int) throws(DeltaError) {
        if buffer.capacity - buffer.count < count { try flush() }
        if count > buffer.capacity {
            try put(bytes, count)
        } else {
            buffer.append(bytes, count)
        }
    }

    /// Writes behind what was written before, without a copy.
    func writeThrough(_ bytes: UnsafePointer<UInt8>, _ count: Int) throws(DeltaError) {
        try flush()
        try put(bytes, count)
    }

    func write(_ text: String) throws(DeltaError) {
        let bytes = Array(text.utf8)
        try bytes.withUnsafeBufferPointer { (bytes) throws(DeltaError) in
            if let start = bytes.baseAddress { try write(start, bytes.count) }
        }
    }

    func writeHeader(_ names: [String]) throws(DeltaError) {
        var line = ByteBuffer(capacity: 256)
        for (index, name) in names.enumerated() {
            if index > 0 { line.append(.comma) }
            line.appendField(name)
        }
        if line.count == 0 { line.append("\"\"") }
        line.append(.lineFeed)
        try write(line.base, line.count)
    }

    func flush() throws(DeltaError) {
        try put(buffer.base, buffer.count)
        buffer.count = 0
    }

    private func put(_ bytes: UnsafePointer<UInt8>, _ count: Int) throws(DeltaError) {
        guard count > 0, let descriptor else { return }
        hasher?.update(bufferPointer: UnsafeRawBufferPointer(start: bytes, count: count))
        reservation.prepare(descriptor, offset: written, count: count)
        guard descriptor.write(bytes, count: count) else { throw Self.failure(path: path, doing: "write it") }
        written += count
    }

    /// Writes what is left and, if durable, waits for the disk; the file still has its temporary name.
    func finish(durable: Bool) throws(DeltaError) {
        try flush()
        guard let descriptor else { return }
        guard reservation.finish(descriptor, size: written) else { throw Self.failure(path: path, doing: "write it") }
        if durable, fsync(descriptor.number) != 0 { throw Self.failure(path: path, doing: "write it to disk") }
        guard descriptor.close() else { throw Self.failure(path: path, doing: "write it") }
        self.descriptor = nil
    }

    /// Gives the finished file its name.
    func rename() throws(DeltaError) {
        guard Glibc.rename(temporaryPath, path) == 0 else { throw Self.failure(path: path, doing: "rename it") }
        isCommitted = true
    }

    var summary: PreparationResult.File {
        let sum = hasher.map { hasher in hasher.finalize().map { hex($0) }.joined() }
        return .init(path: path, rows: rows, bytes: byteCount, sha256: sum)
    }

    private func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return byte < 16 ? "0" + digits : digits
    }

    static func failure(path: String, doing what: String) -> DeltaError {
        let code = errno
        if code == ENOSPC || code == EDQUOT {
            return DeltaError(.diskFull, path: path, "the disk is full; make room and run again")
        }
        return DeltaError(
            .writeFailed, path: path, "cannot \(what): \(systemReason(code)); check the folder and its rights")
    }

    /// Finishes all files, then names them all: either every file gets its name, or none keeps it.
    static func commit(_ files: [OutputFile], durable: Bool) throws(DeltaError) {
        for file in files { try file.finish(durable: durable) }
        var named: [OutputFile] = []
        for file in files {
            do {
                try file.rename()
                named.append(file)
            } catch {
                for file in named { unlink(file.path) }
                throw error
            }
        }
        guard durable, let path = files.first?.path else { return }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let number = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { return }
        defer { close(number) }
        guard fsync(number) == 0 else { throw failure(path: folder, doing: "write it to disk") }
    }
}
