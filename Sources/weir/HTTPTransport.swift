import API
import Agent
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// The API's transport over HTTP. One for the whole process; files are streamed.
struct HTTPTransport: Transport {
    let server: String
    let client: HTTPClient

    /// Lives as long as the process. It does not try connections again by itself, which it would do for as long as an
    /// answer may take: patience is the API client's.
    private static let processClient = {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.connectionPool.retryConnectionEstablishment = false
        // Every request says how long its answer may take; one that reads millions of rows is silent for minutes.
        configuration.timeout.read = nil
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    init(server: String) {
        self.init(server: server, client: Self.processClient)
    }

    init(server: String, client: HTTPClient) {
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
        self.client = client
    }

    func send(_ request: APIRequest) async throws -> APIResponse {
        var outgoing = HTTPClientRequest(url: server + request.path)
        outgoing.method = .RAW(value: request.method)
        for header in request.headers { outgoing.headers.add(name: header.name, value: header.value) }
        switch request.body {
        case .none: break
        case .json(let data):
            outgoing.headers.add(name: "Content-Type", value: "application/json")
            outgoing.body = .bytes(ByteBuffer(data: data))
        case .form(let text):
            outgoing.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            outgoing.body = .bytes(ByteBuffer(string: text))
        case .file(let path, let byteCount):
            outgoing.headers.add(name: "Content-Type", value: "text/csv")
            outgoing.body = .stream(try FileChunks(path: path), length: .known(Int64(byteCount)))
        }
        do {
            let response = try await client.execute(
                outgoing, timeout: .nanoseconds(Int64(request.timeout.seconds * 1e9)))
            if let path = request.answerFile, response.status == .ok {
                let count = try await AnswerFile(path: path).receive(response.body)
                return APIResponse(status: 200, body: Data(), byteCount: count)
            }
            let body = try await response.body.collect(upTo: Self.largestAnswer)
            return APIResponse(status: Int(response.status.code), body: Data(buffer: body))
        } catch let error as CancellationError {
            throw error
        } catch let error as AgentError {
            throw error
        } catch {
            throw TransportFailure(reason: Self.reason(error))
        }
    }

    private static let largestAnswer = 256 << 20

    private static func reason(_ error: any Error) -> String {
        let text = "\(error)"
        if text.contains("connectTimeout") || text.contains("deadlineExceeded") { return "no answer in time" }
        if text.contains("Connection refused") || text.contains("errno: 111") { return "connection refused" }
        if text.contains("remoteConnectionClosed") { return "the connection was closed" }
        return text
    }
}

/// A file as a sequence of buffers of 256 KB.
struct FileChunks: AsyncSequence, Sendable {
    let path: String

    init(path: String) throws {
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw CocoaError(.fileReadNoSuchFile, userInfo: [NSFilePathErrorKey: path])
        }
        self.path = path
    }

    func makeAsyncIterator() -> Iterator {
        Iterator(handle: FileHandle(forReadingAtPath: path))
    }

    struct Iterator: AsyncIteratorProtocol {
        let handle: FileHandle?

        mutating func next() async throws -> ByteBuffer? {
            guard let data = try handle?.read(upToCount: 256 << 10), !data.isEmpty else { return nil }
            return ByteBuffer(data: data)
        }
    }
}
