import Foundation
import ProcessSupport

/// A headless Chromium that a test drives over W3C WebDriver (https://www.w3.org/TR/webdriver2/).
final class Browser: Sendable {
    /// Where an element is looked for.
    enum Place: Sendable {
        case css(String)
        /// A link by the text that a reader sees.
        case link(String)
        /// A button by the text that a reader sees.
        case button(String)
        case xpath(String)
    }

    /// What the page of the test belongs to.
    let address: String
    private let session: String
    private let driver: Driver

    private init(_ driver: Driver, address: String, width: Int, height: Int) async throws {
        self.driver = driver
        self.address = address
        let options: JSON = [
            "binary": .text(Driver.browser),
            "args": [
                "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run",
                "--disable-background-networking", .text("--window-size=\(width),\(height)"),
            ],
        ]
        let answer = try await driver.send(
            "POST", "/session",
            ["capabilities": ["alwaysMatch": ["browserName": "chrome", "goog:chromeOptions": options]]])
        guard let session = answer["sessionId"]?.text else { throw Unexpected("no browser session: \(answer)") }
        self.session = "/session/\(session)"
    }

    /// Gives the body a browser, and ends it after that.
    ///
    /// - Parameter address: what paths are relative to, for instance `http://127.0.0.1:5000`.
    static func open<Value>(
        _ address: String, width: Int = 1280, height: Int = 900, _ body: (Browser) async throws -> Value
    ) async throws -> Value {
        let driver = try await Driver.start()
        let result: Result<Value, any Error>
        do {
            let browser = try await Browser(driver, address: address, width: width, height: height)
            result = .success(try await body(browser))
        } catch {
            result = .failure(error)
        }
        await driver.stop()
        return try result.get()
    }

    // MARK: Going about

    func go(_ path: String) async throws {
        _ = try await call("/url", ["url": .text(address + path)])
    }

    /// The path of the page that is shown.
    func path() async throws -> String {
        let url = try await get("/url").text ?? ""
        return String(url.dropFirst(address.count))
    }

    func click(_ place: Place) async throws {
        _ = try await call("/element/\(try await element(place))/click")
    }

    /// Two clicks as fast as a hand is at its fastest.
    func doubleClick(_ place: Place) async throws {
        let element: JSON = .object([Self.elementKey: .text(try await element(place))])
        try await script("arguments[0].scrollIntoView({ block: 'center' })", [element])
        let down: JSON = ["type": "pointerDown", "button": 0]
        let up: JSON = ["type": "pointerUp", "button": 0]
        let move: JSON = ["type": "pointerMove", "duration": 0, "origin": element, "x": 0, "y": 0]
        _ = try await call(
            "/actions",
            ["actions": [["type": "pointer", "id": "mouse", "actions": [move, down, up, down, up]]]])
    }

    func type(_ text: String, into place: Place) async throws {
        let element = try await element(place)
        _ = try await call("/element/\(element)/clear")
        _ = try await call("/element/\(element)/value", ["text": .text(text)])
    }

    func setCookie(_ name: String, _ value: String) async throws {
        _ = try await call("/cookie", ["cookie": ["name": .text(name), "value": .text(value), "httpOnly": true]])
    }

    func cookie(_ name: String) async throws -> JSON {
        try await get("/cookie/\(name)")
    }

    // MARK: Looking

    /// The visible text of what a selector finds first; empty when it finds nothing.
    func text(_ css: String) async throws -> String {
        try await script("return document.querySelector(arguments[0])?.innerText ?? ''", [.text(css)]).text ?? ""
    }

    func texts(_ css: String) async throws -> [String] {
        let found = try await script(
            "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText)", [.text(css)])
        return found.list?.compactMap(\.text) ?? []
    }

    @discardableResult
    func script(_ text: String, _ arguments: [JSON] = []) async throws -> JSON {
        try await call("/execute/sync", ["script": .text(text), "args": .list(arguments)])
    }

    /// Asks until the condition holds, at most for so many seconds.
    func wait(
        _ what: String, seconds: TimeInterval = 40, until condition: (Browser) async throws -> Bool
    ) async throws {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while true {
            do {
                if try await condition(self) { return }
            } catch let error as WebDriverError where error.isOfChangingPage {
                // The page was exchanged while it was looked at.
            }
            guard Date() < deadline else {
                throw Unexpected("not in \(Int(seconds)) s: \(what); the page says:\n\(try await text("main"))")
            }
            try await Task.sleep(for: .milliseconds(40))
        }
    }

    // MARK: What only this browser can

    /// A command of the Chrome DevTools Protocol.
    @discardableResult
    func command(_ name: String, _ parameters: JSON) async throws -> JSON {
        try await call("/goog/cdp/execute", ["cmd": .text(name), "params": parameters])
    }

    func setScripts(_ areRun: Bool) async throws {
        try await command("Emulation.setScriptExecutionDisabled", ["value": .boolean(!areRun)])
    }

    func show(width: Int, height: Int = 800, dark: Bool = false) async throws {
        try await command(
            "Emulation.setDeviceMetricsOverride",
            [
                "width": .number(Double(width)), "height": .number(Double(height)), "deviceScaleFactor": 1,
                "mobile": false,
            ])
        try await command(
            "Emulation.setEmulatedMedia",
            ["features": [["name": "prefers-color-scheme", "value": dark ? "dark" : "light"]]])
    }

    // MARK: The protocol

    private static let elementKey = "element-6066-11e4-a52e-4f735466cecf"

    private func element(_ place: Place) async throws -> String {
        let strategy: JSON
        switch place {
        case .css(let selector): strategy = ["using": "css selector", "value": .text(selector)]
        case .link(let text): strategy = ["using": "link text", "value": .text(text)]
        case .button(let text):
            strategy = ["using": "xpath", "value": .text("//button[normalize-space()='\(text)']")]
        case .xpath(let path): strategy = ["using": "xpath", "value": .text(path)]
        }
        guard let id = try await call("/element", strategy)[Self.elementKey]?.text else {
            throw Unexpected("\(place) is no element")
        }
        return id
    }

    private func get(_ path: String) async throws -> JSON { try await driver.send("GET", session + path) }

    private func call(_ path: String, _ body: JSON = [:]) async throws -> JSON {
        try await driver.send("POST", session + path, body)
    }
}
