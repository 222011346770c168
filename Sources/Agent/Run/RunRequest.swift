import Jobs

/// What somebody asks the runner for.
package struct RunRequest: Sendable, Equatable {
    package var job: String
    package var selection: StepSelection
    /// Approves in advance what the safeguards would hold.
    package var isForced: Bool
    /// Goes on with the job's blocked instance.
    package var resume: Resume?
    /// The scheduler asks, nobody in person.
    package var isScheduled: Bool
    /// The instance that was requested on a page; nil makes one.
    package var instance: String?

    package init(
        job: String, selection: StepSelection = StepSelection(), isForced: Bool = false, resume: Resume? = nil,
        isScheduled: Bool = false, instance: String? = nil
    ) {
        self.job = job
        self.selection = selection
        self.isForced = isForced
        self.resume = resume
        self.isScheduled = isScheduled
        self.instance = instance
    }

    package enum Resume: Sendable, Equatable {
        /// Approve the change set as it is shown now (`invoke-job -r`).
        case approvingShown
        /// Somebody approved it already.
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

    package init(outcome: JobOutcome, instance: String, message: String? = nil, isRefused: Bool = false) {
        self.outcome = outcome
        self.instance = instance
        self.message = message
        self.isRefused = isRefused
    }
}
