import API
import HTTPTypes
import Hummingbird
import NIOCore

/// One line of the API: what is asked, which permission it needs, what goes in and comes out.
///
/// There is no way to make a route without a permission (DESIGN §9).
struct Route: Sendable {
    /// A query parameter, for the OpenAPI document.
    struct Parameter: Sendable, Equatable {
        var name: String
        var meaning: String

        init(_ name: String, _ meaning: String) {
            self.name = name
            self.meaning = meaning
        }
    }

    /// A body or an answer, for the OpenAPI document.
    struct Content: Sendable {
        var mediaType: String
        var describe: @Sendable (SchemaReader) -> JSONValue

        static func json<Value: Decodable & SendableMetatype>(_ type: Value.Type) -> Content {
            Content(mediaType: "application/json") { $0.schema(of: type) }
        }

        static let bytes = Content(mediaType: "application/octet-stream") { _ in
            ["type": "string", "format": "binary"]
        }

        static let csv = Content(mediaType: "text/csv") { _ in ["type": "string", "format": "binary"] }
    }

    let method: HTTPRequest.Method
    /// Below the listener's root, with `{name}` for parameters: `/api/Jobs/JobInstance/{id}`.
    let path: String
    /// The permission's path (REFERENCE §7).
    let permission: String
    let summary: String
    let query: [Parameter]
    let body: Content?
    let answer: Content?
    let handle: @Sendable (Call) async throws -> Response

    /// A route whose body is streamed or absent and whose answer is made by the handler.
    init(
        _ method: HTTPRequest.Method, _ path: String, needs permission: String, _ summary: String,
        query: [Parameter] = [], body: Content? = nil, answer: Content? = nil,
        handle: @escaping @Sendable (Call) async throws -> Response
    ) {
        self.method = method
        self.path = path
        self.permission = permission
        self.summary = summary
        self.query = query
        self.body = body
        self.answer = answer
        self.handle = handle
    }

    /// A route without body that answers JSON; nil is 204.
    static func asking<Answer: Codable & Sendable>(
        _ method: HTTPRequest.Method, _ path: String, needs permission: String, _ summary: String,
        query: [Parameter] = [], answer: Answer.Type = Answer.self,
        handle: @escaping @Sendable (Call) async throws -> Answer?
    ) -> Route {
        Route(method, path, needs: permission, summary, query: query, answer: .json(answer)) { call in
            try await Response.json(handle(call))
        }
    }

    /// A route that takes and answers JSON; nil is 204.
    static func sending<Body: Codable & Sendable, Answer: Codable & Sendable>(
        _ method: HTTPRequest.Method, _ path: String, needs permission: String, _ summary: String,
        body: Body.Type = Body.self, upTo byteCount: Int = 4 * 1024 * 1024, answer: Answer.Type = Answer.self,
        handle: @escaping @Sendable (Call, Body) async throws -> Answer?
    ) -> Route {
        Route(method, path, needs: permission, summary, body: .json(body), answer: .json(answer)) { call in
            try await Response.json(handle(call, call.body(body, upTo: byteCount)))
        }
    }
}

/// The answer of a route that answers nothing.
struct Nothing: Sendable, Codable {}

extension Response {
    static func json(_ value: (some Encodable)?, status: HTTPResponse.Status = .ok) throws -> Response {
        guard let value else { return Response(status: .noContent) }
        return Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try WireJSON.encode(value))))
    }

    static func problem(_ error: ServerError) -> Response {
        var headers: HTTPFields = [.contentType: "application/problem+json", .cacheControl: "no-store"]
        if error.code == .unauthenticated { headers[.wwwAuthenticate] = "Bearer" }
        if let seconds = error.retryAfterSeconds { headers[.retryAfter] = String(seconds) }
        let body = (try? WireJSON.encode(error.problem)).map { ByteBuffer(bytes: $0) } ?? ByteBuffer()
        return Response(status: error.status, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}
