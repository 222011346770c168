import API
import WeirConfiguration
import WeirSynchronization

/// Executes the tasks that run on the server's side (REFERENCE §5).
struct ServerTasks: Sendable {
    let jobs: JobStore
    let engine: SynchronizationEngine
    let lock: NamedLocks

    /// Runs the task of a task instance once: an instance that has ended answers with what it did, and a second call
    /// waits for the first.
    func run(_ id: String, in model: Model) async throws -> ServerTaskOutcome {
        try await lock.withLock(id) {
            guard let instance = try await jobs.task(id), let job = try await jobs.instance(instance.jobInstance) else {
                throw ServerError(.notFound, "There is no task instance \(id); make it before it is run.")
            }
            if instance.state.isFinal {
                return ServerTaskOutcome(
                    state: instance.state, message: instance.message, counters: instance.counters)
            }
            guard !job.instance.state.isFinal else {
                throw ServerError(
                    .jobState, "The job instance \(job.instance.id) has ended; its tasks are not run any more.")
            }
            guard let task = model.job(job.instance.job)?.tasks.first(where: { $0.identifier == instance.task }) else {
                throw ServerError(
                    .notFound, "The job \"\(job.instance.job)\" has no task \"\(instance.task)\" any more; run it anew."
                )
            }
            let outcome = try await execute(task, job.instance)
            try await jobs.finish(instance, outcome)
            return outcome
        }
    }

    /// The ended instances of the job that kept change rows and came no further: their flags are still to be set.
    func instancesWithKeptChanges(of job: String) async throws -> [String] {
        try await jobs.ended(among: engine.jobInstancesWithKeptChanges(), of: job)
    }

    private func execute(_ task: JobTask, _ run: JobInstance) async throws -> ServerTaskOutcome {
        switch task.kind {
        case .setRecentlyModifiedFlag:
            let earlier = try await instancesWithKeptChanges(of: run.job)
            return try await engine.setRecentlyModifiedFlags(jobInstances: earlier + [run.id])
        case .updateExpressions(let entityTypes, let dirtyOnly):
            return UpdateExpressions(entityTypes: entityTypes, dirtyOnly: dirtyOnly).outcome
        case .notExecuted(let element):
            return ServerTaskOutcome(state: .skipped, message: "\(element) is not executed by this version")
        case .export, .prepareSynchronization, .synchronize, .verifySynchronization:
            throw ServerError(
                .invalidRequest,
                "The task \"\(task.identifier)\" (\(task.element)) is not run by this call; its agent runs it.")
        }
    }
}

/// UpdateEntityPropertyExpressionsTask. This version evaluates no expressions (a deployment lists each of them, REFERENCE
/// §18), so there is nothing to compute: *no processing*. The Dirty flags stay for the version that does.
struct UpdateExpressions {
    var entityTypes: [String]
    var dirtyOnly: Bool

    var outcome: ServerTaskOutcome {
        ServerTaskOutcome(
            state: .noProcessing, message: "expressions are not evaluated by this version",
            counters: ["entityTypes": entityTypes.count, "evaluated": 0])
    }
}
