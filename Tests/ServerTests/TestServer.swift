import API
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Storage
import Testing
import WeirConfiguration
import WeirSynchronization

@testable import Server

/// A server on a temporary database with ``Company`` deployed, asked through its router.
struct TestServer: Sendable {
    let application: ServerApplication
    let database: any Database
    let clock: StoppedClock
    let client: any TestClientProtocol

    var jobs: JobStore { application.features.jobs }

    /// - Parameter files: what is deployed first; none leaves the database empty.
    static func run(
        files: [ConfigurationFile] = Company.files, settings: ServerSettings = ServerSettings(),
        _ test: @Sendable (TestServer) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-server-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var settings = settings
        settings.passwordHashCost = 1 << 4
        settings.workFolderPath = folder.appending(path: "Work").path
        let database = try openDatabase("sqlite:" + folder.appending(path: "weir.db").path)
        try await Migrator.migrate(database)
        let clock = StoppedClock()
        let application = try ServerApplication(
            settings: settings, database: database, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            clock: { clock.now })
        if !files.isEmpty {
            let report = try await application.deployment.deploy(
                files: files, simulateOnly: false, forceCascadeDelete: false, by: "test")
            try #require(report.errors == [])
        }
        try await application.listener().test(.router) { client in
            try await test(
                TestServer(application: application, database: database, clock: clock, client: client))
        }
    }

    /// Asks for a token with HTTP Basic.
    func token(_ client: String) async throws -> String {
        let basic = Data("\(client):\(Company.secret)".utf8).base64EncodedString()
        let response = try await form("grant_type=client_credentials", headers: [.authorization: "Basic \(basic)"])
        return try response.json(TokenAnswer.self).accessToken
    }

    func form(_ body: String, headers: HTTPFields = [:]) async throws -> TestResponse {
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        return try await TestResponse(
            client.executeRequest(
                uri: "/connect/token", method: .post, headers: headers, body: ByteBuffer(string: body)))
    }

    /// Calls the API as a client of ``Company``, or without token.
    func call(
        _ method: HTTPRequest.Method, _ path: String, as client: String? = "Admin", body: (any Encodable)? = nil
    ) async throws -> TestResponse {
        var headers: HTTPFields = [.contentType: "application/json"]
        if let client { headers[.authorization] = "Bearer \(try await token(client))" }
        let buffer = try body.map { ByteBuffer(bytes: try WireJSON.encode($0)) }
        return try await TestResponse(
            self.client.executeRequest(uri: path, method: method, headers: headers, body: buffer))
    }

    func put(_ path: String, as client: String, text: String) async throws -> TestResponse {
        try await TestResponse(
            self.client.executeRequest(
                uri: path, method: .put, headers: [.authorization: "Bearer \(try await token(client))"],
                body: ByteBuffer(string: text)))
    }

    /// Runs the engine beside a test that has it apply sessions.
    func withEngine(_ body: @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.engine.run() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    /// The model as deployed.
    func model() async throws -> Model { try await application.configuration.model() }
}

struct TestResponse: Sendable {
    var status: Int
    var headers: HTTPFields
    var body: String

    init(_ response: HummingbirdTesting.TestResponse) {
        status = response.status.code
        headers = response.headers
        body = String(buffer: response.body)
    }

    func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
        do {
            return try WireJSON.decode(type, from: Data(body.utf8))
        } catch {
            Issue.record("\(status): \(body)")
            throw error
        }
    }

    /// The problem's code; nil where the answer is none.
    var code: ProblemCode? { try? WireJSON.decode(API.Problem.self, from: Data(body.utf8)).code }
}
