import API
import Jobs

/// What somebody asks the runner for.
package struct RunRequest: Sendable, Equatable {
    package var job: String
    package var selection: StepSelection
    /// Approves in advance what the safeguards would hold.
    package var isForced: Bool
    /// Stops before the apply, and changes nothing (DESIGN §1.10).
    package var isSimulation: Bool
    /// Goes on with the job's instance that waits for a decision.
    package var resume: Resume?
    /// The scheduler asks, nobody in person.
    package var isScheduled: Bool
    /// The instance that was requested on a page, or that goes on; nil makes one, or goes on with what a crash left.
    package var instance: String?

    package init(
        job: String, selection: StepSelection = StepSelection(), isForced: Bool = false, isSimulation: Bool = false,
        resume: Resume? = nil, isScheduled: Bool = false, instance: String? = nil
    ) {
        self.job = job
        self.selection = selection
        self.isForced = isForced
        self.isSimulation = isSimulation
        self.resume = resume
        self.isScheduled = isScheduled
        self.instance = instance
    }

    package enum Resume: Sendable, Equatable {
        /// Approve the only change set that waits (`invoke-job -r`).
        case approvingShown
        /// Approve this change set, 64 hex digits, if it is one that the job's runs hold (`invoke-job -r HASH`).
        case approving(changeSet: String)
        /// Somebody approved what the request's instance holds already.
        case approved
    }
}

/// How a run ended.
package struct RunResult: Sendable, Equatable {
    package var outcome: JobOutcome
    package var instance: String
    /// Why, where it did not simply complete.
    package var message: String?
    /// It failed because the server did not let this client do something.
    package var isRefused: Bool
    /// What a simulation computed, and somebody may approve.
    package var planned: [Session]

    package init(
        outcome: JobOutcome, instance: String, message: String? = nil, isRefused: Bool = false, planned: [Session] = []
    ) {
        self.outcome = outcome
        self.instance = instance
        self.message = message
        self.isRefused = isRefused
        self.planned = planned
    }
}
