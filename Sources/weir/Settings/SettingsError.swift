/// What is wrong in the settings, all of it, each with its key.
struct SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
    var problems: [String]

    var description: String { problems.joined(separator: "\n") }
}
