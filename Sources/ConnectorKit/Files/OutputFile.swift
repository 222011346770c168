import Foundation

/// A file that is there completely or not at all: written under a temporary name, for its owner alone (0600), and
/// renamed once its bytes are on the disk.
///
/// Left uncommitted, it is removed with the last reference.
package final class OutputFile {
    package let path: String
    package private(set) var byteCount = 0
    /// Where the bytes are until the file is committed.
    package let temporaryPath: String
    private let folder: String
    private var file: OpenedFile
    private let calls: FileCalls
    private var isCommitted = false

    static let partialSuffix = ".partial"

    init(folder: String, name: String, calls: FileCalls) throws(ConnectorError) {
        guard !name.isEmpty, !name.contains("/"), !name.utf8.contains(0) else {
            throw ConnectorError(
                .connector, place: folder, problem: "\"\(name)\" is no file name",
                mend: "report this as a defect of the package")
        }
        self.folder = folder
        self.calls = calls
        path = folder + "/" + name
        temporaryPath = folder + "/." + name + Self.partialSuffix
        // What an interrupted run left, whatever it is by now: never written through.
        unlink(temporaryPath)
        do {
            file = try OpenedFile(path: temporaryPath, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        } catch {
            throw Self.failure(path, "the file cannot be made", error)
        }
    }

    deinit {
        if !isCommitted { unlink(temporaryPath) }
    }

    package func write(_ bytes: some Collection<UInt8>) throws(ConnectorError) {
        let failure: SystemError? =
            bytes.withContiguousStorageIfAvailable { write(UnsafeRawBufferPointer($0)) }
            ?? Array(bytes).withUnsafeBytes { write($0) }
        if let failure { throw Self.failure(path, "the file cannot be written", failure) }
    }

    /// The same for bytes that a reader holds in a buffer.
    package func write(contentsOf bytes: UnsafeRawBufferPointer) throws(ConnectorError) {
        if let failure = write(bytes) { throw Self.failure(path, "the file cannot be written", failure) }
    }

    /// Appends up to `count` bytes of a source from its position, and says how many there were; 0 at its end.
    package func copy(from source: SourceFile, upTo count: Int) throws(ConnectorError) -> Int {
        let copied = calls.copy(source.file.descriptor, file.descriptor, count)
        if copied >= 0 {
            byteCount += copied
            return copied
        }
        let error = SystemError()
        guard [ENOSYS, EXDEV, EINVAL, EOPNOTSUPP, EINTR, EPERM].contains(error.number) else {
            throw Self.failure(path, "the file cannot be written", error)
        }
        let bytes = try source.read(upTo: min(count, 1 << 20))
        try write(bytes)
        return bytes.count
    }

    /// Goes on with the file that somebody else has put in place of ``temporaryPath``.
    package func adopt() throws(ConnectorError) {
        do throws(SystemError) {
            file = try OpenedFile(path: temporaryPath, flags: O_WRONLY | O_APPEND | O_NOFOLLOW)
            byteCount = Int(try file.status().st_size)
        } catch {
            throw Self.failure(path, "the file cannot be completed", error)
        }
    }

    /// Gives the file its name, replacing what had it.
    package func commit() throws(ConnectorError) {
        do throws(SystemError) {
            try file.synchronize()
            guard rename(temporaryPath, path) == 0 else { throw SystemError() }
            isCommitted = true
            try OpenedFile(path: folder, flags: O_RDONLY | O_DIRECTORY).synchronize()
        } catch {
            throw Self.failure(path, "the file cannot be completed", error)
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) -> SystemError? {
        var rest = bytes
        while !rest.isEmpty {
            let written = calls.write(file.descriptor, rest)
            if written < 0 {
                if errno == EINTR { continue }
                return SystemError()
            }
            byteCount += written
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
        }
        return nil
    }

    static func failure(_ path: String, _ problem: String, _ error: SystemError) -> ConnectorError {
        error.isFull
            ? ConnectorError(
                .outputFull, place: path, problem: "there is no room for the file",
                mend: "free space on its file system (or raise the quota), then run the job again",
                underlying: error.text)
            : ConnectorError(
                .outputUnwritable, place: path, problem: problem,
                mend: "let the agent's user write there, or name other folders as TempFolderPath and WorkFolderPath",
                underlying: error.text)
    }
}
