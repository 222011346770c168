import Foundation
import FoundationNetworking
import ProcessSupport

/// A process of chromedriver, which starts and steers one Chromium.
final class Driver: @unchecked Sendable {
    static let browser = "/usr/bin/chromium"
    static let executable = "/usr/bin/chromedriver"

    private let program: Program
    private let folder: String
    private let address: String
    private let client: URLSession

    private init(port: Int) throws {
        for needed in [Self.browser, Self.executable] where !FileManager.default.isExecutableFile(atPath: needed) {
            throw Unexpected(
                "\(needed) is missing, and without it the pages are not tested: apt-get install chromium "
                    + "chromium-driver, or `make test`, which does that.")
        }
        folder = NSTemporaryDirectory() + "weir-browser-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        program = try Program(
            ["--port=\(port)"], in: folder, environment: ["TMPDIR": folder], executable: Self.executable)
        address = "http://127.0.0.1:\(port)"
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = 60
        client = URLSession(configuration: configuration)
    }

    static func start() async throws -> Driver {
        let driver = try Driver(port: Company.freePort())
        guard driver.program.waitFor("started successfully") else {
            driver.stop()
            throw Unexpected("chromedriver did not start:\n\(driver.program.printed)")
        }
        return driver
    }

    /// Ends driver and browser, and removes what they have written.
    func stop() {
        client.invalidateAndCancel()
        program.signal(SIGTERM)
        program.end()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// One command; its answer's `value`.
    func send(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> JSON {
        guard let url = URL(string: address + path) else { throw Unexpected("\(path) is no path") }
        var request = URLRequest(url: url)
        request.httpMethod = method
        if let body {
            request.httpBody = try JSONEncoder().encode(body)
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        let (data, response) = try await client.data(for: request)
        let value = try JSONDecoder().decode([String: JSON].self, from: data)["value"] ?? .null
        guard (response as? HTTPURLResponse)?.statusCode == 200 else {
            throw WebDriverError(
                code: value["error"]?.text ?? "unknown error", message: value["message"]?.text ?? "\(value)")
        }
        return value
    }
}
