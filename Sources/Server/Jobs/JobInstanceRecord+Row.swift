import API
import Foundation
import Storage

extension JobInstanceRecord {
    /// The columns that ``init(_:)`` reads.
    static let columns: SQL = """
        Id, Job, State, Agent, Installation, RequestedBy, IsForced, IsForceGranted, CancelRequested, RequestedAt,
        StartedAt, EndedAt, ReportedAt, ResumeApprovedAt, Message, IsSimulation
        """

    init(_ row: Row) throws {
        instance = JobInstance(
            id: try row.string("Id"), job: try row.string("Job"), state: try RunState(row, "State"),
            agent: try row.optionalString("Agent"), installation: try row.optionalString("Installation"),
            requestedBy: try row.string("RequestedBy"), isForced: try row.bool("IsForced"),
            isSimulation: try row.bool("IsSimulation"), requestedAt: try row.date("RequestedAt"),
            startedAt: try row.optionalDate("StartedAt"),
            endedAt: try row.optionalDate("EndedAt"), message: try row.optionalString("Message"))
        cancelRequested = try row.bool("CancelRequested")
        isForceGranted = try row.bool("IsForceGranted")
        resumeApprovedAt = try row.optionalDate("ResumeApprovedAt")
        reportedAt = try row.date("ReportedAt")
    }

    /// Writes the whole row, over the one that is there.
    func save(_ transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO UJ_JobInstances (\(sql: Self.columns))
            VALUES (\(instance.id), \(instance.job), \(instance.state.rawValue), \(bound: instance.agent),
              \(bound: instance.installation), \(instance.requestedBy), \(instance.isForced), \(isForceGranted),
              \(cancelRequested), \(Timestamp.text(instance.requestedAt)), \(bound: instance.startedAt.map(Timestamp.text)),
              \(bound: instance.endedAt.map(Timestamp.text)), \(Timestamp.text(reportedAt)),
              \(bound: resumeApprovedAt.map(Timestamp.text)), \(bound: instance.message),
              \(instance.isSimulation))
            ON CONFLICT (Id) DO UPDATE SET
              State = excluded.State, Agent = excluded.Agent, Installation = excluded.Installation,
              IsForced = excluded.IsForced, IsForceGranted = excluded.IsForceGranted,
              CancelRequested = excluded.CancelRequested, StartedAt = excluded.StartedAt,
              EndedAt = excluded.EndedAt, ReportedAt = excluded.ReportedAt,
              ResumeApprovedAt = excluded.ResumeApprovedAt, Message = excluded.Message,
              IsSimulation = excluded.IsSimulation
            """)
    }
}

extension Row {
    func date(_ name: String) throws -> Date {
        guard let date = try optionalDate(name) else {
            throw StorageError(.corrupt, "The column \(name) holds no date; it was changed outside Weir.")
        }
        return date
    }

    func optionalDate(_ name: String) throws -> Date? {
        guard let text = try optionalString(name) else { return nil }
        guard let date = Timestamp.date(text) else {
            throw StorageError(.corrupt, "The column \(name) holds \"\(text)\", which is no date in ISO 8601.")
        }
        return date
    }
}

extension RunState {
    init(_ row: Row, _ column: String) throws {
        let text = try row.string(column)
        guard let state = RunState(rawValue: text) else {
            throw StorageError(.corrupt, "The column \(column) holds \"\(text)\", which is no state of a job or task.")
        }
        self = state
    }
}
