import Foundation

/// The access token of one client, fetched when there is none or it is about to run out.
actor TokenCache {
    private var token: (value: String, renewAt: Date)?

    /// The kept token, or the one that `fetch` gets.
    func token(now: Date, fetch: @Sendable () async throws -> TokenAnswer) async throws -> String {
        if let token, token.renewAt > now { return token.value }
        let answer = try await fetch()
        // A minute early, so that a token never runs out on its way.
        token = (answer.accessToken, now.addingTimeInterval(TimeInterval(max(answer.expiresIn - 60, 1))))
        return answer.accessToken
    }

    func forget(_ value: String) {
        if token?.value == value { token = nil }
    }
}

/// RFC 6749 §5.1.
struct TokenAnswer: Sendable, Decodable {
    var accessToken: String
    var expiresIn: Int

    enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case expiresIn = "expires_in"
    }
}

/// RFC 6749 §5.2.
struct TokenRefusal: Sendable, Decodable {
    var error: String
    var errorDescription: String?

    enum CodingKeys: String, CodingKey {
        case error
        case errorDescription = "error_description"
    }
}
