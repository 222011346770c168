import Foundation

/// Sends one request and returns its answer. The executable gives one over HTTP, tests one that breaks on purpose.
package protocol Transport: Sendable {
    /// Throws `TransportFailure` when no complete answer came, whatever the reason.
    func send(_ request: APIRequest) async throws -> APIResponse
}

/// A request, relative to the server's address.
package struct APIRequest: Sendable {
    /// `GET`, `POST`, `PUT` or `PATCH`.
    package var method: String
    /// Percent-encoded, from `/`, with its query.
    package var path: String
    package var headers: [(name: String, value: String)]
    package var body: Body
    /// How long an answer may take.
    package var timeout: Duration

    package init(
        method: String, path: String, headers: [(name: String, value: String)] = [], body: Body = .none,
        timeout: Duration = .seconds(60)
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }

    package enum Body: Sendable {
        case none
        case json(Data)
        case form(String)
        /// Streamed from the disk.
        case file(path: String, byteCount: Int)
    }
}

/// An answer, read whole: the API's answers are small.
package struct APIResponse: Sendable {
    package var status: Int
    package var body: Data

    package init(status: Int, body: Data) {
        self.status = status
        self.body = body
    }
}

/// The request did not get a complete answer: refused, cut, timed out.
package struct TransportFailure: Error, Sendable {
    package var reason: String

    package init(reason: String) {
        self.reason = reason
    }
}
