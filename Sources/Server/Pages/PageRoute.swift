import HTTPTypes
import Hummingbird

/// One page, or one form that a page sends.
struct PageRoute: Sendable {
    enum Access: Sendable, Equatable {
        /// Whoever is signed in; the page itself shows only what its visitor may see.
        case signedIn
        /// The permission's path (REFERENCE §7).
        case permission(String)
    }

    let method: HTTPRequest.Method
    let path: String
    let access: Access
    let handle: @Sendable (Visit) async throws -> Response

    static func page(
        _ path: String, _ access: Access, handle: @escaping @Sendable (Visit) async throws -> Response
    ) -> PageRoute {
        PageRoute(method: .get, path: path, access: access, handle: handle)
    }

    /// A form; its token is checked before `handle` runs.
    static func form(
        _ path: String, _ access: Access, handle: @escaping @Sendable (Visit) async throws -> Response
    ) -> PageRoute {
        PageRoute(method: .post, path: path, access: access, handle: handle)
    }
}
