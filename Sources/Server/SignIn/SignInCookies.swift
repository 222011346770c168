import Hummingbird

/// The cookies of the pages: HttpOnly, SameSite, and under TLS Secure and bound to this host.
struct SignInCookies: Sendable {
    let isSecure: Bool

    private var name: String { isSecure ? "__Host-weir" : "weir" }
    private var formName: String { isSecure ? "__Host-weir-form" : "weir-form" }

    /// The session's token.
    func token(of request: Request) -> String? { request.cookies[name]?.value }

    /// What the sign-in form must send back: there is no session yet that could hold it.
    func formToken(of request: Request) -> String? { request.cookies[formName]?.value }

    func session(_ token: String) -> Cookie {
        Cookie(name: name, value: token, path: "/", secure: isSecure, httpOnly: true, sameSite: .lax)
    }

    func form(_ token: String) -> Cookie {
        Cookie(name: formName, value: token, path: "/", secure: isSecure, httpOnly: true, sameSite: .strict)
    }

    func ended() -> Cookie {
        Cookie(name: name, value: "", maxAge: 0, path: "/", secure: isSecure, httpOnly: true, sameSite: .lax)
    }
}
