import API
import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Server

@Suite struct RouteTests {
    /// The route's address with something in each `{…}`.
    private func address(_ route: Route) -> String {
        "/" + route.path.split(separator: "/").map { $0.hasPrefix("{") ? "x" : $0 }.joined(separator: "/")
    }

    @Test func `every route without token is 401, and without permission 403`() async throws {
        try await TestServer.run { server in
            let routes = server.application.features.routes
            #expect(routes.count > 20)
            for route in routes {
                let none = try await server.call(route.method, address(route), as: nil)
                #expect(none.status == 401, "\(route.method) \(route.path)")
                #expect(none.code == .unauthenticated)
                let forbidden = try await server.call(route.method, address(route), as: "Nobody")
                #expect(forbidden.status == 403, "\(route.method) \(route.path)")
                #expect(forbidden.code == .forbidden)
                #expect(forbidden.body.contains(route.permission))
            }
        }
    }

    /// DESIGN §9: a path is its permission's path and the method its verb; actions are POST to their own path.
    @Test func `a route's path says its permission`() async throws {
        try await TestServer.run { server in
            for route in server.application.features.routes {
                let parts = route.path.split(separator: "/").dropFirst().filter { !$0.hasPrefix("{") }
                let path = "/" + parts.joined(separator: "/")
                let root = "/" + parts.prefix(2).joined(separator: "/")
                let verb =
                    switch route.method {
                    case .get: "Query"
                    case .post: "Create"
                    case .patch, .put: "Update"
                    default: "Delete"
                    }
                let isAction = path == route.permission && (route.method == .post || path.hasSuffix("/GetLog"))
                #expect(isAction || route.permission == "\(root)/\(verb)", "\(route.method) \(route.path)")
            }
        }
    }

    @Test func `a token of a client that was removed or expires is refused at once`() async throws {
        try await TestServer.run { server in
            let token = try await server.token("Op")
            let headers: HTTPFields = [.authorization: "Bearer \(token)"]
            let before = try await server.client.executeRequest(
                uri: "/api/Jobs/Job", method: .get, headers: headers, body: nil)
            #expect(before.status == .ok)
            var files = Company.files
            files[1].text = files[1].text.replacing("Identifier=\"Op\"", with: "Identifier=\"Other\"")
            _ = try await server.application.deployment.deploy(
                files: files, simulateOnly: false, forceCascadeDelete: false, by: "test")
            let after = try await server.client.executeRequest(
                uri: "/api/Jobs/Job", method: .get, headers: headers, body: nil)
            #expect(after.status == .unauthorized)
        }
    }

    @Test func `the OpenAPI document names every route with its messages`() async throws {
        try await TestServer.run { server in
            let response = try await server.call(.get, "/api/openapi.json", as: nil)
            #expect(response.status == 200)
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(response.body.utf8)) as? [String: Any])
            let paths = try #require(document["paths"] as? [String: [String: Any]])
            for route in server.application.features.routes {
                #expect(paths[route.path]?[route.method.rawValue.lowercased()] != nil, "\(route.path)")
            }
            let components = try #require(document["components"] as? [String: Any])
            let schemas = try #require(components["schemas"] as? [String: [String: Any]])
            let properties = try #require(schemas["JobInstance"]?["properties"] as? [String: [String: Any]])
            #expect(
                Set(properties.keys) == [
                    "id", "job", "state", "agent", "installation", "requestedBy", "isForced", "isSimulation",
                    "requestedAt",
                    "startedAt", "endedAt", "message",
                ])
            #expect(properties["requestedAt"]?["format"] as? String == "date-time")
            #expect(schemas["RunState"]?["enum"] as? [String] == RunState.allCases.map(\.rawValue))
            #expect(
                Set(schemas["JobDefinition"]?["required"] as? [String] ?? []) == [
                    "job", "keptChanges", "openTaskInstances", "waiting",
                ])
        }
    }

    @Test func `an error says where the body is wrong`() async throws {
        try await TestServer.run { server in
            struct Wrong: Encodable {
                var job = 1
                var instance = "x"
                var isForced = false
            }
            let response = try await server.call(.post, "/api/Jobs/RunJob/Launch", body: Wrong())
            #expect(response.status == 400)
            #expect(response.headers[.contentType] == "application/problem+json")
            #expect(response.body.contains("\\\"job\\\" is of another type than String"))
            let missing = try await server.call(.post, "/api/Jobs/RunJob/Launch", body: ["job": "x"])
            #expect(missing.body.contains("lacks \\\"instance\\\""))
            let unknown = try await server.call(.get, "/api/Jobs/Nothing")
            #expect(unknown.status == 404)
            #expect(unknown.code == .notFound)
        }
    }
}
