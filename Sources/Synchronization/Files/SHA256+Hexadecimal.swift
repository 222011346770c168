internal import Crypto
internal import Foundation

extension Collection<UInt8> {
    /// SHA-256 as 64 hex digits.
    var digest: String { SHA256.hash(data: Data(self)).hexadecimal }
}

extension Sequence<UInt8> {
    /// Two lower case hex digits a byte.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
