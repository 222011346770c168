import API
import Foundation
import Jobs
import Logging
import ServiceLifecycle
import WeirConfiguration

/// Runs the jobs that have no agent: launched by hand or due by their schedule. They hold server-side tasks only
/// (DESIGN §4).
struct ServerJobs: Service {
    /// The installation that such runs belong to.
    static let installation = "server"

    let jobs: JobStore
    let tasks: ServerTasks
    let configuration: ConfigurationStore
    let signal: ChangeSignal
    let clock: @Sendable () -> Date
    let makeIdentifier: @Sendable () -> String
    let logger: Logger

    func run() async throws {
        let started = clock()
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    _ = try await signal.wait(upTo: .seconds(30)) { () -> Bool? in
                        try await step(since: started) ? true : nil
                    }
                } catch is CancellationError {
                    return
                } catch {
                    logger.error("a job of the server failed", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: .seconds(5))
                }
            }
        }
    }

    /// Runs one job that was requested, interrupted or is due. Returns false when there was none.
    func step(since started: Date) async throws -> Bool {
        let model = try await configuration.model()
        if let waiting = try await jobs.nextOfServer() {
            try await run(waiting, in: model)
            return true
        }
        let now = clock()
        for job in try await jobs.summaries(of: model.jobs.filter { $0.agent == nil && $0.cron != nil }) {
            guard let text = job.cron, let cron = try? Cron(text) else { continue }
            let schedule = Schedule(cron: cron, zone: job.cronTimeZone == .serverTime ? .local : .utc)
            let last = max(started, job.lastInstance?.requestedAt ?? started)
            guard
                case .run = schedule.due(
                    lastRun: Int(last.timeIntervalSince1970), now: Int(now.timeIntervalSince1970))
            else { continue }
            try await run(
                JobInstance(
                    id: makeIdentifier(), job: job.identifier, state: .requested, requestedBy: "scheduler",
                    requestedAt: now), in: model)
            return true
        }
        return false
    }

    /// Runs an instance to its end; what a former process finished of it is not done again.
    private func run(_ instance: JobInstance, in model: Model) async throws {
        guard let job = model.job(instance.job) else {
            return try await end(instance, .error, "The job is no longer in the configuration.")
        }
        let plan: JobPlan
        do {
            plan = try JobPlan(job: job.identifier, steps: job.tasks.map(Self.step))
        } catch {
            return try await end(instance, .error, "\(error)")
        }
        _ = try await jobs.change(instance.id, change(instance, .running), by: "server")
        var machine = JobRun(plan: plan, maxBatchSize: 1)
        var actions = machine.received(.started)
        while !actions.isEmpty {
            switch actions.removeFirst() {
            case .launch(let id):
                let (outcome, isCancelled) = try await execute(id, of: job, instance, in: model)
                if isCancelled { actions += machine.received(.cancelRequested) }
                actions += machine.received(.stepFinished(id: id, outcome: outcome))
            case .skip(let id, let reason):
                try await record(id, of: job, instance, .skipped, message: reason.description)
            case .finish(let outcome):
                try await end(instance, RunState(rawValue: outcome.rawValue) ?? .error, nil)
            }
        }
    }

    private func execute(
        _ id: String, of job: Job, _ instance: JobInstance, in model: Model
    ) async throws -> (outcome: StepOutcome, isCancelled: Bool) {
        let taskInstance = Self.taskInstance(id, of: job, instance)
        var isCancelled = false
        if try await jobs.task(taskInstance)?.state.isFinal != true {
            isCancelled = try await record(id, of: job, instance, .running).cancelRequested
        }
        let outcome: ServerTaskOutcome
        do {
            outcome = try await tasks.run(taskInstance, in: model)
        } catch {
            let known = ServerError(error, logger: logger)
            try await record(id, of: job, instance, .error, message: known.detail)
            return (.error(known.detail), isCancelled)
        }
        switch outcome.state {
        case .completed: return (.completed(), isCancelled)
        case .noProcessing: return (.noProcessing(), isCancelled)
        case .skipped: return (.skipped(.notExecuted(outcome.message ?? "")), isCancelled)
        case .cancelled: return (.cancelled, isCancelled)
        case .requested, .running, .warning, .blocked, .planned, .error, .cancelling:
            return (.error(outcome.message ?? outcome.state.rawValue), isCancelled)
        }
    }

    @discardableResult
    private func record(
        _ id: String, of job: Job, _ instance: JobInstance, _ state: RunState, message: String? = nil
    ) async throws -> RunStatus {
        let order = job.tasks.firstIndex { $0.identifier == id } ?? 0
        return try await jobs.change(
            Self.taskInstance(id, of: job, instance),
            TaskInstanceChange(
                jobInstance: instance.id, task: id, order: order, installation: Self.installation, state: state,
                message: message))
    }

    private func end(_ instance: JobInstance, _ state: RunState, _ message: String?) async throws {
        _ = try await jobs.change(instance.id, change(instance, state, message), by: "server")
    }

    private func change(_ instance: JobInstance, _ state: RunState, _ message: String? = nil) -> JobInstanceChange {
        JobInstanceChange(
            job: instance.job, state: state, agent: nil, installation: Self.installation,
            isScheduled: instance.requestedBy == "scheduler", message: message)
    }

    /// The same after a crash, so that a task that has ended is found again.
    private static func taskInstance(_ id: String, of job: Job, _ instance: JobInstance) -> String {
        "\(instance.id)-\(job.tasks.firstIndex { $0.identifier == id } ?? 0)"
    }

    private static func step(_ task: JobTask) -> JobStep {
        var reason: String?
        if case .notExecuted(let element) = task.kind { reason = "\(element) is not executed by this version" }
        return JobStep(
            id: task.identifier, element: task.element, level: task.level, parents: task.parents, side: .server,
            notExecutedReason: reason)
    }
}
