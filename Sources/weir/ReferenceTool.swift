import Foundation

/// The reference's tool names: `Usercube-Invoke-Job`, `identitymanager-Invoke-Job.exe` (REFERENCE §15).
enum ReferenceTool {
    /// The arguments of `weir`, without its name: the subcommand that the invoking name stands for comes first.
    static func arguments(_ commandLine: [String]) -> [String] {
        let name = (commandLine.first ?? "weir").split(separator: "/").last.map(String.init) ?? "weir"
        var arguments = Array(commandLine.dropFirst())
        if let subcommand = subcommand(of: name) { arguments.insert(subcommand, at: 0) }
        return withForceValue(arguments)
    }

    private static func subcommand(of name: String) -> String? {
        var name = name.lowercased()
        if name.hasSuffix(".exe") { name.removeLast(4) }
        guard let prefix = ["usercube-", "identitymanager-"].first(where: name.hasPrefix) else { return nil }
        let tool = String(name.dropFirst(prefix.count))
        return renamed[tool] ?? (tool.hasPrefix("export-") && tool != "export-configuration" ? "export" : tool)
    }

    private static let renamed = ["get-jobsteps": "get-job-steps", "new-openidsecret": "new-openid-secret"]

    /// `-f` takes a number and may stand alone; the argument parser wants one.
    private static func withForceValue(_ arguments: [String]) -> [String] {
        guard arguments.first == "invoke-job" else { return arguments }
        var result: [String] = []
        for (index, argument) in arguments.enumerated() {
            result.append(argument)
            guard argument == "-f" || argument == "--force-synchronization-provisioning" else { continue }
            let next = arguments.indices.contains(index + 1) ? arguments[index + 1] : nil
            if next.flatMap({ Int($0) }) == nil { result.append("1") }
        }
        return result
    }
}
