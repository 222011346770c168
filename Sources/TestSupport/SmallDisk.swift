import Foundation

/// A file system in memory with 32 KB of room; only root may make one.
package final class SmallDisk: Sendable {
    package let path: String
    private let folder: TemporaryFolder

    /// Nil where this process may not mount.
    package init?() throws {
        folder = try TemporaryFolder()
        path = try folder.makeFolder("disk")
        #if os(Linux)
            guard geteuid() == 0, mount("tmpfs", path, "tmpfs", 0, "size=32k") == 0 else { return nil }
        #else
            return nil
        #endif
    }

    deinit {
        #if os(Linux)
            umount(path)
        #endif
    }
}
