import Foundation

/// A lock file that two processes of one installation keep each other out with.
///
/// The kernel gives it back when its process ends, however it ends: after `kill -9` the next run goes on at once.
final class ProcessLock: Sendable {
    private let descriptor: Int32

    /// nil when another process holds it.
    init?(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Folders.failure("opened", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            if code == EWOULDBLOCK { return nil }
            errno = code
            throw Folders.failure("locked", path)
        }
    }

    deinit {
        close(descriptor)
    }
}
