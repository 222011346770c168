import API
import Jobs
import Synchronization

/// One task instance on the server: every transition is recorded there before the next step starts (DESIGN §7).
struct TaskRecord: Sendable {
    let client: APIClient
    let id: String
    let jobInstance: String
    let task: String
    let order: Int
    let installation: String
    let observe: @Sendable (RunEvent) -> Void

    func start(cancel: CancelSwitch) async throws {
        try await send(state: .running, cancel: cancel)
        observe(.task(id: task, order: order, state: .running, message: nil))
    }

    /// Sends progress once a second while `work` runs; the answers also say whether somebody asked to cancel.
    func whileReporting<Value: Sendable>(
        _ progress: LatestProgress, cancel: CancelSwitch, sleep: @escaping @Sendable (Duration) async throws -> Void,
        work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                while true {
                    try await sleep(.seconds(1))
                    let current = progress.value
                    if let current { observe(.progress(task: task, current)) }
                    // A report that does not come through is not worth the step: the next one follows.
                    try? await send(state: .running, progress: current, cancel: cancel)
                }
            }
            defer { group.cancelAll() }
            while let value = try await group.next() {
                if let value { return value }
            }
            throw CancellationError()
        }
    }

    func finish(_ report: StepReport, cancel: CancelSwitch) async throws {
        let state = report.planned == nil ? report.outcome.state : .planned
        let message = report.outcome.message
        try await send(
            state: state, produced: report.outcome.hasProduced, message: message, counters: report.counters,
            session: report.session, skipCode: report.outcome.skipCode, log: report.log, cancel: cancel)
        for line in report.log { observe(.line(task: task, line)) }
        observe(.task(id: task, order: order, state: state, message: message))
    }

    private func send(
        state: RunState, produced: Bool = false, message: String? = nil, counters: [String: Int]? = nil,
        progress: Progress? = nil, session: String? = nil, skipCode: SkipCode? = nil, log: [String] = [],
        cancel: CancelSwitch
    ) async throws {
        let status = try await client.change(
            taskInstance: id,
            TaskInstanceChange(
                jobInstance: jobInstance, task: task, order: order, installation: installation, state: state,
                produced: produced, message: message, counters: counters, progress: progress, session: session,
                skipCode: skipCode, log: log))
        if status.cancelRequested { cancel.request() }
    }
}
