import API
import Crypto
import Foundation
import Storage

/// Who is signed in: UA_SignIns. The cookie's token is kept as a hash, so that the database opens nobody's session.
struct SignInStore: Sendable {
    struct SignIn: Sendable, Equatable {
        var userName: String
        /// What the forms of this session send back.
        var formToken: String
    }

    /// A session ends when it was not used for so long,
    static let idleTime: TimeInterval = 8 * 3600
    /// and at the latest after so long.
    static let longestTime: TimeInterval = 7 * 24 * 3600

    let database: any Database
    let clock: @Sendable () -> Date

    /// A new session's token, for the cookie.
    func begin(_ userName: String) async throws -> String {
        let token = Self.randomToken()
        let now = Timestamp.text(clock())
        let oldest = Timestamp.text(clock().addingTimeInterval(-Self.idleTime))
        try await database.write { transaction in
            try transaction.execute("DELETE FROM UA_SignIns WHERE UsedAt < \(oldest)")
            try transaction.execute(
                """
                INSERT INTO UA_SignIns (TokenHash, UserName, FormToken, SignedInAt, UsedAt)
                VALUES (\(Self.hash(token)), \(userName), \(Self.randomToken()), \(now), \(now))
                """)
        }
        return token
    }

    func find(_ token: String) async throws -> SignIn? {
        let now = clock()
        let found = try await database.read { transaction in
            try transaction.row(
                "SELECT UserName, FormToken, SignedInAt, UsedAt FROM UA_SignIns WHERE TokenHash = \(Self.hash(token))"
            ).map { row in
                (
                    SignIn(userName: try row.string("UserName"), formToken: try row.string("FormToken")),
                    try row.date("SignedInAt"), try row.date("UsedAt")
                )
            }
        }
        guard let (signIn, began, used) = found, now.timeIntervalSince(used) < Self.idleTime,
            now.timeIntervalSince(began) < Self.longestTime
        else { return nil }
        if now.timeIntervalSince(used) > 60 {
            _ = try await database.write { transaction in
                try transaction.execute(
                    "UPDATE UA_SignIns SET UsedAt = \(Timestamp.text(now)) WHERE TokenHash = \(Self.hash(token))")
            }
        }
        return signIn
    }

    func end(_ token: String) async throws {
        _ = try await database.write { transaction in
            try transaction.execute("DELETE FROM UA_SignIns WHERE TokenHash = \(Self.hash(token))")
        }
    }

    /// 256 random bits as URL-safe text.
    static func randomToken() -> String {
        var generator = SystemRandomNumberGenerator()
        return SigningKey.base64URL(Data((0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }))
    }

    private static func hash(_ token: String) -> String {
        SigningKey.base64URL(Data(SHA256.hash(data: Data(token.utf8))))
    }
}
