import API
import Foundation
import Storage
import WeirConfiguration

/// The local users: UA_Users. Their profile is the one they were added with and those that AssignedProfile gives them.
package struct UserStore: Sendable {
    /// A local user.
    package struct User: Sendable, Equatable {
        package var name: String
        package var profile: String
    }

    let database: any Database
    let configuration: ConfigurationStore
    let clock: @Sendable () -> Date
    /// See ``PasswordHash/currentCost``.
    let hashCost: Int
    /// Passwords are hashed one at a time: each takes 32 MB.
    let hashing = NamedLocks()

    /// Adds a user, or with `replacing` gives an existing one another profile and password.
    ///
    /// - Throws: ``ServerError`` `invalid-request` for an empty or too long name, a password under 8 characters, a
    ///   profile that is not deployed, or a name that exists.
    package func add(
        _ name: String, profile: String, password: String, replacing: Bool = false, by caller: String
    ) async throws {
        guard !name.isEmpty, name.utf8.count <= 100, !name.unicodeScalars.contains(where: { $0.value < 32 }) else {
            throw ServerError(.invalidRequest, "The user name must have 1 to 100 bytes and no control characters.")
        }
        guard password.count >= 8, password.utf8.count <= 1024 else {
            throw ServerError(.invalidRequest, "The password must have at least 8 characters and at most 1,024 bytes.")
        }
        let profiles = try await configuration.model().profiles.map(\.identifier)
        guard profiles.contains(profile) else {
            throw ServerError(
                .invalidRequest,
                "There is no profile \"\(profile)\"; deployed are \(profiles.joined(separator: ", ")).")
        }
        let hash = try await hashing.withLock("password") { try PasswordHash(of: password, cost: hashCost) }
        let now = clock()
        try await database.write { transaction in
            let exists = try transaction.exists("SELECT 1 FROM UA_Users WHERE Name = \(name)")
            guard !exists || replacing else {
                throw ServerError(.invalidRequest, "There is a user \"\(name)\" already; choose another name.")
            }
            try transaction.execute("DELETE FROM UA_Users WHERE Name = \(name)")
            try transaction.execute("DELETE FROM UA_SignIns WHERE UserName = \(name)")
            try transaction.execute(
                """
                INSERT INTO UA_Users (Name, Profile, Salt, PasswordHash, Cost, AddedAt)
                VALUES (\(name), \(profile), \(Data(hash.salt).base64EncodedString()),
                  \(Data(hash.hash).base64EncodedString()), \(hash.cost), \(Timestamp.text(now)))
                """)
            try AuditLog.record(.userAdded, by: caller, subject: name, detail: profile, at: now, transaction)
        }
    }

    /// The names of all users.
    package func names() async throws -> [String] {
        try await database.read { transaction in
            try transaction.rows("SELECT Name FROM UA_Users ORDER BY Name").map { try $0.string("Name") }
        }
    }

    func user(_ name: String) async throws -> User? {
        try await database.read { transaction in
            try transaction.row("SELECT Name, Profile FROM UA_Users WHERE Name = \(name)").map { row in
                User(name: try row.string("Name"), profile: try row.string("Profile"))
            }
        }
    }

    /// The user with that password; nil for an unknown name or a wrong password, which take the same time.
    func user(_ name: String, password: String) async throws -> User? {
        let (user, kept) = try await database.read { transaction -> (User?, PasswordHash?) in
            guard
                let row = try transaction.row(
                    "SELECT Name, Profile, Salt, PasswordHash, Cost FROM UA_Users WHERE Name = \(name)")
            else { return (nil, nil) }
            let hash = PasswordHash(
                salt: Array(Data(base64Encoded: try row.string("Salt")) ?? Data()),
                hash: Array(Data(base64Encoded: try row.string("PasswordHash")) ?? Data()), cost: try row.int("Cost"))
            return (User(name: try row.string("Name"), profile: try row.string("Profile")), hash)
        }
        let hash = kept ?? PasswordHash(salt: [0], hash: [], cost: hashCost)
        let isRight = try await hashing.withLock("password") { try hash.matches(password) }
        return isRight ? user : nil
    }
}
