/// What is wrong in the settings, all of it, each with its key.
struct SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
    var problems: [String]

    var description: String {
        (["The settings (appsettings.json, appsettings.agent.json, environment) cannot be used:"]
            + problems.map { "  \($0)" }).joined(separator: "\n")
    }
}
