import API
import Jobs

/// What a step did: its outcome for the job, and what the page and the log show of it.
struct StepReport: Sendable {
    var outcome: StepOutcome
    var counters: [String: Int] = [:]
    var session: String?
    /// What a simulation computed, and somebody may approve: the task is recorded as planned.
    var planned: Session?
    var log: [String] = []
    /// It failed because the server did not let this client do something.
    var isRefused = false
}
