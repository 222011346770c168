internal import API
internal import Foundation
internal import Storage

extension SynchronizationEngine {
    /// Removes the sessions that ended more than `days` days ago, with their change rows and the files that the server
    /// wrote for people (DESIGN §12). What waits for somebody has not ended and stays, as do each connector's newest
    /// session and the one that made its version. Decisions are kept: they belong to the history.
    ///
    /// - Returns: how many sessions were removed.
    @discardableResult
    package func forgetSessions(olderThanDays days: Int) async throws -> Int {
        let limit = clock().addingTimeInterval(-TimeInterval(days) * 24 * 3600).timestamp
        let old = try await database.write { transaction in
            let old = try transaction.rows(
                """
                SELECT Id FROM US_Sessions s
                WHERE EndedAt < \(limit)
                  AND Id NOT IN (SELECT VersionSession FROM US_Connectors)
                  AND Id NOT IN (SELECT Session FROM US_HeldSets WHERE State IN ('held', 'approved'))
                  AND Sequence < (SELECT MAX(n.Sequence) FROM US_Sessions n WHERE n.Connector = s.Connector)
                """
            ).map { try $0.string("Id") }
            let store = SessionStore(transaction: transaction, now: clock())
            for id in old {
                try store.discardChanges(of: id)
                try transaction.execute("DELETE FROM US_SessionFiles WHERE Session = \(id)")
                try transaction.execute("DELETE FROM US_Sessions WHERE Id = \(id)")
            }
            try HeldSetStore(transaction: transaction, now: store.now).forget(endedBefore: limit)
            return old
        }
        // What a death leaves here is swept when the server starts.
        for id in old { files.remove(id) }
        return old.count
    }
}
