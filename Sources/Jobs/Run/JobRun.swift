/// A run of a job as a state machine: events go in, actions come out, nothing else happens here.
///
/// The caller executes the actions, records each transition on the server before it starts the next, and reports
/// what happened as events. Late and repeated events change nothing.
///
/// How the two passages of the reference that speak of failures are read together:
/// - A step that fails (error without ContinueOnError), blocks or is cancelled stops the *job* (REFERENCE §14): what
///   runs beside it ends, nothing more starts, and the steps that were not started stay so, for a resume.
/// - A step of which only a part is held stops nothing; the job ends blocked all the same, so that somebody decides.
/// - What *cuts short only the chain that depends on it* (REFERENCE §5) is everything else: a failure under
///   ContinueOnError (a warning), a skip, a step with nothing to do. The steps that do not depend on it run.
/// - A step with parents is launched when none of them failed and at least one produced something. A skipped parent,
///   also one that this version does not execute, neither failed nor produced: a step all of whose parents were
///   skipped is skipped too, one with a productive parent beside them runs, one without parents always runs.
/// - A step for which an earlier run left work runs when none of its parents failed, whether they produced or not.
/// - A parent outside the plan (left out by a selection, or not in the job) counts as done and productive.
package struct JobRun: Sendable {
    package enum Event: Sendable, Equatable {
        case started
        case stepFinished(id: String, outcome: StepOutcome)
        /// Hand it in before the end of the step during which it came: that end starts the next step otherwise.
        case cancelRequested
    }

    package enum Action: Sendable, Equatable {
        case launch(id: String)
        /// Record the step as skipped; no event answers this action.
        case skip(id: String, reason: SkipReason)
        case finish(JobOutcome)
    }

    package let plan: JobPlan
    /// How the steps ended that have ended: for a failure under ContinueOnError, the warning that it became.
    package private(set) var outcomes: [String: StepOutcome]
    /// The steps that were launched and have not ended.
    package private(set) var running: Set<String> = []
    /// nil: the run goes on.
    package private(set) var outcome: JobOutcome?

    private let planned: Set<String>
    private let batches: [[JobStep]]
    private var batch = 0
    private var hasStarted = false
    private var cancelRequested = false

    /// A run from the start or, with `restored`, from where a former process left it.
    ///
    /// - Parameters:
    ///   - maxBatchSize: how many steps run at once at most (`Jobs:MaxTaskBatchSize`); under 1 counts as 1.
    ///   - restored: how steps ended before a crash or a block. Those that are open (blocked, held, error, cancelled)
    ///     run again; those that were running then, being absent, do so too.
    package init(plan: JobPlan, maxBatchSize: Int = 5, restored: [String: StepOutcome] = [:]) {
        self.plan = plan
        planned = Set(plan.steps.map(\.id))
        batches = plan.batches(ofAtMost: maxBatchSize)
        outcomes = restored.filter { [planned] id, outcome in planned.contains(id) && !outcome.isOpen }
    }

    package mutating func received(_ event: Event) -> [Action] {
        guard outcome == nil else { return [] }
        switch event {
        case .started:
            guard !hasStarted else { return [] }
            hasStarted = true
        case .stepFinished(let id, let outcome):
            guard running.remove(id) != nil else { return [] }
            let step = plan.steps.first { $0.id == id }
            outcomes[id] = step?.effective(outcome) ?? outcome
        case .cancelRequested:
            cancelRequested = true
        }
        return hasStarted || cancelRequested ? advance() : []
    }

    private mutating func advance() -> [Action] {
        if isStopping { return running.isEmpty ? [finish()] : [] }
        var actions: [Action] = []
        while batch < batches.count {
            actions += startReadySteps()
            guard running.isEmpty else { return actions }
            batch += 1
        }
        return actions + [finish()]
    }

    /// Launches or skips the steps of the current batch whose parents have ended. In launch order a step comes after
    /// its parents, so that one pass suffices.
    private mutating func startReadySteps() -> [Action] {
        var actions: [Action] = []
        for step in batches[batch] where outcomes[step.id] == nil && !running.contains(step.id) {
            let parents = step.parents.filter(planned.contains)
            guard parents.allSatisfy({ outcomes[$0] != nil }) else { continue }
            if let reason = reasonToSkip(step, parents: parents) {
                outcomes[step.id] = .skipped(reason)
                actions.append(.skip(id: step.id, reason: reason))
            } else {
                running.insert(step.id)
                actions.append(.launch(id: step.id))
            }
        }
        return actions
    }

    private func reasonToSkip(_ step: JobStep, parents: [String]) -> SkipReason? {
        if let reason = step.notExecutedReason { return .notExecuted(reason) }
        if let failed = parents.first(where: { outcomes[$0]?.hasFailed ?? false }) { return .parentFailed(failed) }
        let allArePlanned = parents.count == step.parents.count
        if !step.hasWorkLeft, !parents.isEmpty, allArePlanned,
            !parents.contains(where: { outcomes[$0]?.hasProduced ?? false })
        {
            return .nothingToDo(parents: parents)
        }
        return nil
    }

    private var isStopping: Bool {
        cancelRequested || outcomes.values.contains(where: \.stopsJob)
    }

    private mutating func finish() -> Action {
        let worst = worstOutcome
        outcome = worst
        return .finish(worst)
    }

    private var worstOutcome: JobOutcome {
        var isBlocked = false
        var isCancelled = cancelRequested
        var warns = false
        var hasProduced = false
        for outcome in outcomes.values {
            if case .error = outcome { return .error }
            switch outcome {
            case .blocked, .held: isBlocked = true
            case .completed, .noProcessing, .skipped, .warning, .error, .cancelled: break
            }
            if case .cancelled = outcome { isCancelled = true }
            warns = warns || outcome.warns
            hasProduced = hasProduced || outcome.hasProduced
        }
        if isBlocked { return .blocked }
        if isCancelled { return .cancelled }
        if warns { return .warning }
        return hasProduced ? .completed : .noProcessing
    }
}
