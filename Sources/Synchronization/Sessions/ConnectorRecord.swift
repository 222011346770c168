internal import API
internal import Foundation
internal import Storage

/// A row of US_Connectors: which content the server holds of a connector. Version 0 without session: none yet.
struct ConnectorRecord: Sendable, Equatable {
    var connector: String
    var version: ImageVersion
    /// Of the deployed configuration.
    var fingerprint: String
    var blockedSince: Date?
    var blockedSession: String?
    /// When server and agent last proved to hold the same.
    var verifiedAt: Date?

    static let noVersion = ImageVersion(number: 0, session: "")

    static func find(_ connector: String, _ transaction: any Transaction) throws -> ConnectorRecord? {
        try transaction.row(
            """
            SELECT Version, VersionSession, Fingerprint, BlockedSince, BlockedSession, VerifiedAt FROM US_Connectors
            WHERE Connector = \(connector)
            """
        ).map { row in
            ConnectorRecord(
                connector: connector,
                version: ImageVersion(number: try row.int("Version"), session: try row.string("VersionSession")),
                fingerprint: try row.string("Fingerprint"), blockedSince: try row.optionalDate("BlockedSince"),
                blockedSession: try row.optionalString("BlockedSession"), verifiedAt: try row.optionalDate("VerifiedAt")
            )
        }
    }

    static func recordVerification(of connector: String, at time: Date, _ transaction: any Transaction) throws {
        try transaction.execute(
            "UPDATE US_Connectors SET VerifiedAt = \(time.timestamp) WHERE Connector = \(connector)")
        try VerificationRecord.recordRepair(of: connector, at: time, transaction)
    }

    /// The record as it is, or a new one with `fingerprint`.
    static func findOrMake(
        _ connector: String, fingerprint: String, _ transaction: any Transaction
    ) throws -> ConnectorRecord {
        try transaction.execute(
            """
            INSERT INTO US_Connectors (Connector, Version, VersionSession, Fingerprint)
            VALUES (\(connector), \(noVersion.number), \(noVersion.session), \(fingerprint)) ON CONFLICT DO NOTHING
            """)
        guard let record = try find(connector, transaction) else {
            throw StorageError(
                .corrupt, "The state of connector \"\(connector)\" cannot be kept; restore the database.")
        }
        return record
    }
}
