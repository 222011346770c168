import Jobs

/// What a step did: its outcome for the job, and what the page and the log show of it.
struct StepReport: Sendable {
    var outcome: StepOutcome
    var counters: [String: Int] = [:]
    var session: String?
    var log: [String] = []
    /// It failed because the server did not let this client do something.
    var isRefused = false
}
