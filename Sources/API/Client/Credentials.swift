/// An OpenID client and its clear secret. Prints without the secret.
package struct Credentials: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    package var clientId: String
    package var secret: String

    package init(clientId: String, secret: String) {
        self.clientId = clientId
        self.secret = secret
    }

    package var description: String { "client \(clientId)" }
    package var debugDescription: String { description }
}
