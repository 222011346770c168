import API
import Foundation
import HTTPTypes
import Storage
import Testing

@testable import Server

@Suite struct TokenTests {
    @Test(arguments: [
        "client_id=Job&client_secret=secret&grant_type=client_credentials&scope=usercube_api",
        "client_id=Job%40agent.local&client_secret=secret&grant_type=client_credentials",
        "grant_type=client_credentials&client_secret=s%65cret&client_id=Job",
    ])
    func `a client gets a token for the right secret`(body: String) async throws {
        try await TestServer.run { server in
            let response = try await server.form(body)
            let answer = try response.json(TokenAnswer.self)
            #expect(answer.tokenType == "Bearer")
            #expect(answer.expiresIn == 3600)
            #expect(answer.scope == "usercube_api")
            #expect(response.headers[.cacheControl] == "no-store")
            let token = try await server.application.features.issuer.verify(answer.accessToken)
            #expect(token.sub == "Job")
            #expect(token.aud == "usercube_api")
            #expect(token.iss == "http://localhost:5000")
        }
    }

    @Test(arguments: [
        ("client_id=Job&client_secret=wrong&grant_type=client_credentials", 401, "invalid_client"),
        ("client_id=Nobody%40&client_secret=&grant_type=client_credentials", 401, "invalid_client"),
        ("client_id=Unknown&client_secret=secret&grant_type=client_credentials", 401, "invalid_client"),
        ("client_id=Old&client_secret=secret&grant_type=client_credentials", 401, "invalid_client"),
        ("client_id=Job&client_secret=secret&grant_type=password", 400, "unsupported_grant_type"),
        ("client_id=Job&client_secret=secret", 400, "invalid_request"),
        ("client_id=Job&client_secret=secret&grant_type=client_credentials&scope=other", 400, "invalid_scope"),
        ("client_id=Job&client_id=Op&client_secret=secret&grant_type=client_credentials", 400, "invalid_request"),
        ("client_id=%FF&client_secret=secret&grant_type=client_credentials", 400, "invalid_request"),
    ])
    func `what is wrong is answered as RFC 6749 says`(body: String, status: Int, error: String) async throws {
        try await TestServer.run { server in
            let response = try await server.form(body)
            #expect(response.status == status)
            #expect(try response.json(TokenError.Body.self).error == error)
            #expect((response.headers[.wwwAuthenticate] != nil) == (status == 401))
        }
    }

    @Test func `Basic credentials are percent-decoded and not mixed with the body's`() async throws {
        try await TestServer.run { server in
            let encoded = Data("J%6Fb:secret".utf8).base64EncodedString()
            let right = try await server.form(
                "grant_type=client_credentials", headers: [.authorization: "Basic \(encoded)"])
            #expect(right.status == 200)
            let both = try await server.form(
                "grant_type=client_credentials&client_secret=secret", headers: [.authorization: "Basic \(encoded)"])
            #expect(try both.json(TokenError.Body.self).error == "invalid_request")
        }
    }

    @Test func `ten failures a minute lock this client out from this address, and nobody else`() async throws {
        try await TestServer.run { server in
            let wrong = "client_id=Job&client_secret=wrong&grant_type=client_credentials"
            for _ in 1...10 { #expect(try await server.form(wrong).status == 401) }
            let limited = try await server.form(wrong.replacing("wrong", with: "secret"))
            #expect(limited.status == 429)
            #expect(limited.headers[.retryAfter] == "60")
            #expect(try await server.form(wrong.replacing("Job", with: "Op")).status == 401)
            server.clock.advance(by: 61)
            #expect(try await server.form(wrong.replacing("wrong", with: "secret")).status == 200)
        }
    }

    @Test func `failures are in the audit table, which is append-only`() async throws {
        try await TestServer.run { server in
            _ = try await server.form("client_id=Job&client_secret=wrong&grant_type=client_credentials")
            let rows = try await server.database.read { transaction in
                try transaction.rows("SELECT Actor, Detail FROM UA_Audit WHERE Action = 'tokenRefused'")
                    .map { [try $0.string("Actor"), try $0.string("Detail")] }
            }
            #expect(rows == [["client Job", "from unknown"]])
            await #expect(throws: (any Error).self) {
                try await server.database.write { try $0.execute("DELETE FROM UA_Audit") }
            }
            await #expect(throws: (any Error).self) {
                try await server.database.write { try $0.execute("UPDATE UA_Audit SET Actor = 'x'") }
            }
        }
    }

    @Test func `a token ends after an hour and belongs to this issuer`() async throws {
        try await TestServer.run { server in
            let issuer = server.application.features.issuer
            let token = try await server.token("Job")
            let other = TokenIssuer(
                issuer: "http://elsewhere", keys: issuer.keys, clock: issuer.clock,
                makeIdentifier: issuer.makeIdentifier)
            await #expect(throws: ServerError.self) { try await other.verify(token) }
            server.clock.advance(by: 3599)
            #expect(try await issuer.verify(token).sub == "Job")
            server.clock.advance(by: 1)
            await #expect(throws: ServerError.self) { try await issuer.verify(token) }
        }
    }

    @Test func `a key is rotated after 90 days and verifies until its tokens are out`() async throws {
        try await TestServer.run { server in
            let keys = server.application.features.issuer.keys
            let first = try await keys.current().id
            server.clock.advance(by: 90 * 24 * 3600 - 1800)
            let token = try await server.token("Job")
            server.clock.advance(by: 1800)
            let second = try await keys.current().id
            #expect(first != second)
            #expect(try await keys.keys().map(\.id) == [first, second])
            #expect(try await server.application.features.issuer.verify(token).sub == "Job")
            server.clock.advance(by: 7200)
            #expect(try await keys.keys().map(\.id) == [second])
        }
    }

    @Test func `discovery and keys are public`() async throws {
        try await TestServer.run { server in
            let metadata = try await server.call(.get, "/.well-known/openid-configuration", as: nil)
            #expect(try metadata.json(ProviderMetadata.self) == ProviderMetadata(issuer: "http://localhost:5000"))
            let keys = try await server.call(.get, "/connect/jwks", as: nil).json(JSONWebKeySet.self)
            #expect(keys.keys.map(\.alg) == ["ES256"])
            #expect(keys.keys.allSatisfy { !$0.x.isEmpty && !$0.y.isEmpty })
        }
    }
}
