import API
import Crypto
import Foundation
import Storage

/// The issuer's keys, in the database: every server signs and verifies with the same ones.
///
/// A key signs for 90 days and is kept for verifying until the last token that it signed has expired.
struct SigningKeyStore: Sendable {
    static let signingPeriod: TimeInterval = 90 * 24 * 3600
    /// Longer than a token lives, because servers' clocks differ.
    static let verifyingPeriod: TimeInterval = TimeInterval(AccessToken.lifetimeSeconds) * 2

    let database: any Database
    let clock: @Sendable () -> Date
    let makeIdentifier: @Sendable () -> String

    /// The newest key, made when there is none or it has signed for long enough.
    func current() async throws -> SigningKey {
        if let key = try await keys().last, clock().timeIntervalSince(key.madeAt) < Self.signingPeriod { return key }
        let now = clock()
        let fresh = SigningKey(id: makeIdentifier(), key: P256.Signing.PrivateKey(), madeAt: now)
        return try await database.write { transaction in
            let newest = try Self.keys(transaction).last
            if let newest, now.timeIntervalSince(newest.madeAt) < Self.signingPeriod { return newest }
            // The keys that the previous rotation left behind have outlived their tokens by months.
            if let newest {
                try transaction.execute("DELETE FROM UA_SigningKeys WHERE Id <> \(newest.id)")
            }
            try transaction.execute(
                """
                INSERT INTO UA_SigningKeys (Id, PrivateKey, MadeAt)
                VALUES (\(fresh.id), \(fresh.key.rawRepresentation.base64EncodedString()), \(Timestamp.text(now)))
                """)
            return fresh
        }
    }

    /// The keys that a token may be signed with, oldest first.
    func keys() async throws -> [SigningKey] {
        let all = try await database.read { try Self.keys($0) }
        return all.enumerated().filter { index, _ in
            index + 1 == all.count
                || clock().timeIntervalSince(all[index + 1].madeAt) < Self.verifyingPeriod
        }.map(\.element)
    }

    private static func keys(_ transaction: any Transaction) throws -> [SigningKey] {
        try transaction.rows("SELECT Id, PrivateKey, MadeAt FROM UA_SigningKeys ORDER BY MadeAt, Id").map { row in
            let id = try row.string("Id")
            guard let raw = Data(base64Encoded: try row.string("PrivateKey")),
                let key = try? P256.Signing.PrivateKey(rawRepresentation: raw),
                let madeAt = Timestamp.date(try row.string("MadeAt"))
            else {
                throw ServerError(
                    .internal, "The signing key \(id) in UA_SigningKeys is damaged; delete the row, a new key is made.")
            }
            return SigningKey(id: id, key: key, madeAt: madeAt)
        }
    }
}
