import CFileSystem
import Foundation

/// The calls that put bytes on a disk: a parameter, so that a full disk can be tested without filling one.
///
/// Each gives the number of bytes, or the error.
package struct FileCalls: Sendable {
    /// Writes bytes to a descriptor.
    package var write: @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int
    /// Copies up to `count` bytes between two descriptors, from their positions.
    package var copy: @Sendable (_ from: Int32, _ to: Int32, _ count: Int) -> Int

    package init(
        write: @escaping @Sendable (Int32, UnsafeRawBufferPointer) -> Int,
        copy: @escaping @Sendable (Int32, Int32, Int) -> Int
    ) {
        self.write = write
        self.copy = copy
    }

    /// The system's own, with `errno` and -1 for an error.
    package static let system = FileCalls(
        write: { descriptor, bytes in Foundation.write(descriptor, bytes.baseAddress, bytes.count) },
        copy: { from, to, count in weir_copy_range(from, to, count) })
}
