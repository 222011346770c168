import Crypto
import CryptoExtras
import Foundation

/// A password as it is kept: scrypt (RFC 7914) with a salt of its own.
struct PasswordHash: Sendable, Equatable {
    /// N of scrypt; 2^15 with r = 8 takes 32 MB and about a tenth of a second.
    static let currentCost = 1 << 15

    var salt: [UInt8]
    var hash: [UInt8]
    var cost: Int

    init(salt: [UInt8], hash: [UInt8], cost: Int) {
        self.salt = salt
        self.hash = hash
        self.cost = cost
    }

    init(of password: String, cost: Int = currentCost) throws {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        self.init(salt: salt, hash: try Self.derive(password, salt, cost), cost: cost)
    }

    /// Compares in constant time.
    func matches(_ password: String) throws -> Bool {
        let derived = try Self.derive(password, salt, cost)
        return derived.count == hash.count && zip(derived, hash).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func derive(_ password: String, _ salt: [UInt8], _ cost: Int) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: Data(password.utf8), salt: salt, outputByteCount: 32, rounds: cost, blockSize: 8, parallelism: 1)
        return key.withUnsafeBytes { Array($0) }
    }
}
