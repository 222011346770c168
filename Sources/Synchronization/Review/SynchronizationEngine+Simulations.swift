internal import API
package import Foundation
internal import Storage

extension SynchronizationEngine {
    /// Ends the simulations that nobody approved in time: their change rows and the candidates that agents keep for them
    /// take as much room as the content itself.
    ///
    /// - Returns: their ids.
    @discardableResult
    package func expireSimulations(openedBefore moment: Date) async throws -> [String] {
        let now = clock()
        let ended = try await database.write { transaction in
            let store = SessionStore(transaction: transaction, now: now)
            let old = try transaction.rows(
                """
                SELECT \(sql: SessionRecord.columns) FROM US_Sessions
                WHERE State = 'planned' AND ApprovedBy IS NULL AND OpenedAt < \(moment.timestamp) ORDER BY Sequence
                """
            ).map(SessionRecord.init)
            return try store.supersede(old, because: "Nobody approved the simulation in time; simulate again.")
        }
        for session in ended { finished(session) }
        return ended
    }
}
