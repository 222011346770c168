import Delta
import Foundation

/// File access of the agent: folders 0700, files 0600, everything made durable before it gets its final name.
enum Folders {
    static func make(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw AgentError(
                .storage, "The folder \(path) cannot be made (\(reason(error))). Give the agent's user the right to.")
        }
    }

    /// Replaces the file by one rename; afterwards it has the old or the new contents, never a part.
    static func write(_ data: Data, to path: String) throws {
        let temporary = "\(path).\(getpid()).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("written", path) }
        var isDone = false
        defer {
            if !isDone { unlink(temporary) }
        }
        let isWritten = data.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
                guard count > 0 else { return false }
                offset += count
            }
            return fsync(descriptor) == 0
        }
        let problem = isWritten ? nil : failure("written", path)
        close(descriptor)
        if let problem { throw problem }
        guard rename(temporary, path) == 0 else { throw failure("written", path) }
        isDone = true
        try synchronize((path as NSString).deletingLastPathComponent)
    }

    /// Gives a file another name, in place of what has that name.
    static func move(_ path: String, to target: String) throws {
        guard rename(path, target) == 0 else { throw failure("renamed", path) }
    }

    /// Makes a folder's renames durable.
    static func synchronize(_ folder: String) throws {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("opened", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("made durable", folder) }
    }

    static func read(_ path: String) throws -> Data? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw AgentError(.storage, "\(path) cannot be read (\(reason(error))).")
        }
    }

    /// The names in a folder, sorted; none when it does not exist.
    static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    static func remove(_ path: String) throws {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch CocoaError.fileNoSuchFile {
            return
        } catch {
            throw AgentError(.storage, "\(path) cannot be removed (\(reason(error))).")
        }
    }

    /// Another name for the same file, as files of images are replaced, never changed; a copy where the file system knows
    /// no links.
    static func link(_ path: String, to other: String) throws {
        if Glibc.link(path, other) == 0 { return }
        do {
            try FileManager.default.copyItem(atPath: path, toPath: other)
        } catch {
            throw AgentError(.storage, "\(path) cannot be copied to \(other) (\(reason(error))).")
        }
    }

    /// 64 lower-case hex digits.
    static func sha256(of path: String) throws -> String {
        do {
            return try FileChecksum.sha256(of: path)
        } catch {
            throw AgentError(.storage, "\(path) cannot be read: \(error.detail).")
        }
    }

    static func size(of path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    static func failure(_ verb: String, _ path: String) -> AgentError {
        let code = errno
        let mend = code == ENOSPC ? " Free space on that disk and run the job again." : ""
        return AgentError(.storage, "\(path) cannot be \(verb): \(String(cString: strerror(code))).\(mend)")
    }

    private static func reason(_ error: any Error) -> String {
        ((error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError)?.localizedDescription
            ?? error.localizedDescription
    }
}
