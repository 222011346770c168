import HTTPTypes
import Hummingbird

/// RFC 6749 §5.1.
struct TokenAnswer: Sendable, Equatable, Codable {
    var accessToken: String
    var tokenType: String
    var expiresIn: Int
    var scope: String

    enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
        case scope
    }

    func response() throws -> Response {
        try Response.json(self)
    }
}

/// RFC 6749 §5.2.
struct TokenError: Error, Equatable {
    var status: HTTPResponse.Status
    var code: String
    var detail: String
    var retryAfterSeconds: Int?

    init(
        _ status: HTTPResponse.Status, _ code: String, _ detail: String,
        retryAfterSeconds: Int? = nil
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.retryAfterSeconds = retryAfterSeconds
    }

    struct Body: Codable {
        var error: String
        var errorDescription: String

        enum CodingKeys: String, CodingKey {
            case error
            case errorDescription = "error_description"
        }
    }

    var response: Response {
        var response =
            (try? Response.json(Body(error: code, errorDescription: detail), status: status))
            ?? Response(status: status)
        if status == .unauthorized { response.headers[.wwwAuthenticate] = "Basic realm=\"weir\", charset=\"UTF-8\"" }
        if let retryAfterSeconds { response.headers[.retryAfter] = String(retryAfterSeconds) }
        return response
    }
}

/// The answer of `/.well-known/openid-configuration` (RFC 8414 §2).
struct ProviderMetadata: Sendable, Equatable, Codable {
    var issuer: String
    var tokenEndpoint: String
    var jwksUri: String
    var scopesSupported: [String]
    var grantTypesSupported: [String]
    var responseTypesSupported: [String]
    var subjectTypesSupported: [String]
    var tokenEndpointAuthMethodsSupported: [String]
    var idTokenSigningAlgValuesSupported: [String]

    enum CodingKeys: String, CodingKey {
        case issuer
        case tokenEndpoint = "token_endpoint"
        case jwksUri = "jwks_uri"
        case scopesSupported = "scopes_supported"
        case grantTypesSupported = "grant_types_supported"
        case responseTypesSupported = "response_types_supported"
        case subjectTypesSupported = "subject_types_supported"
        case tokenEndpointAuthMethodsSupported = "token_endpoint_auth_methods_supported"
        case idTokenSigningAlgValuesSupported = "id_token_signing_alg_values_supported"
    }

    init(issuer: String) {
        self.issuer = issuer
        tokenEndpoint = issuer + "/connect/token"
        jwksUri = issuer + "/connect/jwks"
        scopesSupported = [AccessToken.scope]
        grantTypesSupported = ["client_credentials"]
        responseTypesSupported = ["token"]
        subjectTypesSupported = ["public"]
        tokenEndpointAuthMethodsSupported = ["client_secret_basic", "client_secret_post"]
        idTokenSigningAlgValuesSupported = ["ES256"]
    }
}
