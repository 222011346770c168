import Foundation
import JWTKit

/// The claims of a token (RFC 9068 without its media type): who, for what, until when.
struct AccessToken: JWTPayload, Equatable {
    static let audience = "usercube_api"
    static let scope = "usercube_api"
    /// One hour (DESIGN §9).
    static let lifetimeSeconds = 3600

    var iss: String
    var aud: String
    /// The client's identifier.
    var sub: String
    var clientId: String
    var scope: String
    /// Seconds since 1970, like `exp`.
    var iat: Int
    var exp: Int
    var jti: String

    enum CodingKeys: String, CodingKey {
        case iss, aud, sub, scope, iat, exp, jti
        case clientId = "client_id"
    }

    /// Issuer, audience and time are checked by ``TokenIssuer``, which knows them.
    func verify(using algorithm: some JWTAlgorithm) async throws {}
}
