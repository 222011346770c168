import ArgumentParser
import Crypto
import Foundation

/// `Usercube-New-OpenIDSecret`: hashes a client's secret for `OpenIdClient HashedSecret` (REFERENCE §8).
struct NewOpenIDSecret: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new-openid-secret", abstract: "Hashes the secret of an OpenIdClient; makes one if none is given.")

    @Option(name: .customLong("client-secret"), help: "The clear secret. Without it, a random one of 256 bits.")
    var secret: String?

    func run() throws {
        let secret = secret ?? Self.generated()
        guard !secret.isEmpty else { throw ValidationError("An empty secret protects nothing; give another.") }
        let hash = Data(SHA256.hash(data: Data(secret.utf8))).base64EncodedString()
        print("Shared secret for '\(secret)' is '\(hash)'")
    }

    private static func generated() -> String {
        SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }.base64EncodedString()
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }
}
