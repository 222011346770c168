import Jobs
import WeirConfiguration

extension JobPlan {
    /// The deployed job as the state machine sees it.
    init(_ job: Job) throws {
        try self.init(
            job: job.identifier,
            steps: job.tasks.map { task in
                JobStep(
                    id: task.identifier, element: task.element, level: task.level, parents: task.parents,
                    continueOnError: task.continueOnError, side: task.side, connector: task.connector,
                    notExecutedReason: task.reasonNotExecuted)
            })
    }

    /// Those that its steps synchronize, sorted.
    var connectors: [String] {
        Set(steps.filter(\.isExecutable).compactMap(\.connector)).sorted()
    }
}

extension JobTask {
    fileprivate var side: JobStep.Side {
        switch kind {
        case .export, .prepareSynchronization, .verifySynchronization: .agent
        case .synchronize, .setRecentlyModifiedFlag, .updateExpressions, .notExecuted: .server
        }
    }

    fileprivate var reasonNotExecuted: String? {
        switch kind {
        case .notExecuted(let element): "\(element) is not executed by this version"
        case .export, .prepareSynchronization, .synchronize, .verifySynchronization, .setRecentlyModifiedFlag,
            .updateExpressions:
            nil
        }
    }
}
