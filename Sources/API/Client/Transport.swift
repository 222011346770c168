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
    /// Where to write the body of an answer 200, instead of reading it whole. The file is there or not, never a part.
    package var answerFile: String?

    package init(
        method: String, path: String, headers: [(name: String, value: String)] = [], body: Body = .none,
        timeout: Duration = .seconds(60), answerFile: String? = nil
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.answerFile = answerFile
    }

    package enum Body: Sendable {
        case none
        case json(Data)
        case form(String)
        /// Streamed from the disk.
        case file(path: String, byteCount: Int)
    }
}

/// An answer, read whole: the API's answers are small, but for those that go into a file.
package struct APIResponse: Sendable {
    package var status: Int
    /// Empty when it went into a file.
    package var body: Data
    /// Bytes of the body, wherever they went.
    package var byteCount: Int

    package init(status: Int, body: Data, byteCount: Int? = nil) {
        self.status = status
        self.body = body
        self.byteCount = byteCount ?? body.count
    }
}

/// The request did not get a complete answer: refused, cut, timed out.
package struct TransportFailure: Error, Sendable {
    package var reason: String

    package init(reason: String) {
        self.reason = reason
    }
}
