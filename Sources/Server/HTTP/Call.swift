import API
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOFoundationCompat
import WeirConfiguration

/// One authorized request, as a route's handler sees it.
struct Call: Sendable {
    let request: Request
    let caller: Caller
    /// The configuration as of this request.
    let model: Model
    let logger: Logger
    private let parameters: Parameters
    private let limits: PageLimits

    init(
        request: Request, parameters: Parameters, caller: Caller, model: Model, logger: Logger, limits: PageLimits
    ) {
        self.request = request
        self.parameters = parameters
        self.caller = caller
        self.model = model
        self.logger = logger
        self.limits = limits
    }

    /// A `{name}` of the path, percent-decoded.
    func path(_ name: String) throws -> String {
        guard let raw = parameters.get(name), let text = raw.removingPercentEncoding, !text.isEmpty else {
            throw ServerError(.invalidRequest, "The path's {\(name)} is missing or not percent-encoded UTF-8.")
        }
        return text
    }

    /// A query parameter, nil when absent or empty.
    func query(_ name: String) -> String? {
        request.uri.queryParameters[Substring(name)].map(String.init).flatMap { $0.isEmpty ? nil : $0 }
    }

    func requiredQuery(_ name: String) throws -> String {
        guard let value = query(name) else {
            throw ServerError(.invalidRequest, "The query lacks \(name)=…; add it.")
        }
        return value
    }

    func integerQuery(_ name: String) throws -> Int? {
        guard let text = query(name) else { return nil }
        guard let number = Int(text) else {
            throw ServerError(.invalidRequest, "The query's \(name) is \"\(text)\"; give a whole number.")
        }
        return number
    }

    /// `wait`: how long a long poll may take; at most 30 s, and nothing where it is absent.
    func wait() throws -> Duration {
        .seconds(min(max(try integerQuery("wait") ?? 0, 0), 30))
    }

    /// `pageSize`, within DefaultPageSize and MaxPageSize.
    func pageSize() throws -> Int {
        min(max(try integerQuery("pageSize") ?? limits.standard, 1), limits.maximum)
    }

    func body<Value: Decodable>(_ type: Value.Type, upTo byteCount: Int) async throws -> Value {
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: byteCount)
        } catch is NIOTooManyBytesError {
            throw ServerError(.invalidRequest, "The body is larger than \(byteCount) bytes; send less.")
        }
        return try WireJSON.decode(type, from: Data(buffer: buffer, byteTransferStrategy: .noCopy))
    }
}

/// How long lists may be.
struct PageLimits: Sendable, Equatable {
    var standard: Int
    var maximum: Int
}
