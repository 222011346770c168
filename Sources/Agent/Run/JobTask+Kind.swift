import WeirConfiguration

extension JobTask.Kind {
    var isSynchronization: Bool {
        switch self {
        case .synchronize: true
        case .export, .prepareSynchronization, .verifySynchronization, .setRecentlyModifiedFlag, .updateExpressions,
            .notExecuted:
            false
        }
    }

    /// Whether it works on what synchronizations before it changed.
    var looksAtChanges: Bool {
        switch self {
        case .setRecentlyModifiedFlag, .updateExpressions: true
        case .export, .prepareSynchronization, .synchronize, .verifySynchronization, .notExecuted: false
        }
    }
}
