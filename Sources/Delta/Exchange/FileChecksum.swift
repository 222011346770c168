import Crypto
import Glibc

/// The checksum of a file on disk.
package enum FileChecksum {
    /// 64 lower-case hex digits.
    package static func sha256(of path: String) throws(DeltaError) -> String {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw failure(path) }
        let descriptor = Descriptor(number)
        posix_fadvise(number, 0, 0, POSIX_FADV_SEQUENTIAL)
        let buffer = ByteBuffer(capacity: 1 << 20)
        var hasher = SHA256()
        while true {
            guard let count = descriptor.read(into: buffer.base, count: buffer.capacity) else { throw failure(path) }
            if count == 0 { break }
            hasher.update(bufferPointer: UnsafeRawBufferPointer(start: buffer.base, count: count))
        }
        return hasher.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }

    private static func failure(_ path: String) -> DeltaError {
        DeltaError(.inputUnreadable, path: path, systemReason())
    }
}
