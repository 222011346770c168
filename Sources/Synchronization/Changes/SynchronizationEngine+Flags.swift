package import API
internal import Foundation
internal import Storage

extension SynchronizationEngine {
    /// The job instances with applied sessions whose kept change rows no SetRecentlyModifiedFlagTask has consumed yet.
    package func jobInstancesWithKeptChanges() async throws -> Set<String> {
        try await database.read { transaction in
            let applied = try transaction.rows(
                """
                SELECT JobInstance, Options FROM US_Sessions
                WHERE State = \(SessionState.applied.rawValue) AND FlagsSetAt IS NULL
                """)
            let kept = try applied.filter {
                try $0.json("Options", as: SynchronizeOptions.self)?.doNotDeleteChanges == true
            }
            return Set(try kept.map { try $0.string("JobInstance") })
        }
    }

    /// SetRecentlyModifiedFlagTask: sets `Dirty` on every resource that the change rows of the job instances' applied
    /// sessions name, on both ends of changed links too, then empties these rows. Blocked sessions are never touched.
    ///
    /// A load's change list is its file: all resources of the type that was empty before.
    package func setRecentlyModifiedFlags(jobInstances: [String]) async throws -> ServerTaskOutcome {
        let now = clock()
        let count = try await database.write { transaction in
            let store = SessionStore(transaction: transaction, now: now)
            let records = try jobInstances.flatMap { jobInstance in
                try transaction.rows(
                    """
                    SELECT \(sql: SessionRecord.columns) FROM US_Sessions
                    WHERE JobInstance = \(jobInstance) AND State = \(SessionState.applied.rawValue)
                      AND FlagsSetAt IS NULL ORDER BY Sequence
                    """
                ).map(SessionRecord.init)
            }
            var count = 0
            for record in records where record.keepsChanges {
                count += try setFlags(record, transaction)
                try store.discardChanges(of: record.id)
                try transaction.execute(
                    "UPDATE US_Sessions SET FlagsSetAt = \(now.timestamp) WHERE Id = \(record.id)")
            }
            return count
        }
        return ServerTaskOutcome(
            state: count > 0 ? .completed : .noProcessing,
            message: count > 0 ? "\(count) resources marked as recently modified." : "No resource was changed.",
            counters: ["resources": count])
    }

    private func setFlags(_ record: SessionRecord, _ transaction: any Transaction) throws -> Int {
        let named: SQL = """
            SELECT Resource_Id FROM UR_ResourceChanges WHERE Session = \(record.id) AND Resource_Id IS NOT NULL
            UNION SELECT R1_Id FROM UR_ResourceLinkChanges WHERE Session = \(record.id) AND R1_Id IS NOT NULL
            UNION SELECT R2_Id FROM UR_ResourceLinkChanges WHERE Session = \(record.id) AND R2_Id IS NOT NULL
            """
        var count = try transaction.execute(
            "UPDATE UR_Resources SET Dirty = \(true) WHERE Id IN (\(sql: named))")
        for mapping in record.loaded {
            if record.definition.linkPlans.contains(where: { $0.mapping == mapping }) {
                count += try transaction.execute(
                    """
                    UPDATE UR_Resources SET Dirty = \(true) WHERE Id IN (
                      SELECT R1_Id FROM US_Pairs WHERE Mapping = \(mapping) AND R1_Id IS NOT NULL
                      UNION SELECT R2_Id FROM US_Pairs WHERE Mapping = \(mapping) AND R2_Id IS NOT NULL)
                    """)
            } else {
                count += try transaction.execute(
                    "UPDATE UR_Resources SET Dirty = \(true) WHERE Type = \(literal: mapping)")
            }
        }
        return count
    }
}
