/// `Profile`: what permissions are granted to (REFERENCE §7).
package struct Profile: Sendable, Equatable, Codable {
    package var identifier: String
    package var displayName: String

    package init(identifier: String, displayName: String) {
        self.identifier = identifier
        self.displayName = displayName
    }
}

/// `AccessControlRule`: entries that grant or deny permissions to a profile.
package struct AccessControlRule: Sendable, Equatable, Codable {
    package var identifier: String
    package var displayName: String
    package var profile: String
    package var entityType: String
    package var entries: [Entry]
    /// Whether it has filters, which narrow it to some resources. Not evaluated yet: such a rule grants nothing.
    package var isFiltered: Bool

    package init(
        identifier: String, displayName: String, profile: String, entityType: String, entries: [Entry],
        isFiltered: Bool = false
    ) {
        self.identifier = identifier
        self.displayName = displayName
        self.profile = profile
        self.entityType = entityType
        self.entries = entries
        self.isFiltered = isFiltered
    }

    package struct Entry: Sendable, Equatable, Codable {
        /// A path such as `/Jobs/Job/Query`; it covers what is below it.
        package var permission: String
        package var canExecute: Bool

        package init(permission: String, canExecute: Bool) {
            self.permission = permission
            self.canExecute = canExecute
        }
    }
}

/// `AccessControlPermission`: a node at which inheritance may end.
package struct AccessControlPermission: Sendable, Equatable, Codable {
    package var identifier: String
    package var blocksInheritance: Bool

    package init(identifier: String, blocksInheritance: Bool) {
        self.identifier = identifier
        self.blocksInheritance = blocksInheritance
    }
}

/// `AssignedProfile`: a profile for a user, from StartDate to EndDate (ISO 8601, UTC), or its denial.
package struct AssignedProfile: Sendable, Equatable, Codable {
    package var identifier: String
    package var user: String
    package var profile: String
    package var startDate: String?
    package var endDate: String?
    package var isDenied: Bool

    package init(
        identifier: String, user: String, profile: String, startDate: String? = nil, endDate: String? = nil,
        isDenied: Bool = false
    ) {
        self.identifier = identifier
        self.user = user
        self.profile = profile
        self.startDate = startDate
        self.endDate = endDate
        self.isDenied = isDenied
    }
}

/// `OpenIdClient`: a caller of the API (REFERENCE §8).
package struct OpenIdClient: Sendable, Equatable, Codable {
    package var identifier: String
    package var displayName: String
    /// Base64 of the SHA-256 of the secret's UTF-8 bytes.
    package var hashedSecret: String
    package var profile: String
    /// ISO 8601, UTC; after it the client is refused.
    package var expirationDate: String?

    package init(
        identifier: String, displayName: String, hashedSecret: String, profile: String, expirationDate: String? = nil
    ) {
        self.identifier = identifier
        self.displayName = displayName
        self.hashedSecret = hashedSecret
        self.profile = profile
        self.expirationDate = expirationDate
    }
}
