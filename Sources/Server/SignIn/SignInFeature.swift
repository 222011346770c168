import API
import Foundation
import HTTPTypes
import Hummingbird

/// Signing in and out with the local users (DESIGN §10).
struct SignInFeature: Sendable {
    let users: UserStore
    let signIns: SignInStore
    let cookies: SignInCookies
    let limiter: AttemptLimiter
    let audit: AuditLog
    let templates: Templates

    func add(to router: Router<RequestScope>) {
        router.get("/signin") { request, _ in
            let hasEnded = request.uri.queryParameters["ended"] != nil
            return try page(
                request, next: request.uri.queryParameters["next"].map(String.init) ?? PagePath.home,
                notice: hasEnded ? "Your session has ended. Sign in again to go on where you were." : nil)
        }
        router.post("/signin") { request, scope in try await signIn(request, scope) }
        router.post("/signout") { request, _ in try await signOut(request) }
    }

    private func signIn(_ request: Request, _ scope: RequestScope) async throws -> Response {
        let form = try await FormBody(of: request)
        let next = form["next"] ?? PagePath.home
        let name = form["user"] ?? ""
        do {
            try form.require(token: cookies.formToken(of: request) ?? "", from: request)
        } catch is ServerError {
            return try page(
                request, next: next, userName: name, error: "The page was too old. Please try once more.",
                status: .forbidden)
        }
        do {
            try await limiter.check(name: name, address: scope.remoteAddress)
        } catch let error as ServerError {
            var response = try page(
                request, next: next, userName: name, error: error.detail, status: .tooManyRequests)
            if let seconds = error.retryAfterSeconds { response.headers[.retryAfter] = String(seconds) }
            return response
        }
        guard let user = try await users.user(name, password: form["password"] ?? "") else {
            await limiter.failed(name: name, address: scope.remoteAddress)
            try await audit.record(
                .signInRefused, by: "user \(name.prefix(100))", subject: String(name.prefix(100)),
                detail: "from \(scope.remoteAddress)")
            return try page(
                request, next: next, userName: name, error: "User name or password is wrong.", status: .unauthorized)
        }
        await limiter.succeeded(name: name, address: scope.remoteAddress)
        try await audit.record(
            .signedIn, by: "user \(user.name)", subject: user.name, detail: "from \(scope.remoteAddress)")
        var response = Response.seeOther(Self.safePath(next))
        response.setCookie(cookies.session(try await signIns.begin(user.name)))
        return response
    }

    private func signOut(_ request: Request) async throws -> Response {
        var response = Response.seeOther("/signin")
        if let token = cookies.token(of: request), let signIn = try await signIns.find(token) {
            try await FormBody(of: request).require(token: signIn.formToken, from: request)
            try await signIns.end(token)
            try await audit.record(.signedOut, by: "user \(signIn.userName)", subject: signIn.userName)
        }
        response.setCookie(cookies.ended())
        return response
    }

    private func page(
        _ request: Request, next: String, userName: String = "", error: String? = nil, notice: String? = nil,
        status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let token = SignInStore.randomToken()
        let page = SignInPage(
            layout: Layout(title: "Sign in", formToken: token), next: Self.safePath(next), userName: userName,
            error: error, notice: notice)
        var response = Response.html(try templates.render(SignInPage.name, page), status: status)
        response.setCookie(cookies.form(token))
        return response
    }

    /// A path of this server, never another server's address.
    static func safePath(_ path: String) -> String {
        let isLocal =
            path.hasPrefix("/") && !path.hasPrefix("//") && !path.contains("\\")
            && path.unicodeScalars.allSatisfy { $0.value > 32 && $0.value < 127 }
        return isLocal ? path : PagePath.home
    }
}
