internal import API
internal import Foundation
internal import Storage

/// A row of US_Leases. It stays when the lease is given back, so that its token only ever grows.
struct LeaseRecord: Sendable, Equatable {
    var token: Int
    var installation: String
    var agent: String
    var jobInstance: String
    var expiresAt: Date
    var isReleased: Bool

    static func find(_ connector: String, _ transaction: any Transaction) throws -> LeaseRecord? {
        try transaction.row(
            """
            SELECT Token, Installation, Agent, JobInstance, ExpiresAt, IsReleased FROM US_Leases
            WHERE Connector = \(connector)
            """
        ).map { row in
            LeaseRecord(
                token: try row.int("Token"), installation: try row.string("Installation"),
                agent: try row.string("Agent"), jobInstance: try row.string("JobInstance"),
                expiresAt: try row.date("ExpiresAt"), isReleased: try row.bool("IsReleased"))
        }
    }

    func store(_ connector: String, _ transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO US_Leases (Connector, Token, Installation, Agent, JobInstance, ExpiresAt, IsReleased)
            VALUES (\(connector), \(token), \(installation), \(agent), \(jobInstance), \(expiresAt.timestamp),
              \(isReleased))
            ON CONFLICT (Connector) DO UPDATE SET Token = excluded.Token, Installation = excluded.Installation,
              Agent = excluded.Agent, JobInstance = excluded.JobInstance, ExpiresAt = excluded.ExpiresAt,
              IsReleased = excluded.IsReleased
            """)
    }

    /// Refuses a caller whose lease was taken over or given back. One that only ran out, and that nobody took, is
    /// still the last holder's: the token tells.
    static func require(_ token: Int, of connector: String, _ transaction: any Transaction) throws {
        let lease = try find(connector, transaction)
        guard let lease, lease.token == token, !lease.isReleased else {
            let now =
                switch lease {
                case let lease? where !lease.isReleased:
                    "agent \"\(lease.agent)\" holds it for job instance \(lease.jobInstance)"
                case _?, nil: "nobody holds it"
                }
            throw SynchronizationError(
                .leaseLost,
                "The lease of connector \"\(connector)\" with token \(token) is no longer yours: \(now). Stop this run, "
                    + "and run the job again.")
        }
    }
}
