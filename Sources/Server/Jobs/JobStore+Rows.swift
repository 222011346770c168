import API
import Foundation
import Storage

extension JobStore {
    static func instance(_ id: String, _ transaction: any Transaction) throws -> JobInstanceRecord? {
        try transaction.row(
            "SELECT \(sql: JobInstanceRecord.columns) FROM UJ_JobInstances WHERE Id = \(id)"
        ).map(JobInstanceRecord.init)
    }

    static func task(_ id: String, _ transaction: any Transaction) throws -> TaskInstance? {
        try transaction.row(
            "SELECT \(sql: TaskInstance.columns) FROM UJ_TaskInstances WHERE Id = \(id)"
        ).map(TaskInstance.init)
    }

    static func tasks(of jobInstance: String, _ transaction: any Transaction) throws -> [TaskInstance] {
        try transaction.rows(
            """
            SELECT \(sql: TaskInstance.columns) FROM UJ_TaskInstances
            WHERE JobInstance = \(jobInstance) ORDER BY TaskOrder, Id
            """
        ).map(TaskInstance.init)
    }

    /// The instance of a job that has not ended, other than `id`.
    static func occupant(
        of job: String, but id: String, _ transaction: any Transaction
    ) throws -> JobInstanceRecord? {
        try transaction.row(
            """
            SELECT \(sql: JobInstanceRecord.columns) FROM UJ_JobInstances
            WHERE Job = \(job) AND Id <> \(id) AND State IN ('requested', 'running', 'cancelling')
            """
        ).map(JobInstanceRecord.init)
    }

    /// Writes the record; the tasks of an instance that has ended do not stay behind as running.
    static func save(_ record: JobInstanceRecord, at now: Date, _ transaction: any Transaction) throws {
        try record.save(transaction)
        guard record.instance.state.isFinal else { return }
        let state: RunState = record.instance.state == .cancelled ? .cancelled : .error
        try transaction.execute(
            """
            UPDATE UJ_TaskInstances
            SET State = \(state.rawValue), EndedAt = \(Timestamp.text(now)),
              Message = coalesce(Message, 'the job ended before this task did')
            WHERE JobInstance = \(record.instance.id) AND State IN ('requested', 'running', 'cancelling', 'blocked', 'planned')
            """)
    }

    /// Does nothing for an instance that does not wait: one that runs goes on with it when it does (``Housekeeping``), and
    /// what an ended one computed is applied by the connector's next run.
    static func approveResume(_ id: String, by caller: String, at now: Date, _ transaction: any Transaction) throws {
        guard var record = try instance(id, transaction), record.instance.state.waitsForDecision else { return }
        record.resumeApprovedAt = record.resumeApprovedAt ?? now
        record.instance.message = "approved by \(caller), waits for its agent"
        try record.save(transaction)
    }

    static func due(
        _ transition: JobTransition, _ maxSilence: Duration, _ transaction: any Transaction
    ) throws -> [JobInstanceRecord] {
        try transaction.rows(
            """
            SELECT \(sql: JobInstanceRecord.columns) FROM UJ_JobInstances
            WHERE State IN ('requested', 'running', 'cancelling')
            """
        ).compactMap { row in
            let record = try JobInstanceRecord(row)
            return transition.expire(record) ?? transition.expire(record, silence: maxSilence)
        }
    }

    static func append(
        _ lines: [String], to taskInstance: String, at now: Date, _ transaction: any Transaction
    ) throws {
        guard !lines.isEmpty else { return }
        let last = try transaction.count(
            "SELECT coalesce(max(Line), 0) FROM UJ_TaskLogs WHERE TaskInstance = \(taskInstance)")
        for (index, line) in lines.enumerated() {
            try transaction.execute(
                """
                INSERT INTO UJ_TaskLogs (TaskInstance, Line, WrittenAt, Message)
                VALUES (\(taskInstance), \(last + index + 1), \(Timestamp.text(now)), \(line))
                """)
        }
    }

    static func unknown(_ id: String) -> ServerError {
        ServerError(.notFound, "There is no job instance \(id); see GET /api/Jobs/JobInstance.")
    }
}
