internal import API
internal import Foundation
package import Storage
package import WeirConfiguration

extension SynchronizationEngine {
    /// Brings the stored content in line with a newly deployed configuration, inside the deployment's transaction:
    /// removes what lost its place, moves what changed its column, keeps the indexes of keys, and supersedes live and
    /// blocked sessions of connectors whose fingerprint changed.
    ///
    /// - Returns: the sessions that it superseded; give them to `deployed` after the commit.
    @discardableResult
    package func applyModelChange(
        from old: Model?, to new: Model, _ transaction: any Transaction
    ) throws -> [String] {
        try PhysicalChange(from: old ?? Model(), to: new).apply(transaction)
        return try moveFingerprints(to: new, transaction)
    }

    /// After a deployment's commit: files of superseded sessions go, and whoever waits for them looks again.
    package func deployed(superseding sessions: [String]) {
        for session in sessions { finished(session) }
    }

    /// What a deployment would cost: one line for everything that holds data and loses its place.
    package func dataLoss(from old: Model?, to new: Model, _ transaction: any Transaction) throws -> [DataLoss] {
        try PhysicalChange(from: old ?? Model(), to: new).dataLoss(transaction)
    }

    private func moveFingerprints(to new: Model, _ transaction: any Transaction) throws -> [String] {
        let store = SessionStore(transaction: transaction, now: clock())
        var superseded: [String] = []
        let known = try transaction.rows("SELECT Connector, Fingerprint FROM US_Connectors ORDER BY Connector")
        for row in known {
            let connector = try row.string("Connector")
            let fingerprint = self.fingerprint(of: connector, in: new)
            if fingerprint == (try row.string("Fingerprint")) { continue }
            for states in [[SessionState.open, .sealed, .applying], [.blocked]] {
                guard let session = try store.find(connector: connector, in: states) else { continue }
                try store.move(
                    session, .supersede,
                    detail: "A deployment changed the mappings of connector \"\(connector)\"; nothing of this session can be "
                        + "applied any more. Run the job again.")
                superseded.append(session.id)
            }
            if fingerprint.isEmpty {
                try transaction.execute("DELETE FROM US_Connectors WHERE Connector = \(connector)")
            } else {
                try transaction.execute(
                    "UPDATE US_Connectors SET Fingerprint = \(fingerprint) WHERE Connector = \(connector)")
            }
        }
        for connector in new.connectors {
            _ = try ConnectorRecord.findOrMake(
                connector.identifier, fingerprint: self.fingerprint(of: connector.identifier, in: new), transaction)
        }
        return superseded
    }
}
