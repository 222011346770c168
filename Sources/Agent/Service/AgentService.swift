import API
import Foundation
import Jobs
import Logging
import Synchronization
import WeirConfiguration

/// `weir agent`: takes the jobs that pages request, runs those that are due, and goes on with those that a crash of
/// this installation interrupted. Takes jobs while others run.
package struct AgentService: Sendable {
    private let environment: RunEnvironment
    private let isSchedulerEnabled: Bool
    private let logger: Logger
    private let now: @Sendable () -> Date

    package init(
        environment: RunEnvironment, isSchedulerEnabled: Bool, logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.environment = environment
        self.isSchedulerEnabled = isSchedulerEnabled
        self.logger = logger
        self.now = now
    }

    /// Runs until its task is cancelled.
    package func run() async throws {
        logger.info(
            "agent started",
            metadata: [
                "agent": "\(environment.settings.agentIdentifier)",
                "installation": "\(environment.workspace.installation)", "server": "\(environment.client.server)",
            ])
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { try await goOnAndSchedule() }
            while !Task.isCancelled {
                guard let requested = try await nextRequestedJob() else { continue }
                // Until the job is claimed the server would answer the next poll with it again.
                let (claimed, claim) = AsyncStream.makeStream(of: Void.self)
                group.addTask {
                    await runRequested(requested, claimed: { claim.finish() })
                    claim.finish()
                }
                for await _ in claimed {}
            }
        }
    }

    // MARK: Jobs that pages request

    /// The long poll. A server that is away is waited for; credentials that it refuses end the agent.
    private func nextRequestedJob() async throws -> RequestedJob? {
        do {
            return try await environment.client.patient(for: .seconds(5)).nextRequestedJob(
                agent: environment.settings.agentIdentifier, installation: environment.workspace.installation,
                wait: .seconds(20))
        } catch let error as APIError where error.isPassing {
            logger.warning("\(error)")
            try await environment.sleep(.seconds(5))
            return nil
        }
    }

    private func runRequested(_ requested: RequestedJob, claimed: @escaping @Sendable () -> Void) async {
        let instance = requested.instance
        let request = RunRequest(
            job: instance.job, isForced: instance.isForced,
            isSimulation: instance.isSimulation && !requested.resumes, resume: requested.resumes ? .approved : nil,
            instance: instance.id)
        do {
            try await run(request, started: claimed)
        } catch is CancellationError {
            return
        } catch {
            logger.error("\(error)", metadata: ["job": "\(instance.job)", "instance": "\(instance.id)"])
            // Whoever launched it learns why at once, not only that nobody took it.
            if instance.state == .requested { await record(.error, request, instance.id, because: "\(error)") }
            // The server may answer the next poll with it again, at once.
            try? await environment.sleep(Self.pauseAfterFailure)
        }
    }

    private static let pauseAfterFailure = Duration.seconds(5)

    // MARK: Jobs that are due

    /// First goes on with what a crash of this installation interrupted; then, where the scheduler is enabled, starts
    /// what is due.
    private func goOnAndSchedule() async throws {
        let started = now()
        let served = ServedSchedules()
        var isFirst = true
        try await withThrowingDiscardingTaskGroup { group in
            while !Task.isCancelled {
                // A new deployment's schedule may stay unseen so long.
                var wait = Duration.seconds(60)
                do {
                    let jobs = try await environment.client.patient(for: .seconds(5)).schedules(
                        agent: environment.settings.agentIdentifier)
                    for job in jobs {
                        if isFirst, let left = try await interrupted(job) {
                            group.addTask { await goOn(left) }
                            continue
                        }
                        guard isSchedulerEnabled, let schedule = schedule(of: job) else { continue }
                        let current = Int(now().timeIntervalSince1970)
                        // A start by hand counts; a run of this process counts before the server has heard of it.
                        let last = Int((job.lastInstance?.requestedAt ?? started).timeIntervalSince1970)
                        var decision = schedule.due(lastRun: max(last, served[job.identifier] ?? last), now: current)
                        if case .run = decision {
                            served[job.identifier] = current
                            group.addTask { await runScheduled(job, served) }
                            decision = schedule.due(lastRun: current, now: current)
                        }
                        if case .wait(let time) = decision { wait = min(wait, .seconds(max(1, time - current))) }
                    }
                    isFirst = false
                    if !isSchedulerEnabled { return }
                } catch let error as APIError where error.isPassing {
                    logger.warning("\(error)")
                    wait = .seconds(5)
                }
                try await environment.sleep(wait)
            }
        }
    }

    private func schedule(of job: JobSummary) -> Schedule? {
        guard let text = job.cron else { return nil }
        do {
            return Schedule(cron: try Cron(text), zone: job.cronTimeZone == .serverTime ? .local : .utc)
        } catch {
            logger.error("\(error)", metadata: ["job": "\(job.identifier)"])
            return nil
        }
    }

    /// The instance that a former process of this installation left running; a later one that waits, or was skipped, does
    /// not hide it.
    private func interrupted(_ job: JobSummary) async throws -> JobInstance? {
        guard job.lastInstance != nil else { return nil }
        let client = environment.client.patient(for: .seconds(5))
        guard let open = try await client.jobDefinition(job.identifier).openInstance,
            open.installation == environment.workspace.installation
        else { return nil }
        return open.state == .running || open.state == .cancelling ? open : nil
    }

    private func goOn(_ left: JobInstance) async {
        do {
            try await run(RunRequest(job: left.job, isSimulation: left.isSimulation))
        } catch let error as AgentError where error.code == .busy {
            logger.info("\(error)", metadata: ["job": "\(left.job)"])
        } catch is CancellationError {
            return
        } catch {
            logger.error("\(error)", metadata: ["job": "\(left.job)"])
        }
    }

    /// A start that finds the job running is recorded as skipped (DESIGN §7); one that finds no server is made up for.
    private func runScheduled(_ job: JobSummary, _ served: ServedSchedules) async {
        let request = RunRequest(job: job.identifier, isScheduled: true)
        do {
            try await run(request)
        } catch let error as AgentError where error.code == .busy {
            await recordSkipped(request, because: error)
        } catch let error as APIError where error.code == .jobRunning {
            await recordSkipped(request, because: error)
        } catch is CancellationError {
            return
        } catch {
            logger.error("\(error)", metadata: ["job": "\(job.identifier)"])
            if (error as? APIError)?.isPassing ?? false { served[job.identifier] = nil }
        }
    }

    private func recordSkipped(_ request: RunRequest, because reason: any Error) async {
        logger.info("scheduled start skipped: \(reason)", metadata: ["job": "\(request.job)"])
        await record(
            .skipped, request, environment.makeIdentifier(), because: "scheduled start skipped: \(reason)")
    }

    private func record(_ state: RunState, _ request: RunRequest, _ instance: String, because reason: String) async {
        do {
            _ = try await environment.client.change(
                jobInstance: instance,
                JobInstanceChange(
                    job: request.job, state: state, agent: environment.settings.agentIdentifier,
                    installation: environment.workspace.installation, isScheduled: request.isScheduled,
                    message: reason))
        } catch {
            logger.warning("\(error)", metadata: ["job": "\(request.job)"])
        }
    }

    // MARK: Running

    /// Runs a job to an end that is recorded, over outages of the server. Throws where it did not even start.
    ///
    /// - Parameter started: called once the instance is this agent's.
    private func run(_ request: RunRequest, started: @escaping @Sendable () -> Void = {}) async throws {
        var logger = logger
        logger[metadataKey: "job"] = "\(request.job)"
        let hasStarted = Mutex(false)
        let runner = JobRunner(environment: environment) { [logger] event in
            Self.log(event, logger)
            guard case .started = event else { return }
            hasStarted.withLock { $0 = true }
            started()
        }
        var request = request
        while true {
            do {
                let result = try await runner.run(request, cancel: CancelSwitch())
                logger.info(
                    "job \(result.outcome.rawValue)",
                    metadata: ["instance": "\(result.instance)", "message": "\(result.message ?? "")"])
                return
            } catch let error as APIError where error.isPassing && hasStarted.withLock({ $0 }) {
                logger.warning("\(error)")
                try await environment.sleep(.seconds(5))
                request = RunRequest(
                    job: request.job, isForced: request.isForced, isSimulation: request.isSimulation,
                    isScheduled: request.isScheduled)
            }
        }
    }

    private static func log(_ event: RunEvent, _ logger: Logger) {
        switch event {
        case .waiting(let text): logger.info("waiting: \(text)")
        case .started(_, let instance, let continues):
            logger.info(continues ? "job goes on" : "job started", metadata: ["instance": "\(instance)"])
        case .task(let id, _, let state, let message):
            logger.info("task \(state.rawValue)", metadata: ["task": "\(id)", "message": "\(message ?? "")"])
        case .interrupted: logger.warning("job interrupted: the server is away")
        case .line(let task, let text): logger.info("\(text)", metadata: ["task": "\(task)"])
        case .progress(let task, let progress):
            logger.debug("\(progress.phase) \(progress.rows) rows", metadata: ["task": "\(task)"])
        }
    }
}

extension APIError {
    /// Whether waiting may mend it.
    fileprivate var isPassing: Bool {
        switch self {
        case .unreachable: true
        case .unexpected(_, let status, _): status >= 500
        case .problem(let problem): problem.status >= 500 || problem.code == .tooManyAttempts
        }
    }
}
