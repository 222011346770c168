import API
import Foundation
import Storage

extension TaskInstance {
    /// The columns that ``init(_:)`` reads.
    static let columns: SQL = """
        Id, JobInstance, Task, TaskOrder, State, Produced, StartedAt, EndedAt, Message, Counters, ProgressPhase,
        ProgressRows, ProgressTotalRows, Session, SkipCode
        """

    init(_ row: Row) throws {
        self.init(
            id: try row.string("Id"), jobInstance: try row.string("JobInstance"), task: try row.string("Task"),
            order: try row.int("TaskOrder"), state: try RunState(row, "State"), produced: try row.bool("Produced"),
            startedAt: try row.optionalDate("StartedAt"), endedAt: try row.optionalDate("EndedAt"),
            message: try row.optionalString("Message"),
            counters: try WireJSON.decode([String: Int].self, from: Data(try row.string("Counters").utf8)),
            progress: try row.optionalString("ProgressPhase").map { phase in
                Progress(
                    phase: phase, rows: try row.optionalInt("ProgressRows") ?? 0,
                    totalRows: try row.optionalInt("ProgressTotalRows"))
            },
            session: try row.optionalString("Session"),
            skipCode: try row.optionalString("SkipCode").flatMap(SkipCode.init))
    }

    /// Writes the whole row, over the one that is there.
    func save(_ transaction: any Transaction) throws {
        let counters = String(decoding: try WireJSON.encode(counters), as: UTF8.self)
        try transaction.execute(
            """
            INSERT INTO UJ_TaskInstances (\(sql: Self.columns))
            VALUES (\(id), \(jobInstance), \(task), \(order), \(state.rawValue), \(produced),
              \(bound: startedAt.map(Timestamp.text)), \(bound: endedAt.map(Timestamp.text)), \(bound: message), \(counters),
              \(bound: progress?.phase), \(bound: progress?.rows), \(bound: progress?.totalRows), \(bound: session),
              \(bound: skipCode?.rawValue))
            ON CONFLICT (Id) DO UPDATE SET
              State = excluded.State, Produced = excluded.Produced, StartedAt = excluded.StartedAt,
              EndedAt = excluded.EndedAt, Message = excluded.Message, Counters = excluded.Counters,
              ProgressPhase = excluded.ProgressPhase, ProgressRows = excluded.ProgressRows,
              ProgressTotalRows = excluded.ProgressTotalRows, Session = excluded.Session,
              SkipCode = excluded.SkipCode
            """)
    }
}
