import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Synchronization
import Testing

@testable import Server

/// A visitor's browser as far as pages need one: cookies, forms, no script.
final class Browser: Sendable {
    private let server: TestServer
    private let jar = Mutex<[String: String]>([:])

    init(_ server: TestServer) {
        self.server = server
    }

    /// Adds the user and signs in.
    static func signedIn(
        _ server: TestServer, user: String = "alice", profile: String = "Administrator"
    ) async throws -> Browser {
        try await server.application.users.add(user, profile: profile, password: "correct horse", by: "test")
        let browser = Browser(server)
        let response = try await browser.signIn(user, "correct horse")
        #expect(response.status == 303)
        return browser
    }

    func signIn(_ user: String, _ password: String, next: String = "/") async throws -> TestResponse {
        let token = Self.formToken(try await get("/signin").body)
        return try await post(
            "/signin", ["formToken": token, "user": user, "password": password, "next": next])
    }

    func get(_ path: String) async throws -> TestResponse { try await send(.get, path, body: nil) }

    /// Sends a form; `formToken` is taken from the home page where it is not given.
    func post(_ path: String, _ fields: [String: String], headers: HTTPFields = [:]) async throws -> TestResponse {
        var fields = fields
        if fields["formToken"] == nil { fields["formToken"] = Self.formToken(try await get("/").body) }
        let body = fields.map { "\($0.key)=\(PagePath.segment($0.value))" }.joined(separator: "&")
        return try await send(.post, path, body: body, headers: headers)
    }

    func forgetCookies() { jar.withLock { $0 = [:] } }

    static func formToken(_ html: String) -> String { field("formToken", in: html) }

    /// The value of the first input of that name.
    static func field(_ name: String, in html: String) -> String {
        let parts = html.split(separator: "name=\"\(name)\" value=\"", maxSplits: 1)
        return parts.count == 2 ? String(parts[1].prefix { $0 != "\"" }) : ""
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, body: String?, headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        var headers = headers
        let cookies = jar.withLock { $0.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }
        if !cookies.isEmpty { headers[.cookie] = cookies }
        if body != nil { headers[.contentType] = "application/x-www-form-urlencoded" }
        let response = try await server.client.executeRequest(
            uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
        for cookie in response.headers[values: .setCookie] {
            let pair = cookie.split(separator: ";")[0].split(separator: "=", maxSplits: 1).map(String.init)
            jar.withLock { $0[pair[0]] = pair.count == 2 ? pair[1] : nil }
        }
        return TestResponse(response)
    }
}

extension Browser {
    /// The same user in another browser.
    static func signedInAgain(_ server: TestServer) async throws -> Browser {
        let browser = Browser(server)
        _ = try await browser.signIn("alice", "correct horse")
        return browser
    }
}
