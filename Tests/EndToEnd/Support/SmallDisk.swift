import Foundation
import ProcessSupport

/// A small file system in memory, mounted on a folder. The tests of a full disk need the right to mount: root's.
final class SmallDisk {
    let path: String

    /// Moves what is in the folder onto the disk.
    init(on path: String, kilobytes: Int) throws {
        self.path = path
        let aside = path + ".aside"
        let files = FileManager.default
        if files.fileExists(atPath: path) {
            try files.moveItem(atPath: path, toPath: aside)
        }
        try files.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(kilobytes)k") == 0 else {
            throw Unexpected(
                """
                A tmpfs cannot be mounted on \(path) (\(String(cString: strerror(errno)))): run the tests as root, in a \
                container with --cap-add SYS_ADMIN, for the tests of a full disk.
                """)
        }
        guard files.fileExists(atPath: aside) else { return }
        for name in try files.contentsOfDirectory(atPath: aside) {
            try files.copyItem(atPath: "\(aside)/\(name)", toPath: "\(path)/\(name)")
        }
        try files.removeItem(atPath: aside)
    }

    deinit {
        umount2(path, Int32(MNT_DETACH))
    }

    /// Leaves room for so many kilobytes.
    func fill(leaving kilobytes: Int) throws {
        try? FileManager.default.removeItem(atPath: filler)
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw Unexpected("\(path) has no size") }
        let free = Int(status.f_bavail) * Int(status.f_frsize)
        guard free > kilobytes << 10 else { throw Unexpected("\(path) has only \(free) bytes left") }
        try Data(count: free - kilobytes << 10).write(to: URL(fileURLWithPath: filler))
    }

    func free() throws {
        try FileManager.default.removeItem(atPath: filler)
    }

    private var filler: String { "\(path)/filler" }
}
