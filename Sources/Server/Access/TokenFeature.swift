import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import WeirConfiguration

/// `/connect/token`, `/connect/jwks` and `/.well-known/openid-configuration`: the issuer for OpenIdClients
/// (REFERENCE §8, RFC 6749 §4.4, RFC 8414).
struct TokenFeature: Sendable {
    let issuer: TokenIssuer
    let configuration: ConfigurationStore
    let limiter: AttemptLimiter
    let audit: AuditLog
    let clock: @Sendable () -> Date

    func add(to router: Router<RequestScope>) {
        router.post("/connect/token") { request, scope in
            do {
                return try await token(request, scope)
            } catch let error as TokenError {
                return error.response
            }
        }
        router.get("/connect/jwks") { _, _ in
            _ = try await issuer.keys.current()
            return try Response.json(JSONWebKeySet(keys: await issuer.keys.keys().map(\.jsonWebKey)))
        }
        router.get("/.well-known/openid-configuration") { _, _ in
            try Response.json(ProviderMetadata(issuer: issuer.issuer))
        }
    }

    private func token(_ request: Request, _ scope: RequestScope) async throws -> Response {
        let form = try await form(of: request)
        let credentials = try credentials(of: request, form)
        do {
            try await limiter.check(name: credentials.id, address: scope.remoteAddress)
        } catch let error as ServerError {
            throw TokenError(
                .tooManyRequests, "temporarily_unavailable", error.detail, retryAfterSeconds: error.retryAfterSeconds)
        }
        guard let client = credentials.client(in: try await configuration.model(), now: clock()) else {
            await limiter.failed(name: credentials.id, address: scope.remoteAddress)
            try await audit.record(
                .tokenRefused, by: "client \(credentials.id)", subject: credentials.id,
                detail: "from \(scope.remoteAddress)")
            throw TokenError(
                .unauthorized, "invalid_client",
                "The client is unknown, its secret is wrong, or it has expired; see OpenIdClient in the configuration.")
        }
        await limiter.succeeded(name: credentials.id, address: scope.remoteAddress)
        guard let grant = form["grant_type"] else {
            throw TokenError(.badRequest, "invalid_request", "grant_type is missing or sent twice.")
        }
        guard grant == "client_credentials" else {
            throw TokenError(.badRequest, "unsupported_grant_type", "grant_type must be client_credentials.")
        }
        let scopes = (form["scope"] ?? AccessToken.scope).split(separator: " ")
        guard scopes.allSatisfy({ $0 == AccessToken.scope }) else {
            throw TokenError(.badRequest, "invalid_scope", "The only scope is \(AccessToken.scope).")
        }
        return try TokenAnswer(
            accessToken: await issuer.token(client: client.identifier), tokenType: "Bearer",
            expiresIn: AccessToken.lifetimeSeconds, scope: AccessToken.scope
        ).response()
    }

    private func form(of request: Request) async throws -> FormBody {
        let type = request.headers[.contentType] ?? ""
        guard type.lowercased().hasPrefix("application/x-www-form-urlencoded") else {
            throw TokenError(
                .badRequest, "invalid_request", "The body must be application/x-www-form-urlencoded, not \"\(type)\".")
        }
        guard let buffer = try? await request.body.collect(upTo: 16 * 1024),
            let form = FormBody(String(buffer: buffer))
        else {
            throw TokenError(.badRequest, "invalid_request", "The body is over 16 KB or not form-encoded UTF-8.")
        }
        guard form.fields.values.allSatisfy({ $0.count == 1 }) else {
            throw TokenError(.badRequest, "invalid_request", "A parameter was sent more than once.")
        }
        return form
    }

    private func credentials(of request: Request, _ form: FormBody) throws -> ClientCredentials {
        if let header = request.headers[.authorization] {
            guard form["client_secret"] == nil else {
                throw TokenError(
                    .badRequest, "invalid_request", "Send the credentials once: as HTTP Basic or in the body.")
            }
            guard let basic = ClientCredentials(basic: header) else {
                throw TokenError(
                    .unauthorized, "invalid_client", "The Authorization header is not HTTP Basic.")
            }
            return basic
        }
        guard let id = form["client_id"], let secret = form["client_secret"] else {
            throw TokenError(
                .unauthorized, "invalid_client", "client_id and client_secret are missing; send both, or HTTP Basic.")
        }
        return ClientCredentials(id: id, secret: secret)
    }
}
