import Foundation

/// An open file descriptor, closed with the last reference.
final class OpenedFile {
    let descriptor: Int32

    init(path: String, flags: Int32, mode: mode_t = 0) throws(SystemError) {
        descriptor = open(path, flags | O_CLOEXEC, mode)
        if descriptor < 0 { throw SystemError() }
    }

    /// Never follows a link in the last place, and never waits for the writer of a pipe.
    convenience init(reading path: String, followingLinks: Bool = true) throws(SystemError) {
        try self.init(path: path, flags: O_RDONLY | O_NONBLOCK | (followingLinks ? 0 : O_NOFOLLOW))
    }

    deinit { close(descriptor) }

    func status() throws(SystemError) -> stat {
        var status = stat()
        if fstat(descriptor, &status) != 0 { throw SystemError() }
        return status
    }

    /// The next bytes, as many as asked for unless the file ends.
    func read(upTo count: Int) throws(SystemError) -> [UInt8] {
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count, let base = buffer.baseAddress {
                let got = Foundation.read(descriptor, base + filled, count - filled)
                if got == 0 { return }
                if got > 0 {
                    filled += got
                } else if errno != EINTR {
                    failure = SystemError()
                    return
                }
            }
        }
        if let failure { throw failure }
        return bytes
    }

    func seek(to offset: Int) throws(SystemError) {
        if lseek(descriptor, off_t(offset), SEEK_SET) < 0 { throw SystemError() }
    }

    /// Makes what was written, or a folder's new names, survive a loss of power.
    func synchronize() throws(SystemError) {
        while fsync(descriptor) != 0 {
            if errno != EINTR { throw SystemError() }
        }
    }

    static func isRegularFile(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// The path without links, `.` and `..`; nil with `errno` set where there is none.
    static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
