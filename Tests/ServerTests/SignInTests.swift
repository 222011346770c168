import API
import Foundation
import HTTPTypes
import Storage
import Testing

@testable import Server

@Suite struct SignInTests {
    @Test func `a user signs in, comes back to the page asked for, and signs out`() async throws {
        try await TestServer.run { server in
            try await server.application.users.add(
                "alice", profile: "Operator", password: "correct horse", by: "test")
            let browser = Browser(server)
            let asked = try await browser.get("/jobs?q=HR")
            #expect(asked.status == 303)
            #expect(asked.headers[.location] == "/signin?next=%2Fjobs%3Fq%3DHR")
            let signedIn = try await browser.signIn("alice", "correct horse", next: "/jobs?q=HR")
            #expect(signedIn.headers[.location] == "/jobs?q=HR")
            let cookie = try #require(signedIn.headers[values: .setCookie].first)
            #expect(cookie.hasPrefix("weir="))
            #expect(cookie.contains("HttpOnly"))
            #expect(cookie.contains("SameSite=Lax"))
            #expect(try await browser.get("/jobs?q=HR").body.contains("HR - Synchronize"))
            #expect(try await browser.post("/signout", [:]).headers[.location] == "/signin")
            #expect(try await browser.get("/jobs").status == 303)
        }
    }

    @Test func `a wrong password is refused, told, recorded and counted`() async throws {
        try await TestServer.run { server in
            let browser = try await Browser.signedIn(server)
            browser.forgetCookies()
            for attempt in 1...10 {
                let refused = try await browser.signIn("alice", "wrong horse \(attempt)")
                #expect(refused.status == 401)
                #expect(refused.body.contains("User name or password is wrong."))
            }
            let limited = try await browser.signIn("alice", "correct horse")
            #expect(limited.status == 429)
            #expect(limited.headers[.retryAfter] != nil)
            let count = try await server.database.read { transaction in
                try transaction.count("SELECT count(*) FROM UA_Audit WHERE Action = 'signInRefused'")
            }
            #expect(count == 10)
        }
    }

    @Test func `a session ends after eight idle hours and the page says so`() async throws {
        try await TestServer.run { server in
            let browser = try await Browser.signedIn(server)
            server.clock.advance(by: 7.9 * 3600)
            #expect(try await browser.get("/").status == 200)
            server.clock.advance(by: 7.9 * 3600)
            #expect(try await browser.get("/").status == 200)
            server.clock.advance(by: 8.1 * 3600)
            let ended = try await browser.get("/jobs")
            #expect(ended.headers[.location] == "/signin?next=%2Fjobs&ended=1")
            #expect(try await browser.get("/signin?next=%2Fjobs&ended=1").body.contains("Your session has ended"))
        }
    }

    @Test(arguments: ["//evil.example/", "https://evil.example/", "/\\evil.example", "/a\r\nSet-Cookie: x", "jobs"])
    func `signing in leads to no other server`(next: String) {
        #expect(SignInFeature.safePath(next) == "/")
    }

    @Test func `the sign-in form of another site is refused`() async throws {
        try await TestServer.run { server in
            let browser = try await Browser.signedIn(server)
            browser.forgetCookies()
            let forged = try await browser.post(
                "/signin", ["formToken": "guess", "user": "alice", "password": "correct horse"])
            #expect(forged.status == 403)
            #expect(try await browser.get("/").status == 303)
        }
    }

    @Test func `users are checked before they are added`() async throws {
        try await TestServer.run { server in
            let users = server.application.users
            func code(_ name: String, _ profile: String, _ password: String) async -> ProblemCode? {
                do {
                    try await users.add(name, profile: profile, password: password, by: "test")
                    return nil
                } catch {
                    return (error as? ServerError)?.code
                }
            }
            #expect(await code("bob", "Operator", "correct horse") == nil)
            #expect(await code("bob", "Operator", "correct horse") == .invalidRequest)
            #expect(await code("", "Operator", "correct horse") == .invalidRequest)
            #expect(await code("eve", "Nothing", "correct horse") == .invalidRequest)
            #expect(await code("eve", "Operator", "short") == .invalidRequest)
            let names = try await users.names()
            #expect(names == ["bob"])
        }
    }

    @Test func `a password is kept as scrypt with a salt of its own`() throws {
        let first = try PasswordHash(of: "correct horse", cost: 1 << 10)
        let second = try PasswordHash(of: "correct horse", cost: 1 << 10)
        #expect(first != second)
        #expect(try first.matches("correct horse"))
        #expect(try !first.matches("Correct horse"))
    }
}
