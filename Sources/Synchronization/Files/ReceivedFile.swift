internal import API
internal import Crypto
internal import Foundation

/// A file on its way in: written under a name of its own, then moved to its place.
final class ReceivedFile {
    private let partPath: String
    private let path: String
    private let folder: String
    private var descriptor: Int32
    private var hasher = SHA256()
    private var byteCount = 0

    init(folder: String, name path: String, _ files: SessionFiles) throws {
        self.folder = folder
        self.path = path
        partPath = path + "." + UUID().uuidString.lowercased() + ".part"
        do {
            try files.makeFolder(folder)
        } catch {
            throw SynchronizationError(
                .internal, "\(folder): the folder cannot be made (\(error)); check WorkFolderPath and its rights.")
        }
        descriptor = open(partPath, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(partPath) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func write(_ chunk: some Sequence<UInt8>) throws {
        let wasContiguous: Void? = try chunk.withContiguousStorageIfAvailable { bytes in
            try write(UnsafeRawBufferPointer(bytes))
        }
        if wasContiguous == nil {
            try Array(chunk).withUnsafeBytes { try write($0) }
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws {
        hasher.update(bufferPointer: bytes)
        byteCount += bytes.count
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.failure(partPath) }
            rest = rest.dropFirst(count)
        }
    }

    /// Has all bytes on the disk when it returns.
    func finish() throws -> (byteCount: Int, sha256: String) {
        guard fsync(descriptor) == 0 else { throw Self.failure(partPath) }
        close(descriptor)
        descriptor = -1
        return (byteCount, hasher.finalize().hexadecimal)
    }

    func keep() throws {
        guard rename(partPath, path) == 0 else { throw Self.failure(path) }
        let handle = open(folder, O_RDONLY | O_CLOEXEC)
        if handle >= 0 {
            fsync(handle)
            close(handle)
        }
    }

    func discard() {
        unlink(partPath)
    }

    private static func failure(_ path: String) -> SynchronizationError {
        let reason = String(cString: strerror(errno))
        if errno == ENOSPC || errno == EDQUOT {
            return SynchronizationError(
                .storageFull, "\(path): the disk is full; free space in WorkFolderPath and run the job again.")
        }
        return SynchronizationError(
            .internal, "\(path): the file cannot be written (\(reason)); check WorkFolderPath and its rights.")
    }
}
