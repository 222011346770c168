package import API
internal import Foundation
internal import Storage

extension SynchronizationEngine {
    /// How long a lease lasts without being renewed (DESIGN §4).
    static let leaseDuration: TimeInterval = 30

    /// Takes or renews a connector's lease.
    ///
    /// - Throws: `leaseHeld` naming who holds it, `leaseLost` for a renewal by somebody who was replaced.
    package func lease(_ request: LeaseRequest) async throws -> Lease {
        let now = clock()
        let (lease, ended) = try await database.write { transaction in
            let current = try LeaseRecord.find(request.connector, transaction)
            var ended: [String] = []
            var lease: LeaseRecord
            if let token = request.token {
                try LeaseRecord.require(token, of: request.connector, transaction)
                lease = try Self.unwrap(current)
            } else {
                if let current, !current.isReleased, current.expiresAt > now,
                    current.installation != request.installation
                {
                    throw SynchronizationError(
                        .leaseHeld,
                        "Agent \"\(current.agent)\" synchronizes connector \"\(request.connector)\" for job instance "
                            + "\(current.jobInstance), until \(current.expiresAt.timestamp) at least; wait for it.")
                }
                if let current, current.jobInstance != request.jobInstance {
                    ended = try abandonSession(request.connector, leaving: current, now: now, transaction)
                }
                lease = LeaseRecord(
                    token: (current?.token ?? 0) + 1, installation: request.installation, agent: request.agent,
                    jobInstance: request.jobInstance, expiresAt: now, isReleased: false)
            }
            lease.expiresAt = now.addingTimeInterval(Self.leaseDuration)
            try lease.store(request.connector, transaction)
            return (lease, ended)
        }
        for session in ended { finished(session) }
        return Lease(
            connector: request.connector, token: lease.token, agent: lease.agent, jobInstance: lease.jobInstance,
            expiresAt: try Date(timestamp: lease.expiresAt.timestamp))
    }

    /// Gives a lease back; giving back what is not yours any more does nothing.
    package func release(_ request: LeaseRelease) async throws {
        try await database.write { transaction in
            _ = try transaction.execute(
                """
                UPDATE US_Leases SET IsReleased = \(true)
                WHERE Connector = \(request.connector) AND Token = \(request.token)
                """)
        }
    }

    /// What a lease that ran out leaves behind: its open session is abandoned.
    private func abandonSession(
        _ connector: String, leaving lease: LeaseRecord, now: Date, _ transaction: any Transaction
    ) throws -> [String] {
        let store = SessionStore(transaction: transaction, now: now)
        guard lease.expiresAt <= now, let open = try store.find(connector: connector, in: [.open]) else { return [] }
        try store.move(
            open, .leaseRanOut,
            detail:
                "The lease of agent \"\(lease.agent)\" ran out at \(lease.expiresAt.timestamp) and another job took "
                + "the connector over; nothing was changed.")
        return [open.id]
    }

    private static func unwrap(_ lease: LeaseRecord?) throws -> LeaseRecord {
        guard let lease else { throw SynchronizationError(.leaseLost, "The lease is not there any more.") }
        return lease
    }
}
