import Foundation

/// A lock file that two processes of one installation keep each other out with.
///
/// The kernel gives it back when its process ends, however it ends: after `kill -9` the next run goes on at once.
final class ProcessLock: Sendable {
    private let descriptor: Int32

    /// nil when another process holds it; `holder(of:)` then tells which.
    ///
    /// - Parameter holder: what this process is, for those whom it keeps waiting.
    init?(path: String, holder: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Folders.failure("opened", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            if code == EWOULDBLOCK { return nil }
            errno = code
            throw Folders.failure("locked", path)
        }
        // Best effort: on a full disk the lock holds all the same, only nobody can say who has it.
        let text = Array("\(holder) (process \(getpid()))".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = text.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } }
    }

    /// What the process that took the lock last said of itself.
    static func holder(of path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path), !data.isEmpty else { return nil }
        return String(bytes: data, encoding: .utf8)
    }

    deinit {
        close(descriptor)
    }
}
