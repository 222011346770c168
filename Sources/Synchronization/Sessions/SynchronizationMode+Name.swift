internal import WeirConfiguration

extension SynchronizationMode {
    /// As the reference writes it.
    var name: String {
        switch self {
        case .initial: "Initial"
        case .complete: "Complete"
        case .incremental: "Incremental"
        }
    }
}
