import Foundation

/// The demo's folder: the example company with its settings, made at the first start and kept after that.
struct DemoFolder {
    let path: String
    private let files = FileManager.default

    /// Copies the example, with the first day's files as the current ones; what is there already is left alone.
    ///
    /// - Parameter example: the folder of the example company; nil looks for it beside the executable and above.
    func make(example: String?, port: Int) throws {
        let source = try example ?? Self.installedExample()
        try files.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for name in ["Conf", "sources", "appsettings.json", "appsettings.agent.json"] {
            try copy("\(source)/\(name)", to: "\(path)/\(name)")
        }
        try copy("\(path)/sources/day1", to: "\(path)/sources/current")
        try setAddress("http://127.0.0.1:\(port)")
    }

    /// The password of the user `admin`, made at the first start.
    func password() throws -> String {
        let file = "\(path)/admin-password"
        if let data = files.contents(atPath: file), let text = String(bytes: data, encoding: .utf8) {
            return text.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let password = Passwords.generated()
        let isWritten = files.createFile(
            atPath: file, contents: Data((password + "\n").utf8), attributes: [.posixPermissions: 0o600])
        guard isWritten else { throw Failure(.failed, "\(file) cannot be written; choose another --directory.") }
        return password
    }

    private func copy(_ source: String, to target: String) throws {
        guard !files.fileExists(atPath: target) else { return }
        do {
            try files.copyItem(atPath: source, toPath: target)
        } catch {
            throw Failure(
                .failed,
                "\(target) cannot be made from \(source) (\(error.localizedDescription)); choose another --directory.")
        }
    }

    /// The port may be another one each time; everything else in the file stays as it is.
    private func setAddress(_ address: String) throws {
        let url = URL(fileURLWithPath: "\(path)/appsettings.json")
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
        guard var settings = object as? [String: Any] else {
            throw Failure(.usage, "\(url.path) is no JSON object; correct it, or delete the folder to start anew.")
        }
        settings["ApplicationUri"] = address
        let data = try JSONSerialization.data(
            withJSONObject: settings, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        try data.write(to: url, options: .atomic)
    }

    private static func installedExample() throws -> String {
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        var folder = URL(fileURLWithPath: executable).deletingLastPathComponent()
        while folder.path != "/" {
            let candidate = folder.appending(path: "examples/contoso").path(percentEncoded: false)
            if FileManager.default.fileExists(atPath: "\(candidate)/Conf") { return candidate }
            folder.deleteLastPathComponent()
        }
        let shared = "/usr/share/weir/examples/contoso"
        guard FileManager.default.fileExists(atPath: "\(shared)/Conf") else {
            throw Failure(
                .usage,
                "The example company was not found above \(executable) nor in \(shared); name it with --example.")
        }
        return shared
    }
}
