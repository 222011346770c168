import Crypto
import Foundation

/// Passwords and secrets that Weir makes itself.
enum Passwords {
    /// 128 random bits in letters and digits that cannot be mistaken for each other.
    static func generated() -> String {
        let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789")
        return SymmetricKey(size: .init(bitCount: 26 * 8)).withUnsafeBytes { bytes in
            String(bytes.map { alphabet[Int($0 & 31)] })
        }
    }
}
