/// What the driver refused, with the protocol's name for it.
struct WebDriverError: Error, CustomStringConvertible {
    let code: String
    let message: String

    /// The page went away or changed between two questions; asking again is right.
    var isOfChangingPage: Bool {
        ["stale element reference", "no such element", "javascript error", "unknown error"].contains(code)
    }

    var description: String { "\(code): \(message)" }
}
