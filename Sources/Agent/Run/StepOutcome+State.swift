import API
import Jobs

extension StepOutcome {
    /// The recorded state of a task that ended so.
    var state: RunState {
        switch self {
        case .completed: .completed
        case .noProcessing: .noProcessing
        case .skipped: .skipped
        case .warning: .warning
        case .blocked, .held: .blocked
        case .error: .error
        case .cancelled: .cancelled
        }
    }

    var message: String? {
        switch self {
        case .completed(let remark), .noProcessing(let remark): remark
        case .skipped(let reason): reason.description
        case .warning(let text), .blocked(let text), .held(let text), .error(let text): text
        case .cancelled: nil
        }
    }

    /// For programs, why it was skipped.
    var skipCode: SkipCode? {
        guard case .skipped(let reason) = self else { return nil }
        return switch reason {
        case .parentFailed: .parentFailed
        case .nothingToDo: .nothingToDo
        case .notExecuted: .notExecuted
        case .connectorBlocked: .connectorBlocked
        case .leftOut: .leftOut
        }
    }

    /// How a recorded task instance ended; nil for one that has to run (again).
    init?(recorded instance: TaskInstance) {
        // Rejected rows are the only remark that makes a job end in warning; other messages only tell.
        let remark = instance.counters["rejected", default: 0] > 0 ? instance.message : nil
        switch instance.state {
        case .completed: self = .completed(remark: remark)
        case .noProcessing: self = .noProcessing(remark: remark)
        case .skipped: self = .skipped(SkipReason(recorded: instance.message ?? "skipped", instance.skipCode))
        case .warning: self = .warning(instance.message ?? "failed")
        case .requested, .running, .blocked, .planned, .error, .cancelling, .cancelled: return nil
        }
    }
}

extension SkipReason {
    /// A connector that waits for a decision still makes the job end in warning when it goes on after a crash.
    fileprivate init(recorded message: String, _ code: SkipCode?) {
        switch code {
        case .connectorBlocked: self = .connectorBlocked(message)
        case .notExecuted: self = .notExecuted(message)
        case .parentFailed, .nothingToDo, .leftOut, nil: self = .leftOut(message)
        }
    }
}

extension JobOutcome {
    var state: RunState {
        switch self {
        case .completed: .completed
        case .noProcessing: .noProcessing
        case .warning: .warning
        case .blocked: .blocked
        case .error: .error
        case .cancelled: .cancelled
        }
    }
}
