import Jobs
import WeirConfiguration

extension JobPlan {
    /// The deployed job as the state machine sees it.
    ///
    /// - Parameter keptChanges: whether an earlier run left changes for its SetRecentlyModifiedFlagTask.
    init(_ job: Job, keptChanges: Bool = false) throws {
        try self.init(
            job: job.identifier,
            steps: job.tasks.map { task in
                JobStep(
                    id: task.identifier, element: task.element, level: task.level, parents: task.parents,
                    continueOnError: task.continueOnError, side: task.side, connector: task.connector,
                    notExecutedReason: task.reasonNotExecuted,
                    hasWorkLeft: keptChanges && task.kind == .setRecentlyModifiedFlag)
            })
    }

    /// What a simulation runs: everything up to the server's computation. The rest stays not started, for the day on
    /// which somebody approves what was computed.
    func simulating(_ job: Job) throws -> JobPlan {
        let kept = Set(job.tasks.filter(\.isSimulated).map(\.identifier))
        let plan = keeping { kept.contains($0.id) }
        guard job.tasks.contains(where: \.kind.isSynchronization) else {
            throw AgentError(
                .usage, "The job \"\(job.identifier)\" has no SynchronizeTask: there is nothing to simulate.")
        }
        return plan
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

    fileprivate var isSimulated: Bool {
        switch kind {
        case .export, .prepareSynchronization, .synchronize: true
        case .verifySynchronization, .setRecentlyModifiedFlag, .updateExpressions, .notExecuted: false
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
