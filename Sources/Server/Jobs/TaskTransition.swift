import API
import Foundation

/// Which changes of a task instance are right: a pure decision, like ``JobTransition``.
struct TaskTransition {
    var now: Date

    /// The task instance after the change.
    ///
    /// - Parameters:
    ///   - current: as it is; nil: there is none yet.
    ///   - job: the job instance that it belongs to; its runner alone may change it.
    func apply(
        _ change: TaskInstanceChange, to current: TaskInstance?, id: String, job: JobInstanceRecord
    ) throws -> TaskInstance {
        let instance = job.instance
        guard instance.installation == change.installation else {
            throw ServerError(
                .jobRunning,
                "The job instance \(instance.id) is run by installation \(instance.installation ?? "none"), not by "
                    + "\(change.installation); stop this run.")
        }
        if let current, current.jobInstance != change.jobInstance || current.task != change.task {
            throw ServerError(
                .invalidRequest,
                "The task instance \(id) is one of task \"\(current.task)\" in job instance \(current.jobInstance).")
        }
        if let current, current.state.isFinal {
            guard current.state == change.state else {
                throw ServerError(
                    .jobState, "The task instance \(id) has ended as \(current.state.rawValue); it stays so.")
            }
            return current
        }
        guard !instance.state.isFinal else {
            throw ServerError(
                .jobState,
                "The job instance \(instance.id) has ended as \(instance.state.rawValue)"
                    + (instance.message.map { ": \($0)" } ?? "") + "; stop this run.")
        }
        var changed =
            current
            ?? TaskInstance(
                id: id, jobInstance: change.jobInstance, task: change.task, order: change.order, state: change.state)
        changed.state = change.state
        changed.produced = change.produced
        // What was said of a former state (why it was blocked, say) is not said of the next one.
        changed.message = change.message ?? (current?.state == change.state ? changed.message : nil)
        changed.counters = change.counters ?? changed.counters
        changed.progress = change.progress ?? changed.progress
        changed.session = change.session ?? changed.session
        changed.skipCode = change.state == .skipped ? change.skipCode : nil
        if change.state == .running || change.state == .blocked || change.state.isFinal, change.state != .skipped {
            changed.startedAt = changed.startedAt ?? now
        }
        changed.endedAt = change.state.isFinal ? now : nil
        return changed
    }
}
