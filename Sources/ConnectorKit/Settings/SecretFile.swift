/// The file that holds a secret in place of the settings (DESIGN §12).
struct SecretFile {
    let path: String
    /// The setting that names it.
    let key: String

    /// UTF-8 text of at most 64 KB, without its last line end.
    func content() throws(ConnectorError) -> String {
        var bytes: [UInt8]
        do {
            bytes = try OpenedFile(reading: path).read(upTo: Self.limit + 1)
        } catch {
            throw failure("the secret cannot be read from \(path)", underlying: error.text)
        }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard bytes.count <= Self.limit, let text = String(validating: bytes, as: UTF8.self) else {
            throw failure("\(path) is not a text of at most 64 KB in UTF-8", underlying: nil)
        }
        return text
    }

    private static let limit = 65_536

    private func failure(_ problem: String, underlying: String?) -> ConnectorError {
        ConnectorError(
            .settings, place: key, problem: problem, mend: "let File name a file that holds the secret alone",
            underlying: underlying)
    }
}
