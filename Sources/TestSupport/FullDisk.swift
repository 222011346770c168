import ConnectorKit
import Foundation

/// A disk with room for so many bytes, and no more.
package enum FullDisk {
    package static func calls(after byteCount: Int) -> FileCalls {
        let room = Room(byteCount)
        /// How many of `count` bytes fit; nil with `errno` set when none does.
        @Sendable func take(_ count: Int) -> Int? {
            let taken = room.take(count)
            if taken == 0, count > 0 {
                errno = ENOSPC
                return nil
            }
            return taken
        }
        return FileCalls(
            write: { descriptor, bytes in
                guard let count = take(bytes.count) else { return -1 }
                return FileCalls.system.write(descriptor, UnsafeRawBufferPointer(rebasing: bytes.prefix(count)))
            },
            copy: { from, to, count in
                guard let count = take(count) else { return -1 }
                return FileCalls.system.copy(from, to, count)
            })
    }
}

/// What is left of a disk.
private final class Room: @unchecked Sendable {
    private let lock = NSLock()
    private var left: Int

    init(_ left: Int) {
        self.left = left
    }

    func take(_ count: Int) -> Int {
        lock.withLock {
            let taken = min(left, count)
            left -= taken
            return taken
        }
    }
}
