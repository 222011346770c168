import API
import Foundation

/// Which changes of a job instance are right: a pure decision, so that it is tested without a database (DESIGN §7).
struct JobTransition {
    /// REFERENCE §9, `JobLaunchTimeout`.
    var launchTimeout: Duration
    var now: Date

    /// The record after the change; equal to the one before when there is nothing to do.
    ///
    /// - Parameters:
    ///   - record: the instance as it is; nil: there is none yet.
    ///   - occupant: another instance of the job that has not ended.
    func apply(
        _ change: JobInstanceChange, to record: JobInstanceRecord?, id: String, occupant: JobInstanceRecord?,
        caller: String
    ) throws -> JobInstanceRecord {
        guard let record else { return try begin(change, id: id, occupant: occupant, caller: caller) }
        let instance = record.instance
        guard instance.job == change.job else {
            throw ServerError(
                .invalidRequest, "The job instance \(id) is one of \"\(instance.job)\", not of \"\(change.job)\".")
        }
        if instance.state.isFinal {
            guard instance.state == change.state, instance.installation == change.installation else {
                throw ServerError(
                    .jobState,
                    "The job instance \(id) has ended as \(instance.state.rawValue)"
                        + (instance.message.map { ": \($0)" } ?? "") + "; launch the job again.")
            }
            return record
        }
        // An instance that waits for a decision waits for nobody in particular: whoever resumes it takes it over.
        guard
            instance.installation == nil || instance.installation == change.installation
                || instance.state.waitsForDecision
        else {
            throw ServerError(
                .jobRunning,
                "The job instance \(id) is run by agent \"\(instance.agent ?? "")\", installation "
                    + "\(instance.installation ?? ""); only that one may move it on.")
        }
        return try move(record, change, occupant)
    }

    /// A requested job that nobody took in time is in error.
    func expire(_ record: JobInstanceRecord) -> JobInstanceRecord? {
        guard record.instance.state == .requested,
            now.timeIntervalSince(record.instance.requestedAt) > launchTimeout.seconds
        else { return nil }
        var expired = record
        let agent = record.instance.agent.map { "The agent \"\($0)\"" } ?? "The server"
        expired.end(
            .error,
            "\(agent) did not take the job within \(launchTimeout.formatted(.units(allowed: [.seconds, .milliseconds]))) "
                + "(JobLaunchTimeout); start the agent with that AgentIdentifier, then launch the job again.",
            at: now)
        return expired
    }

    /// A running job whose runner has fallen silent is in error, so that the job can be launched again.
    func expire(_ record: JobInstanceRecord, silence: Duration) -> JobInstanceRecord? {
        guard record.instance.state == .running || record.instance.state == .cancelling,
            now.timeIntervalSince(record.reportedAt) > silence.seconds
        else { return nil }
        var expired = record
        expired.end(
            .error,
            "The agent \"\(record.instance.agent ?? "")\" has reported nothing since "
                + "\(Timestamp.text(record.reportedAt)) (Scheduler:MaxLockWatchTime); see its log, then launch again.",
            at: now)
        return expired
    }

    /// Cancelling finishes the task that runs; what does not run is cancelled at once.
    func cancel(_ record: JobInstanceRecord, by caller: String) -> JobInstanceRecord {
        var cancelled = record
        switch record.instance.state {
        case .requested:
            cancelled.cancelRequested = true
            cancelled.end(.cancelled, "cancelled by \(caller)", at: now)
        case .blocked, .planned:
            cancelled.cancelRequested = true
            cancelled.end(.cancelled, "cancelled by \(caller), and the changes that waited were rejected", at: now)
        case .running:
            cancelled.cancelRequested = true
            cancelled.instance.state = .cancelling
            cancelled.instance.message = "cancelled by \(caller)"
        case .cancelling, .completed, .noProcessing, .skipped, .warning, .error, .cancelled: break
        }
        return cancelled
    }

    private func begin(
        _ change: JobInstanceChange, id: String, occupant: JobInstanceRecord?, caller: String
    ) throws -> JobInstanceRecord {
        // A start that is recorded as skipped, because the job runs, is no start.
        if !change.state.isFinal { try refuse(occupant) }
        let isStarted = change.state != .requested && change.state != .skipped
        let instance = JobInstance(
            id: id, job: change.job, state: change.state, agent: change.agent, installation: change.installation,
            requestedBy: change.isScheduled == true ? "scheduler" : caller, isForced: change.isForced ?? false,
            isSimulation: change.isSimulation ?? false, requestedAt: now, startedAt: isStarted ? now : nil,
            endedAt: change.state.isFinal ? now : nil, message: change.message)
        return JobInstanceRecord(instance: instance, reportedAt: now)
    }

    private func move(
        _ record: JobInstanceRecord, _ change: JobInstanceChange, _ occupant: JobInstanceRecord?
    ) throws -> JobInstanceRecord {
        var moved = record
        if !record.occupiesJob, !change.state.isFinal, !change.state.waitsForDecision { try refuse(occupant) }
        if change.state == .requested, record.instance.state != .requested {
            throw ServerError(
                .jobState, "The job instance \(record.instance.id) has started; it cannot be requested again.")
        }
        moved.instance.installation = change.installation
        moved.instance.agent = change.agent ?? record.instance.agent
        moved.instance.isForced = record.instance.isForced || change.isForced == true
        moved.instance.isSimulation = change.isSimulation ?? record.instance.isSimulation
        // What was said of a former state is not said of the next one; but who cancelled a job stays known.
        let keepsMessage = change.state == record.instance.state || record.cancelRequested
        moved.instance.message = change.message ?? (keepsMessage ? record.instance.message : nil)
        moved.reportedAt = now
        if change.state.isFinal {
            moved.end(change.state, nil, at: now)
            return moved
        }
        if change.state == .running {
            moved.resumeApprovedAt = nil
            moved.instance.startedAt = record.instance.startedAt ?? now
        }
        moved.instance.state = record.cancelRequested && change.state == .running ? .cancelling : change.state
        return moved
    }

    private func refuse(_ occupant: JobInstanceRecord?) throws {
        if let occupant { throw Self.refusal(occupant) }
    }

    static func refusal(_ occupant: JobInstanceRecord) -> ServerError {
        let instance = occupant.instance
        return ServerError(
            .jobRunning,
            "The job \"\(instance.job)\" is \(instance.state.rawValue) since "
                + "\(Timestamp.text(instance.startedAt ?? instance.requestedAt)) as instance \(instance.id)"
                + (instance.agent.map { " on agent \"\($0)\"" } ?? "") + "; wait for its end or cancel it.")
    }
}
