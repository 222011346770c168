import Glibc

/// Temporary files of processes that were killed: `.NAME.PID.partial`.
enum AbandonedFiles {
    static let suffix = ".partial"

    /// The temporary name of a file that this process writes.
    static func temporaryName(of name: some StringProtocol) -> String { ".\(name).\(getpid())\(suffix)" }

    /// Removes those in a folder (with its last slash; empty: the current one) whose process is gone. A process of
    /// another container that shares the folder cannot be seen, so the file's lock is asked, too.
    static func remove(in folder: some StringProtocol) {
        guard let listing = opendir(folder.isEmpty ? "." : String(folder)) else { return }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasPrefix("."), name.hasSuffix(suffix),
                let process = name.dropLast(suffix.count).split(separator: ".").last.flatMap({ pid_t($0) }),
                process > 0, kill(process, 0) != 0, errno == ESRCH
            else { continue }
            removeUnlessLocked("\(folder)\(name)")
        }
    }

    private static func removeUnlessLocked(_ path: String) {
        let number = open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else { return }
        defer { close(number) }
        if flock(number, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
    }
}
