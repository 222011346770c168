import API
import Foundation
import Storage
import WeirConfiguration

/// The executions of jobs and tasks: UJ_JobInstances, UJ_TaskInstances and their logs.
///
/// Every change is one transaction that reads, decides with ``JobTransition`` and writes; those who wait are woken.
struct JobStore: Sendable {
    let database: any Database
    let signal: ChangeSignal
    let clock: @Sendable () -> Date
    let launchTimeout: Duration
    let maxSilence: Duration

    // MARK: Reading

    func instance(_ id: String) async throws -> JobInstanceRecord? {
        try await database.read { try Self.instance(id, $0) }
    }

    func tasks(of jobInstance: String) async throws -> [TaskInstance] {
        try await database.read { try Self.tasks(of: jobInstance, $0) }
    }

    func task(_ id: String) async throws -> TaskInstance? {
        try await database.read { try Self.task(id, $0) }
    }

    /// The instance of a job that runs or shall run; else the newest one that waits for a decision.
    func openInstance(of job: String) async throws -> JobInstanceRecord? {
        try await database.read { transaction in
            try transaction.row(
                """
                SELECT \(sql: JobInstanceRecord.columns) FROM UJ_JobInstances
                WHERE Job = \(job) AND State IN ('requested', 'running', 'cancelling', 'blocked', 'planned')
                ORDER BY CASE WHEN State IN ('blocked', 'planned') THEN 1 ELSE 0 END, RequestedAt DESC, Id DESC LIMIT 1
                """
            ).map(JobInstanceRecord.init)
        }
    }

    /// The jobs, each with its newest instance; one query, which looks up one row a job in the index of the history.
    func summaries(of jobs: [Job]) async throws -> [JobSummary] {
        guard !jobs.isEmpty else { return [] }
        // Both databases call the first column of a list of values so.
        let wanted = jobs.map { "(\($0.identifier))" as SQL }.joined()
        let newest = try await database.read { transaction in
            try transaction.rows(
                """
                SELECT \(sql: JobInstanceRecord.columns) FROM UJ_JobInstances WHERE Id IN (
                  SELECT (
                    SELECT i.Id FROM UJ_JobInstances i WHERE i.Job = wanted.column1
                    ORDER BY i.RequestedAt DESC, i.Id DESC LIMIT 1)
                  FROM (VALUES \(sql: wanted)) AS wanted)
                """
            ).map { try JobInstanceRecord($0).instance }
        }
        let last = Dictionary(newest.map { ($0.job, $0) }, uniquingKeysWith: { first, _ in first })
        return jobs.map { JobSummary($0, last: last[$0.identifier]) }
    }

    /// Those of the instances that are of this job and have ended, oldest first.
    func ended(among instances: Set<String>, of job: String) async throws -> [String] {
        try await database.read { transaction in
            try instances.compactMap { id in
                try transaction.row(
                    "SELECT \(sql: JobInstanceRecord.columns) FROM UJ_JobInstances WHERE Id = \(id) AND Job = \(job)")
            }.map(JobInstanceRecord.init).map(\.instance).filter(\.state.isFinal)
                .sorted { ($0.requestedAt, $0.id) < ($1.requestedAt, $1.id) }.map(\.id)
        }
    }

    /// Newest first; `before` is the moment and id of the last one that the caller has.
    func history(
        job: String?, before: (requestedAt: String, id: String)?, limit: Int
    ) async throws -> [JobInstanceRecord] {
        let ofJob: SQL = job.map { "Job = \($0)" } ?? "1 = 1"
        let later: SQL = before.map { "(RequestedAt, Id) < (\($0.requestedAt), \($0.id))" } ?? "1 = 1"
        return try await database.read { transaction in
            try transaction.rows(
                """
                SELECT \(sql: JobInstanceRecord.columns) FROM UJ_JobInstances
                WHERE \(sql: ofJob) AND \(sql: later) ORDER BY RequestedAt DESC, Id DESC LIMIT \(limit)
                """
            ).map(JobInstanceRecord.init)
        }
    }

    /// What an agent should run next: a requested job of its own, or one whose changes were approved and of which no other
    /// instance runs or shall run.
    ///
    /// The installation that computed them goes on at once; another one of the same agent only when that one has not
    /// come for as long as a launch may take.
    func next(agent: String, installation: String) async throws -> RequestedJob? {
        let patience = Timestamp.text(clock().addingTimeInterval(-launchTimeout.seconds))
        return try await database.read { transaction in
            let row = try transaction.row(
                """
                SELECT \(sql: JobInstanceRecord.columns) FROM UJ_JobInstances
                WHERE Agent = \(agent) AND (State = 'requested' OR (State IN ('blocked', 'planned')
                  AND ResumeApprovedAt IS NOT NULL
                  AND (Installation IS NULL OR Installation = \(installation) OR ResumeApprovedAt <= \(patience))
                  AND Job NOT IN (
                    SELECT Job FROM UJ_JobInstances WHERE State IN ('requested', 'running', 'cancelling'))))
                ORDER BY RequestedAt, Id LIMIT 1
                """)
            return try row.map { row in
                let record = try JobInstanceRecord(row)
                return RequestedJob(instance: record.instance, resumes: record.instance.state.waitsForDecision)
            }
        }
    }

