import Crypto
import Foundation

/// An ES256 key pair of the issuer.
struct SigningKey: Sendable {
    /// `kid`: names the key in a token's header.
    let id: String
    let key: P256.Signing.PrivateKey
    let madeAt: Date

    /// The public half as a JSON Web Key (RFC 7517, RFC 7518 §6.2).
    var jsonWebKey: JSONWebKey {
        let point = key.publicKey.rawRepresentation
        return JSONWebKey(
            kty: "EC", crv: "P-256", alg: "ES256", use: "sig", kid: id, x: Self.base64URL(point.prefix(32)),
            y: Self.base64URL(point.suffix(32)))
    }

    static func base64URL(_ data: some DataProtocol) -> String {
        Data(data).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

/// One key of `/connect/jwks`.
struct JSONWebKey: Sendable, Equatable, Codable {
    var kty: String
    var crv: String
    var alg: String
    var use: String
    var kid: String
    var x: String
    var y: String
}

/// The answer of `/connect/jwks`.
struct JSONWebKeySet: Sendable, Equatable, Codable {
    var keys: [JSONWebKey]
}
