/// How a step ended (the end states of DESIGN §7).
package enum StepOutcome: Sendable, Equatable, Codable {
    /// It produced something: what depends on it may run. A full export always does. A remark (rows were rejected,
    /// say) makes the job end in warning without cutting anything short.
    case completed(remark: String? = nil)
    /// It ran and there was nothing to do: a feed without a change, a prepare without a difference, a
    /// synchronization that changed nothing.
    case noProcessing(remark: String? = nil)
    /// It did not run.
    case skipped(SkipReason)
    /// It failed, and the job goes on without what depends on it (ContinueOnError).
    case warning(String)
    /// A safeguard holds it; the job stops and can be resumed here.
    case blocked(String)
    /// A safeguard holds a part of it, the rest is done (ThresholdScope Operation, DESIGN §8): the job goes on, ends
    /// blocked, and runs the step again when it is resumed.
    case held(String)
    /// It failed; the job stops.
    case error(String)
    /// It was interrupted by a cancel request; the job stops.
    case cancelled

    /// Whether a step counts as produced for those that depend on it.
    package var hasProduced: Bool {
        switch self {
        case .completed, .held: true
        case .noProcessing, .skipped, .warning, .blocked, .error, .cancelled: false
        }
    }

    /// Whether a step counts as failed for those that depend on it (REFERENCE §5: error, warning, blocked).
    package var hasFailed: Bool {
        switch self {
        case .warning, .blocked, .error, .cancelled: true
        case .completed, .noProcessing, .skipped, .held: false
        }
    }

    /// Whether the job stops here.
    package var stopsJob: Bool {
        switch self {
        case .blocked, .error, .cancelled: true
        case .completed, .noProcessing, .skipped, .warning, .held: false
        }
    }

    /// Whether a resumed job runs the step again.
    package var isOpen: Bool {
        switch self {
        case .blocked, .error, .cancelled, .held: true
        case .completed, .noProcessing, .skipped, .warning: false
        }
    }

    /// Whether the job, if nothing worse happens, ends in warning.
    package var warns: Bool {
        switch self {
        case .completed(let remark), .noProcessing(let remark): remark != nil
        case .skipped(.connectorBlocked), .warning: true
        case .skipped, .blocked, .held, .error, .cancelled: false
        }
    }
}
