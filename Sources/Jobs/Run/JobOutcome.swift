/// How a job ended.
package enum JobOutcome: String, Sendable, Equatable, Codable, CaseIterable {
    case completed
    /// Everything ran, and nothing produced anything.
    case noProcessing
    case warning
    case blocked
    case error
    case cancelled

    /// What `invoke-job` exits with (DESIGN §12).
    package var exitCode: Int32 {
        switch self {
        case .completed, .noProcessing: 0
        case .error: 1
        case .blocked: 3
        case .warning: 4
        case .cancelled: 5
        }
    }
}
