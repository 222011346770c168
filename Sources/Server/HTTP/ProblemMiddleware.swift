import API
import Hummingbird
import Logging
import Storage
import WeirSynchronization

/// Turns every error into an answer that says what to do: problem details, or for browsers a page.
struct ProblemMiddleware: RouterMiddleware {
    let page: @Sendable (ServerError, Request) -> Response

    func handle(
        _ request: Request, context: RequestScope,
        next: @concurrent (Request, RequestScope) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let known = ServerError(error, logger: context.logger)
            return Self.isForPrograms(request.uri.path) ? .problem(known) : page(known, request)
        }
    }

    static func isForPrograms(_ path: String) -> Bool {
        path.hasPrefix("/api/") || path == "/api" || path.hasPrefix("/connect/") || path.hasPrefix("/.well-known/")
    }
}

extension ServerError {
    /// What an error of any module is to a caller. What nobody foresaw is logged, and told without its text, which may
    /// hold personal data.
    init(_ error: any Error, logger: Logger) {
        switch error {
        case let error as ServerError: self = error
        case let error as SynchronizationError: self.init(error.code, error.detail)
        case let error as StorageError:
            logger.error("storage: \(error)")
            self.init(error.problemCode, "\(error)")
        case let error as HTTPError:
            self.init(error.status == .notFound ? .notFound : .invalidRequest, Self.sentence(error))
        default:
            logger.error("unforeseen error", metadata: ["error.type": "\(type(of: error))", "error": "\(error)"])
            self.init(.internal, "The server met an unforeseen error (\(type(of: error))); its log says more.")
        }
    }

    private static func sentence(_ error: HTTPError) -> String {
        if error.status == .notFound { return "There is nothing at this address; see /api/openapi.json." }
        return error.body ?? error.status.reasonPhrase
    }
}
