import Foundation

/// The typed client that agent and tools share.
///
/// Every call of the API may be sent again: it names what it makes, or moves a state to where it already is. So a call
/// without answer, or with 502–504, is sent again until `patience` is over.
package struct APIClient: Sendable {
    /// For messages: `http://localhost:5000`.
    package let server: String
    let transport: any Transport
    package let credentials: Credentials
    private(set) var patience: Duration
    let now: @Sendable () -> Date
    let sleep: @Sendable (Duration) async throws -> Void
    private let tokens = TokenCache()

    package init(
        server: String, transport: any Transport, credentials: Credentials, patience: Duration = .seconds(30),
        now: @escaping @Sendable () -> Date = { Date() },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.server = server
        self.transport = transport
        self.credentials = credentials
        self.patience = patience
        self.now = now
        self.sleep = sleep
    }

    /// Another client on the same server: a task may name its own OpenIdClient.
    package func authenticated(as credentials: Credentials) -> APIClient {
        APIClient(
            server: server, transport: transport, credentials: credentials, patience: patience, now: now, sleep: sleep)
    }

    /// The same client, its tokens included, with another patience.
    package func patient(for patience: Duration) -> APIClient {
        var client = self
        client.patience = patience
        return client
    }

    func get<Answer: Decodable>(_ path: String, timeout: Duration = .seconds(60)) async throws -> Answer {
        try decode(try await call("GET", path, body: .none, timeout: timeout), path)
    }

    /// nil for 204.
    func getIfAny<Answer: Decodable>(_ path: String, timeout: Duration) async throws -> Answer? {
        let response = try await call("GET", path, body: .none, timeout: timeout)
        return response.status == 204 ? nil : try decode(response, path)
    }

    func send<Answer: Decodable>(
        _ method: String, _ path: String, _ body: some Encodable, timeout: Duration = .seconds(60)
    ) async throws -> Answer {
        let data = try JSONCoding.encoder().encode(body)
        return try decode(try await call(method, path, body: .json(data), timeout: timeout), path)
    }

    func post(_ path: String, _ body: some Encodable) async throws {
        let data = try JSONCoding.encoder().encode(body)
        _ = try await call("POST", path, body: .json(data), timeout: .seconds(60))
    }

    /// One answered call, authenticated; a token that the server refuses is fetched anew once.
    func call(
        _ method: String, _ path: String, body: APIRequest.Body, timeout: Duration, answerFile: String? = nil
    ) async throws -> APIResponse {
        var isSecondToken = false
        while true {
            let token = try await tokens.token(now: now()) { try await fetchToken() }
            var request = APIRequest(method: method, path: path, body: body, timeout: timeout, answerFile: answerFile)
            request.headers.append((name: "Authorization", value: "Bearer \(token)"))
            let response = try await patiently(request)
            if response.status == 401, !isSecondToken {
                await tokens.forget(token)
                isSecondToken = true
                continue
            }
            guard (200..<300).contains(response.status) else { throw failure(response, path) }
            return response
        }
    }

    private func fetchToken() async throws -> TokenAnswer {
        let form = [
            "grant_type": "client_credentials", "scope": "usercube_api", "client_id": credentials.clientId,
            "client_secret": credentials.secret,
        ]
        let text = form.sorted { $0.key < $1.key }.map { "\($0.key)=\(PathSegment.encoded($0.value))" }
        let path = "/connect/token"
        let response = try await patiently(
            APIRequest(method: "POST", path: path, body: .form(text.joined(separator: "&"))))
        if response.status == 200 { return try decode(response, path) }
        if let refusal = try? JSONDecoder().decode(TokenRefusal.self, from: response.body) {
            throw APIError.problem(
                Problem(
                    title: "The client was refused", status: 401,
                    detail: """
                        The server \(server) refused the client "\(credentials.clientId)": \
                        \(refusal.errorDescription ?? refusal.error)
                        """,
                    code: response.status == 429 ? .tooManyAttempts : .unauthenticated))
        }
        throw failure(response, path)
    }

    /// Sends until there is an answer that is final, or patience is over.
    private func patiently(_ request: APIRequest) async throws -> APIResponse {
        var delay = Duration.milliseconds(100)
        let deadline = now().addingTimeInterval(patience.seconds)
        while true {
            let reason: String
            do {
                let response = try await transport.send(request)
                guard (502...504).contains(response.status) else { return response }
                reason = "it answered \(response.status)"
            } catch let failure as TransportFailure {
                reason = failure.reason
            }
            try Task.checkCancellation()
            guard now().addingTimeInterval(delay.seconds) < deadline else {
                throw APIError.unreachable(server: server, reason: reason)
            }
            try await sleep(delay)
            delay = min(delay * 2, .seconds(2))
        }
    }

    private func failure(_ response: APIResponse, _ path: String) -> APIError {
        if let problem = try? JSONDecoder().decode(Problem.self, from: response.body) { return .problem(problem) }
        return .unexpected(server: server, status: response.status, path: path)
    }

    private func decode<Answer: Decodable>(_ response: APIResponse, _ path: String) throws -> Answer {
        do {
            return try JSONCoding.decoder().decode(Answer.self, from: response.body)
        } catch {
            throw APIError.unexpected(server: server, status: response.status, path: path)
        }
    }
}

extension Duration {
    /// The duration in seconds, for `Date` arithmetic.
    package var seconds: TimeInterval {
        TimeInterval(components.seconds) + TimeInterval(components.attoseconds) / 1e18
    }
}
