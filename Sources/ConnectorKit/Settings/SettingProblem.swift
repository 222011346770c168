/// Something wrong in the settings, with the key that a person looks for.
package struct SettingProblem: Sendable, Equatable, CustomStringConvertible {
    /// For instance `Connections:HRPeople:Path`.
    package let key: String
    /// What is wrong and what to write instead.
    package let message: String
    /// True: worth telling, no reason to stop (a setting that the package does not know).
    package let isNotice: Bool

    package init(key: String, message: String, isNotice: Bool = false) {
        self.key = key
        self.message = message
        self.isNotice = isNotice
    }

    package var description: String { "\(key): \(message)" }
}
