internal import Crypto
internal import Foundation

extension [UInt8] {
    /// SHA-256 as 64 hex digits.
    var digest: String { SHA256.hash(data: Data(self)).hexadecimal }
}
