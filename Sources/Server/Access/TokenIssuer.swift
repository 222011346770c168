import API
import Foundation
import JWTKit

/// Signs and verifies the API's tokens: ES256, one hour, issuer and audience checked (DESIGN §9).
struct TokenIssuer: Sendable {
    /// The `iss` of every token: ApplicationUri without a slash at its end.
    let issuer: String
    let keys: SigningKeyStore
    let clock: @Sendable () -> Date
    let makeIdentifier: @Sendable () -> String

    func token(client: String) async throws -> String {
        let key = try await keys.current()
        let now = Int(clock().timeIntervalSince1970)
        let token = AccessToken(
            iss: issuer, aud: AccessToken.audience, sub: client, clientId: client, scope: AccessToken.scope,
            iat: now, exp: now + AccessToken.lifetimeSeconds, jti: makeIdentifier())
        return try await collection([key]).sign(token, kid: JWKIdentifier(string: key.id), header: ["typ": "at+jwt"])
    }

    /// The token's claims; throws `unauthenticated`.
    func verify(_ text: String) async throws -> AccessToken {
        let token: AccessToken
        do {
            token = try await collection(keys.keys()).verify(text, as: AccessToken.self)
        } catch is JWTError {
            throw ServerError(
                .unauthenticated, "The token's signature or form is not ours; ask /connect/token for one.")
        }
        guard token.iss == issuer, token.aud == AccessToken.audience, token.scope == AccessToken.scope else {
            throw ServerError(
                .unauthenticated,
                "The token was issued by \(token.iss) for \(token.aud); ask \(issuer)/connect/token for one.")
        }
        let now = Int(clock().timeIntervalSince1970)
        // A minute for clocks that differ.
        guard token.exp > now, token.iat <= now + 60 else {
            throw ServerError(.unauthenticated, "The token has expired; ask \(issuer)/connect/token for another one.")
        }
        return token
    }

    private func collection(_ keys: [SigningKey]) async throws -> JWTKeyCollection {
        let collection = JWTKeyCollection()
        for key in keys {
            await collection.add(
                ecdsa: try ES256PrivateKey(backing: key.key), kid: JWKIdentifier(string: key.id))
        }
        return collection
    }
}
