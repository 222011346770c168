import API
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import WeirConfiguration

/// Lets signed-in visitors with the right permission through to pages, and forms only with their token.
struct PageRouter: Sendable {
    let routes: [PageRoute]
    let signIns: SignInStore
    let users: UserStore
    let configuration: ConfigurationStore
    let templates: Templates
    let cookies: SignInCookies
    let clock: @Sendable () -> Date

    func add(to router: Router<RequestScope>) {
        for route in routes {
            router.on(RouterPath(route.path), method: route.method) { request, scope in
                guard let visit = try await visit(request, scope, route) else {
                    return Response.seeOther(signInPath(request))
                }
                do {
                    if case .permission(let permission) = route.access {
                        try visit.caller.require(permission, in: visit.model)
                    }
                    return try await route.handle(visit)
                } catch {
                    let known = ServerError(error, logger: scope.logger)
                    let page = MessagePage(known, layout: visit.layout("", at: request.uri.path))
                    return .html(try templates.render(MessagePage.name, page), status: known.status)
                }
            }
        }
    }

    /// nil: nobody is signed in, or no more.
    private func visit(_ request: Request, _ scope: RequestScope, _ route: PageRoute) async throws -> Visit? {
        guard let token = cookies.token(of: request), let signIn = try await signIns.find(token),
            let user = try await users.user(signIn.userName)
        else { return nil }
        let model = try await configuration.model()
        let now = clock()
        let caller = Caller(name: "user \(user.name)", profiles: profiles(of: user, now, model))
        let form = route.method == .get ? nil : try await checkedForm(request, token: signIn.formToken)
        return Visit(
            request: request, parameters: scope.parameters, caller: caller, signIn: signIn, model: model, form: form,
            now: now)
    }

    /// The profile that the user was added with and those assigned (REFERENCE §7), without those that are denied.
    private func profiles(of user: UserStore.User, _ now: Date, _ model: Model) -> [String] {
        let moment = now.formatted(Date.ISO8601FormatStyle())
        let assigned = Permissions.profiles(of: user.name, at: moment, model: model)
        let isDenied = model.assignedProfiles.contains {
            $0.user == user.name && $0.profile == user.profile && $0.isDenied && $0.startDate ?? moment <= moment
                && moment <= $0.endDate ?? moment
        }
        return isDenied ? assigned : Set(assigned + [user.profile]).sorted()
    }

    private func checkedForm(_ request: Request, token: String) async throws -> FormBody {
        let form = try await FormBody(of: request)
        try form.require(token: token, from: request)
        return form
    }

    /// The sign-in page that leads back; after a form, to the page that it was on.
    private func signInPath(_ request: Request) -> String {
        var next = request.uri.path
        if request.method != .get {
            next = request.headers[.referer].flatMap { URLComponents(string: $0)?.path } ?? PagePath.home
        } else if let query = request.uri.query {
            next += "?" + query
        }
        let ended = cookies.token(of: request) == nil ? "" : "&ended=1"
        return "/signin?next=" + PagePath.segment(next) + ended
    }
}

extension FormBody {
    init(of request: Request) async throws {
        guard let buffer = try? await request.body.collect(upTo: 64 * 1024),
            let form = FormBody(String(buffer: buffer))
        else { throw ServerError(.invalidRequest, "The form is too large or not form-encoded UTF-8.") }
        self = form
    }

    /// Throws unless the form comes from a page of ours, in this session.
    func require(token: String, from request: Request) throws {
        let sent = Array((self["formToken"] ?? "").utf8)
        let wanted = Array(token.utf8)
        let isSame =
            sent.count == wanted.count && zip(sent, wanted).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
        guard isSame, !wanted.isEmpty, request.headers[.secFetchSite] != "cross-site" else {
            throw ServerError(
                .forbidden,
                "This form is too old, or was not sent from a page of this server; nothing was done. Go back, reload the "
                    + "page and try again.")
        }
    }
}
