import API
import Foundation
import HTTPTypes
import Hummingbird
import WeirConfiguration

/// Finds out who sends a request to `/api`: a bearer token of a client that is still in the configuration.
struct Authenticator: Sendable {
    let issuer: TokenIssuer
    let configuration: ConfigurationStore
    let clock: @Sendable () -> Date

    func authenticate(_ request: Request) async throws -> (caller: Caller, model: Model) {
        let parts = (request.headers[.authorization] ?? "").split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw ServerError(
                .unauthenticated, "The request has no bearer token; ask \(issuer.issuer)/connect/token for one.")
        }
        let token = try await issuer.verify(String(parts[1]))
        let model = try await configuration.model()
        guard let client = model.openIdClients.first(where: { $0.identifier == token.sub }),
            !client.isExpired(at: clock())
        else {
            throw ServerError(
                .unauthenticated,
                "The client \"\(token.sub)\" has expired or is no longer in the configuration; deploy it again.")
        }
        return (Caller(name: "client \(client.identifier)", profiles: [client.profile]), model)
    }
}
