import API
import WeirConfiguration

/// Who asks, and with which profiles.
struct Caller: Sendable, Equatable {
    /// `client Job` or `user alice`: what the audit table and the pages say.
    var name: String
    var profiles: [String]

    /// Whether one of the profiles grants the permission; nothing is granted by default (REFERENCE §7).
    func may(_ permission: String, in model: Model) -> Bool {
        Permissions.isAllowed(permission, profiles: profiles, model: model)
    }

    /// Throws `forbidden`, naming the permission and what would grant it.
    func require(_ permission: String, in model: Model) throws {
        guard may(permission, in: model) else {
            let names = profiles.isEmpty ? "no profile" : "profile " + profiles.joined(separator: ", ")
            throw ServerError(
                .forbidden,
                "\(name) (\(names)) lacks the permission \(permission); grant it with an AccessControlRule and deploy.")
        }
    }
}