    /// The lines of a task instance's log after line `after`, from 1.
    func log(of taskInstance: String, after: Int, limit: Int) async throws -> [TaskLogLine] {
        try await database.read { transaction in
            try transaction.rows(
                """
                SELECT Line, WrittenAt, Message FROM UJ_TaskLogs
                WHERE TaskInstance = \(taskInstance) AND Line > \(after) ORDER BY Line LIMIT \(limit)
                """
            ).map { row in
                TaskLogLine(
                    line: try row.int("Line"), writtenAt: try row.date("WrittenAt"), text: try row.string("Message"))
            }
        }
    }

    /// A job without agent that was requested, or that a former process of the server left running.
    func nextOfServer() async throws -> JobInstance? {
        try await database.read { transaction in
            try transaction.row(
                """
                SELECT \(sql: JobInstanceRecord.columns) FROM UJ_JobInstances
                WHERE Agent IS NULL AND (State = 'requested'
                  OR (Installation = \(ServerJobs.installation) AND State IN ('running', 'cancelling')))
                ORDER BY RequestedAt, Id LIMIT 1
                """
            ).map(JobInstanceRecord.init)?.instance
        }
    }

    /// The last lines of all logs of a run, oldest first, with the task that wrote each.
    func logTail(of jobInstance: String, limit: Int) async throws -> [(task: String, line: TaskLogLine)] {
        try await database.read { transaction in
            try transaction.rows(
                """
                SELECT i.Task, l.Line, l.WrittenAt, l.Message FROM UJ_TaskInstances i
                JOIN UJ_TaskLogs l ON l.TaskInstance = i.Id
                WHERE i.JobInstance = \(jobInstance)
                ORDER BY l.WrittenAt DESC, i.TaskOrder DESC, l.Line DESC LIMIT \(limit)
                """
            ).reversed().map { row in
                (
                    try row.string("Task"),
                    TaskLogLine(
                        line: try row.int("Line"), writtenAt: try row.date("WrittenAt"),
                        text: try row.string("Message"))
                )
            }
        }
    }

    // MARK: Changing

    func change(_ id: String, _ change: JobInstanceChange, by caller: String) async throws -> RunStatus {
        let now = clock()
        let transition = JobTransition(launchTimeout: launchTimeout, now: now)
        let (status, late) = try await database.write { transaction -> (RunStatus, String?) in
            let current = try Self.instance(id, transaction)
            if let current, let expired = transition.expire(current) {
                try Self.save(expired, at: now, transaction)
                return (RunStatus(state: .error, cancelRequested: false), expired.instance.message)
            }
            let record = try transition.apply(
                change, to: current, id: id, occupant: try Self.occupant(of: change.job, but: id, transaction),
                caller: caller)
            if record != current { try Self.save(record, at: now, transaction) }
            return (RunStatus(state: record.instance.state, cancelRequested: record.cancelRequested), nil)
        }
        signal.changed()
        if let late { throw ServerError(.jobState, late) }
        return status
    }

    func change(_ id: String, _ change: TaskInstanceChange) async throws -> RunStatus {
        let now = clock()
        let status = try await database.write { transaction in
            guard var job = try Self.instance(change.jobInstance, transaction) else {
                throw ServerError(
                    .notFound, "There is no job instance \(change.jobInstance); make it before its tasks.")
            }
            let current = try Self.task(id, transaction)
            let changed = try TaskTransition(now: now).apply(change, to: current, id: id, job: job)
            if changed != current { try changed.save(transaction) }
            try Self.append(change.log, to: id, at: now, transaction)
            job.reportedAt = now
            try job.save(transaction)
            return RunStatus(state: changed.state, cancelRequested: job.cancelRequested)
        }
        signal.changed()
        return status
    }

    /// Records what the server did for a task; a task that has ended already keeps what it said.
    func finish(_ task: TaskInstance, _ outcome: ServerTaskOutcome) async throws {
        let now = clock()
        try await database.write { transaction in
            guard var current = try Self.task(task.id, transaction), !current.state.isFinal else { return }
            current.state = outcome.state
            current.produced = outcome.state == .completed
            current.message = outcome.message
            current.counters = outcome.counters
            current.startedAt = current.startedAt ?? now
            current.endedAt = now
            try current.save(transaction)
        }
        signal.changed()
    }

