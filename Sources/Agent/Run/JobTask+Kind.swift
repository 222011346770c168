import WeirConfiguration

extension JobTask.Kind {
    /// Whether it works on what synchronizations before it changed.
    var looksAtChanges: Bool {
        switch self {
        case .setRecentlyModifiedFlag, .updateExpressions: true
        case .export, .prepareSynchronization, .synchronize, .verifySynchronization, .notExecuted: false
        }
    }
}
