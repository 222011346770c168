import API
import Foundation
import Jobs
import WeirConfiguration

/// The steps of one run, each by its task's kind.
struct Steps: Sendable {
    let environment: RunEnvironment
    let job: Job
    let plan: JobPlan
    let jobInstance: String
    let connectors: ConnectorRuns
    let isForced: Bool
    let isSimulation: Bool

    func order(of id: String) -> Int {
        job.tasks.firstIndex { $0.identifier == id } ?? 0
    }

    private func step(_ id: String) -> JobStep {
        guard let step = plan.steps.first(where: { $0.id == id }) else {
            preconditionFailure("only steps of the plan are launched")
        }
        return step
    }

    /// Records the start, does the step, records its end.
    func run(_ id: String, _ record: TaskRecord, _ cancel: CancelSwitch) async throws -> StepReport {
        guard let task = job.tasks.first(where: { $0.identifier == id }) else {
            preconditionFailure("the plan's steps are the job's tasks")
        }
        try await record.start(cancel: cancel)
        let progress = LatestProgress()
        var report: StepReport
        do {
            report = try await record.whileReporting(progress, cancel: cancel, sleep: environment.sleep) {
                try await perform(task, record, progress)
            }
        } catch let error as APIError where error.code == nil || error.code == .leaseLost {
            // No server, or another runner in this one's place: there is nobody to record it with.
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            report = StepReport(
                outcome: .error("\(error)"), isRefused: (error as? APIError)?.isRefusal ?? false)
        }
        report.outcome = step(id).effective(report.outcome)
        try await record.finish(report, cancel: cancel)
        return report
    }

    private func perform(_ task: JobTask, _ record: TaskRecord, _ progress: LatestProgress) async throws -> StepReport {
        let client = try client(for: task)
        if let run = task.connector.flatMap({ connectors[$0] }) {
            if let reason = reasonToLeaveOut(run, task) { return StepReport(outcome: .skipped(reason)) }
            if let report = reportOfApproved(run, task) { return report }
        }
        switch task.kind {
        case .export(let connection, let connector, let ignoreCookieFile):
            let step = ExportStep(environment: environment, run: try run(of: connector), jobInstance: jobInstance)
            return try await step.perform(connection: connection, isFull: ignoreCookieFile, progress: progress)
        case .prepareSynchronization(let connector, let mode, _, let commandColumn):
            let step = PrepareStep(
                environment: environment, client: client, run: try await currentRun(of: connector),
                jobInstance: jobInstance, taskInstance: record.id, exported: exportedHere(connector),
                isSimulation: isSimulation)
            return try await step.perform(mode: mode, commandColumn: commandColumn, progress: progress)
        case .synchronize(let connector, _, _, let force, _):
            let step = SynchronizeStep(
                environment: environment, client: client, run: try run(of: connector), jobInstance: jobInstance,
                taskInstance: record.id, job: job.identifier, isSimulation: isSimulation)
            let report = try await step.perform(isForced: force || isForced, progress: progress)
            if report.outcome.hasProduced { connectors.advance(connector) }
            return report
        case .verifySynchronization(let connector, let isDeep, let repairs):
            let step = VerifyStep(
                client: client, run: try await currentRun(of: connector), jobInstance: jobInstance,
                taskInstance: record.id, memoryBudget: environment.settings.memoryBudget)
            let report = try await step.perform(isDeep: isDeep, repairs: repairs, progress: progress)
            if report.outcome.hasProduced { connectors.advance(connector) }
            return report
        case .setRecentlyModifiedFlag, .updateExpressions:
            let outcome = try await client.run(taskInstance: record.id)
            return StepReport(outcome: StepOutcome(outcome), counters: outcome.counters)
        case .notExecuted(let element):
            return StepReport(outcome: .skipped(.notExecuted("\(element) is not executed by this version")))
        }
    }

