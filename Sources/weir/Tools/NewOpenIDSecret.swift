import ArgumentParser
import Crypto
import Foundation

/// `Usercube-New-OpenIDSecret`: hashes a client's secret for `OpenIdClient HashedSecret` (REFERENCE §8).
struct NewOpenIDSecret: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new-openid-secret", abstract: "Hashes the secret of an OpenIdClient; makes one if none is given.")

    @Option(name: .customLong("client-secret"), help: "The clear secret. Without it, a random one of 130 bits.")
    var secret: String?

    func run() throws {
        let secret = secret ?? Passwords.generated()
        guard !secret.isEmpty else { throw ValidationError("An empty secret protects nothing; give another.") }
        let hash = Data(SHA256.hash(data: Data(secret.utf8))).base64EncodedString()
        print("Shared secret for '\(secret)' is '\(hash)'")
    }
}
