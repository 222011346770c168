internal import API
internal import Foundation
package import Storage
package import WeirConfiguration

extension SynchronizationEngine {
    /// Brings the stored content in line with a newly deployed configuration, inside the deployment's transaction:
    /// removes what lost its place, moves what changed its column, keeps the indexes of keys, and supersedes live,
    /// blocked and planned sessions of connectors whose fingerprint changed.
    ///
    /// - Returns: the sessions that it superseded; give them to `deployed` after the commit.
    @discardableResult
    package func applyModelChange(
        from old: Model?, to new: Model, _ transaction: any Transaction
    ) throws -> [String] {
        try PhysicalChange(from: old ?? Model(), to: new).apply(transaction)
        return try moveFingerprints(to: new, transaction) { "A deployment changed the mappings of connector \"\($0)\"" }
    }

    /// After an update of Weir: connectors whose rows this version compares in another way start anew, as if a
    /// deployment had changed their mappings.
    ///
    /// - Returns: the sessions that it superseded; give them to `deployed` after the commit.
    package func adoptVersion(_ model: Model, _ transaction: any Transaction) throws -> [String] {
        try moveFingerprints(to: model, transaction) {
            "This version of Weir compares the rows of connector \"\($0)\" in another way than the one before"
        }
    }

    /// After a deployment's commit: files of superseded sessions go, and whoever waits for them looks again.
    package func deployed(superseding sessions: [String]) {
        for session in sessions { finished(session) }
    }

    /// How much is stored of what a deployment puts at risk; what holds nothing is left out.
    package func dataLoss(of risks: [DataLossRisk], _ transaction: any Transaction) throws -> [DataLoss] {
        try risks.map { risk in
            DataLoss(description: risk.reason, resourceCount: try Self.count(risk, transaction))
        }.filter { $0.resourceCount > 0 }
    }

    private static func count(_ risk: DataLossRisk, _ transaction: any Transaction) throws -> Int {
        var count = 0
        if let type = risk.entityType {
            let values = risk.columns.map { "\(identifier: $0) IS NOT NULL" as SQL }
            let condition: SQL = values.isEmpty ? "" : " AND (\(sql: values.joined(separator: " OR ")))"
            count += try transaction.count(
                "SELECT count(*) FROM UR_Resources WHERE Type = \(literal: type)\(sql: condition)")
        }
        if let association = risk.association {
            count += try transaction.count("SELECT count(*) FROM US_Pairs WHERE Mapping = \(literal: association)")
        }
        return count
    }

    /// - Parameter reason: half a sentence about a connector, for sessions that are superseded.
    private func moveFingerprints(
        to new: Model, _ transaction: any Transaction, because reason: (String) -> String
    ) throws -> [String] {
        let store = SessionStore(transaction: transaction, now: clock())
        var superseded: [String] = []
        let known = try transaction.rows("SELECT Connector, Fingerprint FROM US_Connectors ORDER BY Connector")
        for row in known {
            let connector = try row.string("Connector")
            let fingerprint = self.fingerprint(of: connector, in: new)
            if fingerprint == (try row.string("Fingerprint")) { continue }
            let mappings =
                new.connector(connector) == nil ? [] : try ConnectorDefinition(of: connector, in: new).mappings
            try QuarantineStore(transaction: transaction, now: store.now).keep(only: mappings, of: connector)
            for states in [[SessionState.open, .sealed, .applying], [.blocked], [.planned]] {
                guard let session = try store.find(connector: connector, in: states) else { continue }
                try store.move(
                    session, .supersede,
                    detail: "\(reason(connector)); nothing of this session can be applied any more. Run the job again.")
                superseded.append(session.id)
            }
            let held = HeldSetStore(transaction: transaction, now: store.now)
            for set in try held.open(connector: connector) {
                try held.end(set, .superseded, "\(reason(connector)); the next run computes anew.")
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