    /// Asks for an instance; asking twice with one id is asking once.
    func launch(_ record: JobInstanceRecord) async throws -> JobInstance {
        let now = clock()
        let transition = JobTransition(launchTimeout: launchTimeout, now: now)
        let instance = try await database.write { transaction in
            if let existing = try Self.instance(record.instance.id, transaction) {
                guard existing.instance.job == record.instance.job else {
                    throw ServerError(
                        .invalidRequest,
                        "The id \(record.instance.id) names an instance of \"\(existing.instance.job)\".")
                }
                return existing.instance
            }
            if let occupant = try Self.occupant(of: record.instance.job, but: record.instance.id, transaction) {
                if let expired = transition.expire(occupant) {
                    try Self.save(expired, at: now, transaction)
                } else {
                    throw JobTransition.refusal(occupant)
                }
            }
            try record.save(transaction)
            try AuditLog.record(
                .launched, by: record.instance.requestedBy, subject: record.instance.job,
                detail: record.instance.id + (record.isForceGranted ? ", forced" : "")
                    + (record.instance.isSimulation ? ", simulation" : ""), at: now, transaction)
            return record.instance
        }
        signal.changed()
        return instance
    }

    func cancel(_ id: String, by caller: String) async throws -> RunStatus {
        let now = clock()
        let transition = JobTransition(launchTimeout: launchTimeout, now: now)
        let status = try await database.write { transaction in
            guard let current = try Self.instance(id, transaction) else { throw Self.unknown(id) }
            let record = transition.cancel(current, by: caller)
            if record != current {
                try Self.save(record, at: now, transaction)
                try AuditLog.record(
                    .cancelled, by: caller, subject: current.instance.job, detail: id, at: now, transaction)
            }
            return RunStatus(state: record.instance.state, cancelRequested: record.cancelRequested)
        }
        signal.changed()
        return status
    }

    /// An instance whose change set was approved may go on: its agent's long poll is answered.
    func approveResume(_ id: String, by caller: String) async throws {
        let now = clock()
        try await database.write { try Self.approveResume(id, by: caller, at: now, $0) }
        signal.changed()
    }

    /// An instance whose changes were rejected ends.
    func reject(_ id: String, by caller: String, reason: String) async throws {
        let now = clock()
        try await database.write { transaction in
            guard var record = try Self.instance(id, transaction), record.instance.state.waitsForDecision else {
                return
            }
            record.end(.cancelled, "rejected by \(caller): \(reason)", at: now)
            try Self.save(record, at: now, transaction)
        }
        signal.changed()
    }

    /// The blocked and planned instances that nobody has decided on.
    func waitingForDecision() async throws -> [String] {
        try await database.read { transaction in
            try transaction.rows(
                "SELECT Id FROM UJ_JobInstances WHERE State IN ('blocked', 'planned') AND ResumeApprovedAt IS NULL"
            ).map { try $0.string("Id") }
        }
    }

    /// A blocked or planned instance ends when something took the place of what it holds (DESIGN §4).
    ///
    /// - Parameter reason: why, as its session says; nil: the session is no longer kept.
    func supersede(_ id: String, because reason: String?) async throws {
        let now = clock()
        try await database.write { transaction in
            guard var record = try Self.instance(id, transaction), record.instance.state.waitsForDecision,
                record.resumeApprovedAt == nil
            else { return }
            let reason = reason ?? "a later run or a deployment took the place of what it held"
            record.end(.cancelled, "superseded: \(reason)", at: now)
            try Self.save(record, at: now, transaction)
        }
        signal.changed()
    }

    /// Removes old logs, and old executions that have ended, with their tasks; the number of rows.
    func forget(logsAfterDays logDays: Int, historyAfterDays historyDays: Int) async throws -> Int {
        let day: TimeInterval = 24 * 3600
        let oldLogs = Timestamp.text(clock().addingTimeInterval(-day * TimeInterval(logDays)))
        let oldRuns = Timestamp.text(clock().addingTimeInterval(-day * TimeInterval(historyDays)))
        return try await database.write { transaction in
            let runs: SQL = "SELECT Id FROM UJ_JobInstances WHERE EndedAt IS NOT NULL AND RequestedAt < \(oldRuns)"
            var removed = try transaction.execute("DELETE FROM UJ_TaskLogs WHERE WrittenAt < \(oldLogs)")
            removed += try transaction.execute(
                """
                DELETE FROM UJ_TaskLogs WHERE TaskInstance IN (
                  SELECT Id FROM UJ_TaskInstances WHERE JobInstance IN (\(sql: runs)))
                """)
            removed += try transaction.execute("DELETE FROM UJ_TaskInstances WHERE JobInstance IN (\(sql: runs))")
            removed += try transaction.execute(
                "DELETE FROM UJ_JobInstances WHERE EndedAt IS NOT NULL AND RequestedAt < \(oldRuns)")
            return removed
        }
    }

    /// Ends what nobody took in time and what fell silent. Returns the ids of the instances that it ended.
    @discardableResult
    func expire() async throws -> [String] {
        let now = clock()
        let transition = JobTransition(launchTimeout: launchTimeout, now: now)
        let due = try await database.read { try Self.due(transition, maxSilence, $0) }
        guard !due.isEmpty else { return [] }
        let ended = try await database.write { transaction in
            let due = try Self.due(transition, maxSilence, transaction)
            for record in due { try Self.save(record, at: now, transaction) }
            return due.map(\.instance.id)
        }
        signal.changed()
        return ended
    }
}
