import Foundation
import ProcessSupport

/// A process of chromedriver, which starts and steers one Chromium.
final class Driver: @unchecked Sendable {
    static let browser = "/usr/bin/chromium"
    static let executable = "/usr/bin/chromedriver"

    private let program: Program
    private let folder: String
    private let port: Int

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
        self.port = port
    }

    static func start() async throws -> Driver {
        let driver = try Driver(port: Company.freePort())
        guard driver.program.waitFor("started successfully") else {
            await driver.stop()
            throw Unexpected("chromedriver did not start:\n\(driver.program.printed)")
        }
        return driver
    }

    /// Ends driver and browser, and removes what they have written.
    ///
    /// The driver is asked to go, which ends its browser too: a child of a test's thread does not get to hear SIGTERM.
    func stop() async {
        _ = try? await send("GET", "/shutdown")
        program.kill()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// One command; its answer's `value`.
    func send(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> JSON {
        let sent = try body.map { try JSONEncoder().encode($0) } ?? Data()
        let (status, data) = try await LoopbackHTTP.send(method, path, port: port, body: sent)
        let value = try JSONDecoder().decode([String: JSON].self, from: data)["value"] ?? .null
        guard status == 200 else {
            throw WebDriverError(
                code: value["error"]?.text ?? "unknown error", message: value["message"]?.text ?? "\(value)")
        }
        return value
    }
}
