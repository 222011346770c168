import Foundation
import FoundationNetworking
import ProcessSupport

/// Asks for pages and sends forms by plain HTTP, as any program can, without following redirects.
final class Visitor: Sendable {
    struct Answer: Sendable {
        let status: Int
        let html: String
        let location: String?

        /// The value of the page's first hidden field of that name.
        func hidden(_ name: String) -> String? {
            guard let found = html.range(of: #"name="\#(name)" value=""#) else { return nil }
            return String(html[found.upperBound...].prefix { $0 != "\"" })
        }
    }

    let address: String
    private let client: URLSession

    init(_ site: Site) {
        address = site.address
        client = URLSession(configuration: .ephemeral, delegate: NoRedirects(), delegateQueue: nil)
    }

    deinit { client.invalidateAndCancel() }

    func get(_ path: String) async throws -> Answer { try await send(try request(path)) }

    func post(_ path: String, _ fields: [String: String]) async throws -> Answer {
        var request = try request(path)
        request.httpMethod = "POST"
        request.setValue("application/x-www-form-urlencoded", forHTTPHeaderField: "Content-Type")
        let pairs = fields.map { "\(Self.encoded($0.key))=\(Self.encoded($0.value))" }
        request.httpBody = Data(pairs.joined(separator: "&").utf8)
        return try await send(request)
    }

    func signIn(_ site: Site) async throws {
        let token = try await get("/signin").hidden("formToken") ?? ""
        let answer = try await post("/signin", ["formToken": token, "user": "admin", "password": site.password])
        guard answer.status == 303 else { throw Unexpected("not signed in: \(answer)") }
    }

    private func request(_ path: String) throws -> URLRequest {
        guard let url = URL(string: address + path) else { throw Unexpected("\(path) is no path") }
        return URLRequest(url: url)
    }

    private func send(_ request: URLRequest) async throws -> Answer {
        let (data, response) = try await client.data(for: request)
        guard let response = response as? HTTPURLResponse else { throw Unexpected("no HTTP answer") }
        return Answer(
            status: response.statusCode, html: String(decoding: data, as: UTF8.self),
            location: response.value(forHTTPHeaderField: "Location"))
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}

private final class NoRedirects: NSObject, URLSessionTaskDelegate, Sendable {
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }
}
