import CFileSystem
import Foundation

/// What the system knows about a path, beyond its content.
enum FileTimes {
    /// Birth time, else modification time, in nanoseconds since 1970; nil when the path leads nowhere.
    static func creation(of path: String) -> Int? {
        var birth: Int64 = 0
        if weir_birth_time(path, &birth) == 0 { return Int(birth) }
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if os(Linux)
            return status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
        #else
            return status.st_mtimespec.tv_sec * 1_000_000_000 + status.st_mtimespec.tv_nsec
        #endif
    }

    /// Where a symbolic link points to; nil when it is none.
    static func linkTarget(_ path: String) -> String? {
        let target = [CChar](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, filled in
            filled = buffer.baseAddress.map { max(0, readlink(path, $0, buffer.count)) } ?? 0
        }
        return target.isEmpty ? nil : String(decoding: target.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
