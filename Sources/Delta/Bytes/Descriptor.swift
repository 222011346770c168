import Glibc

/// A file descriptor that closes itself. Sent between threads, closed by one.
final class Descriptor: @unchecked Sendable {
    let number: Int32
    private var isOpen = true

    init(_ number: Int32) { self.number = number }

    deinit { if isOpen { Glibc.close(number) } }

    /// Closes it now; false with errno set where writing fails only here, as on network file systems.
    func close() -> Bool {
        isOpen = false
        return Glibc.close(number) == 0
    }

    /// Reads at most `count` bytes at the descriptor's position; 0 at the end; nil with errno set on an error.
    func read(into base: UnsafeMutablePointer<UInt8>, count: Int) -> Int? {
        while true {
            let got = Glibc.read(number, base, count)
            if got >= 0 { return got }
            if errno != EINTR { return nil }
        }
    }

    /// Reads up to `count` bytes at `offset`, fewer only at the end; nil with errno set on an error.
    func read(into base: UnsafeMutablePointer<UInt8>, count: Int, at offset: Int) -> Int? {
        var total = 0
        while total < count {
            let got = pread(number, base + total, count - total, off_t(offset + total))
            if got < 0 {
                if errno == EINTR { continue }
                return nil
            }
            if got == 0 { break }
            total += got
        }
        return total
    }

    /// Writes all bytes; false with errno set on an error.
    func write(_ base: UnsafePointer<UInt8>, count: Int) -> Bool {
        var total = 0
        while total < count {
            let put = Glibc.write(number, base + total, count - total)
            if put < 0 {
                if errno == EINTR { continue }
                return false
            }
            total += put
        }
        return true
    }
}

/// The system's text for the current `errno`.
func systemReason(_ code: Int32 = errno) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
