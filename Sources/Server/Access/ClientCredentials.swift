import API
import Crypto
import Foundation
import HTTPTypes
import WeirConfiguration

/// A client's id and secret, as a token request brought them (RFC 6749 §2.3.1).
struct ClientCredentials: Sendable, Equatable {
    var id: String
    var secret: String

    /// From the Authorization header: form-encoded id and secret, joined by a colon, in Base64.
    init?(basic header: String) {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let data = Data(base64Encoded: String(parts[1])), let text = String(data: data, encoding: .utf8),
            let colon = text.firstIndex(of: ":"),
            let id = FormBody.decode(text[..<colon]),
            let secret = FormBody.decode(text[text.index(after: colon)...])
        else { return nil }
        self.id = id
        self.secret = secret
    }

    init(id: String, secret: String) {
        self.id = id
        self.secret = secret
    }

    /// The client that these credentials are of; nil where the id is unknown, the secret wrong or the client expired.
    ///
    /// `client_id` is the identifier, or `<identifier>@<host>` (REFERENCE §8).
    func client(in model: Model, now: Date) -> OpenIdClient? {
        let client = model.client(named: id)
        let expected = client.flatMap { Data(base64Encoded: $0.hashedSecret) } ?? Data(repeating: 0, count: 32)
        // swift-crypto compares a digest in constant time; an unknown client costs the same as a wrong secret.
        let isRight = SHA256.hash(data: Data(secret.utf8)) == expected
        guard let client, isRight, !client.isExpired(at: now) else { return nil }
        return client
    }
}

extension Model {
    func client(named id: String) -> OpenIdClient? {
        if let exact = openIdClients.first(where: { $0.identifier == id }) { return exact }
        guard let at = id.lastIndex(of: "@") else { return nil }
        return openIdClients.first { $0.identifier == id[..<at] }
    }
}

extension OpenIdClient {
    /// After ExpirationDate the client is refused; a date that cannot be read refuses it too.
    func isExpired(at now: Date) -> Bool {
        guard let text = expirationDate else { return false }
        guard let date = Timestamp.moment(text) else { return true }
        return now > date
    }
}
