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
    /// It failed; the job stops.
    case error(String)
    /// It was interrupted by a cancel request; the job stops.
    case cancelled

    /// Whether a step counts as produced for those that depend on it.
    package var hasProduced: Bool {
        switch self {
        case .completed: true
        case .noProcessing, .skipped, .warning, .blocked, .error, .cancelled: false
        }
    }

    /// Whether a step counts as failed for those that depend on it (REFERENCE §5: error, warning, blocked).
    package var hasFailed: Bool {
        switch self {
        case .warning, .blocked, .error, .cancelled: true
        case .completed, .noProcessing, .skipped: false
        }
    }

    /// Whether the job stops here. These are also the outcomes that a resumed job runs again.
    package var stopsJob: Bool {
        switch self {
        case .blocked, .error, .cancelled: true
        case .completed, .noProcessing, .skipped, .warning: false
        }
    }

    /// Whether the job, if nothing worse happens, ends in warning.
    package var warns: Bool {
        switch self {
        case .completed(let remark), .noProcessing(let remark): remark != nil
        case .skipped(.connectorBlocked), .warning: true
        case .skipped, .blocked, .error, .cancelled: false
        }
    }
}
