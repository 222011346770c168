import API
import HTTPTypes

/// The OpenAPI 3.1 document of a table of routes.
enum OpenAPIDocument {
    static func make(_ routes: [Route], issuer: String) -> JSONValue {
        let reader = SchemaReader()
        var paths: [String: [String: JSONValue]] = [:]
        for route in routes {
            paths[route.path, default: [:]][route.method.rawValue.lowercased()] = operation(route, reader)
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Weir", "version": "1",
                "description": "Every call needs the permission that its x-permission names; errors are RFC 9457.",
            ],
            "servers": [["url": .string(issuer)]],
            "paths": .object(paths.mapValues { .object($0) }),
            "components": [
                "schemas": .object(reader.components),
                "securitySchemes": [
                    "token": [
                        "type": "oauth2",
                        "flows": [
                            "clientCredentials": [
                                "tokenUrl": .string(issuer + "/connect/token"),
                                "scopes": .object([AccessToken.scope: "The whole API, within the client's profile."]),
                            ]
                        ],
                    ]
                ],
            ],
            "security": [.object(["token": .array([.string(AccessToken.scope)])])],
        ]
    }

    private static func operation(_ route: Route, _ reader: SchemaReader) -> JSONValue {
        let names = route.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { $0.dropFirst().dropLast() }
        let inPath: [JSONValue] = names.map {
            ["name": .string(String($0)), "in": "path", "required": .bool(true), "schema": ["type": "string"]]
        }
        let inQuery: [JSONValue] = route.query.map {
            [
                "name": .string($0.name), "in": "query", "description": .string($0.meaning),
                "schema": ["type": "string"],
            ]
        }
        var members: [String: JSONValue] = [
            "summary": .string(route.summary), "x-permission": .string(route.permission),
            "parameters": .array(inPath + inQuery),
        ]
        if let body = route.body {
            members["requestBody"] = ["required": .bool(true), "content": content(body, reader)]
        }
        var answers: [String: JSONValue] = [
            "default": [
                "description": "What went wrong.",
                "content": ["application/problem+json": ["schema": reader.schema(of: API.Problem.self)]],
            ]
        ]
        if let answer = route.answer {
            answers["200"] = ["description": "Done.", "content": content(answer, reader)]
        } else {
            answers["204"] = ["description": "Done."]
        }
        members["responses"] = .object(answers)
        return .object(members)
    }

    private static func content(_ content: Route.Content, _ reader: SchemaReader) -> JSONValue {
        .object([content.mediaType: ["schema": content.describe(reader)]])
    }
}
