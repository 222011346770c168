internal import API
internal import Foundation
internal import Storage

/// A row of US_Verifications: what the last comparison of a connector found.
enum VerificationRecord {
    static func find(_ connector: String, _ transaction: any Transaction) throws -> Verification? {
        try transaction.row(
            """
            SELECT CheckedAt, IsDeep, Resources, Links, RepairedAt, Session FROM US_Verifications
            WHERE Connector = \(connector)
            """
        ).map { row in
            Verification(
                checkedAt: try row.date("CheckedAt"), isDeep: try row.bool("IsDeep"),
                resources: try row.int("Resources"), links: try row.int("Links"),
                repairedAt: try row.optionalDate("RepairedAt"), session: try row.optionalString("Session"))
        }
    }

    static func keep(_ found: Verification, of connector: String, _ transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO US_Verifications (Connector, CheckedAt, IsDeep, Resources, Links, RepairedAt, Session)
            VALUES (\(connector), \(found.checkedAt.timestamp), \(found.isDeep), \(found.resources), \(found.links),
              \(bound: found.repairedAt?.timestamp), \(bound: found.session))
            ON CONFLICT (Connector) DO UPDATE SET CheckedAt = excluded.CheckedAt, IsDeep = excluded.IsDeep,
              Resources = excluded.Resources, Links = excluded.Links, RepairedAt = excluded.RepairedAt,
              Session = excluded.Session
            """)
    }

    /// Both sides were proven equal: what differed before is repaired.
    static func recordRepair(of connector: String, at time: Date, _ transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE US_Verifications SET RepairedAt = \(time.timestamp)
            WHERE Connector = \(connector) AND RepairedAt IS NULL AND Resources + Links > 0
            """)
    }
}
