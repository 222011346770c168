import Foundation

/// What the system said when a call failed.
struct SystemError: Error, Equatable {
    let number: Int32

    init(_ number: Int32 = errno) {
        self.number = number
    }

    /// For instance `No space left on device`.
    var text: String { String(cString: strerror(number)) }

    var isFull: Bool { number == ENOSPC || number == EDQUOT || number == EFBIG }
}