    private func client(for task: JobTask) throws -> APIClient {
        guard !environment.hasGivenClient, let name = task.openIdClient,
            name != environment.client.credentials.clientId
        else { return environment.client }
        return environment.client.authenticated(as: try environment.settings.credentials(of: name))
    }

    private func run(of connector: String) throws -> ConnectorRun {
        guard let run = connectors[connector] else {
            preconditionFailure("leases are taken for every connector of the plan")
        }
        return run
    }

    /// As it is now: a step before may have made a new version, or another image.
    private func currentRun(of connector: String) async throws -> ConnectorRun {
        let run = try run(of: connector)
        let hasOtherImage = await run.hasOtherImage
        guard connectors.hasAdvanced(connector) || hasOtherImage else { return run }
        let current = try await environment.agree(on: connector, leaseToken: run.leaseToken, for: jobInstance)
        connectors.replace(current)
        return current
    }

    /// What somebody approved as a whole is applied before anything is computed anew: nothing is exported or prepared for
    /// it, whichever run had done that.
    private func reportOfApproved(_ run: ConnectorRun, _ task: JobTask) -> StepReport? {
        guard let approved = approved(run), !connectors.hasAdvanced(run.connector) else { return nil }
        let log = [
            "session \(approved.id), approved by \(approved.approvedBy ?? ""), is applied first; the next run looks at the "
                + "source again"
        ]
        switch task.kind {
        case .export: return StepReport(outcome: .completed(), log: log)
        case .prepareSynchronization: return StepReport(outcome: .completed(), session: approved.id, log: log)
        case .synchronize, .verifySynchronization, .setRecentlyModifiedFlag, .updateExpressions, .notExecuted:
            return nil
        }
    }

    private func approved(_ run: ConnectorRun) -> Session? {
        isSimulation || !isIncremental(run) ? nil : run.state.approved(for: jobInstance)
    }

    /// A deactivated connector, and in an incremental job one that is blocked and not approved, are left out (REFERENCE
    /// §4, §13).
    private func reasonToLeaveOut(_ run: ConnectorRun, _ task: JobTask) -> SkipReason? {
        if run.definition.connector.isDeactivated {
            return .leftOut("the connector \"\(run.connector)\" is deactivated")
        }
        guard let since = run.state.blockedSince, isIncremental(run), approved(run) == nil,
            run.state.blockedSession?.jobInstance != jobInstance,
            !run.state.waiting.contains(where: { $0.jobInstance == jobInstance })
        else { return nil }
        return .connectorBlocked(
            """
            the connector "\(run.connector)" is blocked since \(since.formatted(.iso8601)): review its changes and \
            resume or reject them, or run it in Complete mode
            """)
    }

    /// Whether this job would synchronize the connector incrementally.
    private func isIncremental(_ run: ConnectorRun) -> Bool {
        let modes = job.tasks.compactMap { task -> SynchronizationMode? in
            if case .prepareSynchronization(run.connector, let mode, _, _) = task.kind { return mode }
            return nil
        }
        return modes.isEmpty ? job.isIncremental : modes.contains(.incremental)
    }

    /// The connections of a connector that this run exports.
    private func exportedHere(_ connector: String) -> Set<String> {
        let planned = Set(plan.steps.map(\.id))
        return Set(
            job.tasks.compactMap { task -> String? in
                if case .export(let connection, connector, _) = task.kind, planned.contains(task.identifier) {
                    return connection
                }
                return nil
            })
    }
}

extension StepOutcome {
    fileprivate init(_ outcome: ServerTaskOutcome) {
        switch outcome.state {
        case .completed: self = .completed(remark: nil)
        case .noProcessing: self = .noProcessing(remark: nil)
        case .skipped: self = .skipped(.leftOut(outcome.message ?? "skipped by the server"))
        case .requested, .running, .warning, .blocked, .planned, .error, .cancelling, .cancelled:
            self = .error(outcome.message ?? "the server ended the task as \(outcome.state.rawValue)")
        }
    }
}
