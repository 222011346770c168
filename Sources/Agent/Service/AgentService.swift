import API
import Foundation
import Jobs
import Logging
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
            if isSchedulerEnabled {
                group.addTask { try await schedule() }
            }
            while !Task.isCancelled {
                guard let requested = try await nextRequestedJob() else { continue }
                group.addTask {
                    await run(
                        RunRequest(
                            job: requested.instance.job, isForced: requested.instance.isForced,
                            resume: requested.resumes ? .approved : nil, instance: requested.instance.id))
                }
            }
        }
    }

    /// The long poll. A server that is away is waited for; credentials that it refuses end the agent.
    private func nextRequestedJob() async throws -> RequestedJob? {
        do {
            return try await environment.client.nextRequestedJob(
                agent: environment.settings.agentIdentifier, installation: environment.workspace.installation,
                wait: .seconds(20))
        } catch let error as APIError where error.isPassing {
            logger.warning("\(error)")
            try await environment.sleep(.seconds(5))
            return nil
        }
    }

    /// Starts what is due, once a minute at the latest: so long a new deployment's schedule may stay unseen.
    private func schedule() async throws {
        let started = now()
        var isFirst = true
        try await withThrowingDiscardingTaskGroup { group in
            while !Task.isCancelled {
                var wait = Duration.seconds(60)
                do {
                    let jobs = try await environment.client.schedules(agent: environment.settings.agentIdentifier)
                    for job in jobs {
                        if isFirst, isInterrupted(job) {
                            logger.info("going on with an interrupted job", metadata: ["job": "\(job.identifier)"])
                            group.addTask { await run(RunRequest(job: job.identifier)) }
                            continue
                        }
                        switch decision(job, started: started) {
                        case .due:
                            group.addTask { await runScheduled(job) }
                        case .at(let time):
                            wait = min(wait, .seconds(max(1, time - now().timeIntervalSince1970)))
                        case .never:
                            break
                        }
                    }
                    isFirst = false
                } catch let error as APIError where error.isPassing {
                    logger.warning("\(error)")
                    wait = .seconds(5)
                }
                try await environment.sleep(wait)
            }
        }
    }

    private enum Decision {
        case due
        /// Seconds since 1970.
        case at(TimeInterval)
        case never
    }

    /// Missed while no agent ran: once, not many times. A start by hand in between counts.
    private func decision(_ job: JobSummary, started: Date) -> Decision {
        guard let text = job.cron else { return .never }
        let cron: Cron
        do {
            cron = try Cron(text)
        } catch {
            logger.error("\(error)", metadata: ["job": "\(job.identifier)"])
            return .never
        }
        let zone: CronZone = job.cronTimeZone == .serverTime ? .local : .utc
        let last = Int((job.lastInstance?.requestedAt ?? started).timeIntervalSince1970)
        let schedule = Schedule(cron: cron, zone: zone)
        switch schedule.due(lastRun: last, now: Int(now().timeIntervalSince1970)) {
        case .run(missedSince: _): return .due
        case .wait(let time): return .at(TimeInterval(time))
        case .never: return .never
        }
    }

    private func isInterrupted(_ job: JobSummary) -> Bool {
        guard let last = job.lastInstance, last.installation == environment.workspace.installation else { return false }
        return last.state == .running || last.state == .cancelling
    }

    /// A scheduled start that finds the job running is recorded as skipped (DESIGN §7).
    private func runScheduled(_ job: JobSummary) async {
        if let last = job.lastInstance, !last.state.isFinal, last.state != .blocked {
            await recordSkipped(job, because: "the instance \(last.id) was still \(last.state.rawValue)")
            return
        }
        await run(RunRequest(job: job.identifier, isScheduled: true))
    }

    private func recordSkipped(_ job: JobSummary, because reason: String) async {
        do {
            _ = try await environment.client.change(
                jobInstance: environment.makeIdentifier(),
                JobInstanceChange(
                    job: job.identifier, state: .skipped, agent: environment.settings.agentIdentifier,
                    installation: environment.workspace.installation, isScheduled: true,
                    message: "scheduled start skipped: \(reason)"))
        } catch {
            logger.warning("\(error)", metadata: ["job": "\(job.identifier)"])
        }
    }

    /// One job's failure is recorded and logged; the agent goes on.
    private func run(_ request: RunRequest) async {
        var logger = logger
        logger[metadataKey: "job"] = "\(request.job)"
        do {
            let runner = JobRunner(environment: environment) { [logger] event in Self.log(event, logger) }
            let result = try await runner.run(request, cancel: CancelSwitch())
            logger.info(
                "job \(result.outcome.rawValue)",
                metadata: ["instance": "\(result.instance)", "message": "\(result.message ?? "")"])
        } catch {
            logger.error("\(error)")
        }
    }

    private static func log(_ event: RunEvent, _ logger: Logger) {
        switch event {
        case .waiting(let text): logger.info("waiting: \(text)")
        case .started(_, let instance, let continues):
            logger.info(continues ? "job goes on" : "job started", metadata: ["instance": "\(instance)"])
        case .task(let id, _, let state, let message):
            logger.info("task \(state.rawValue)", metadata: ["task": "\(id)", "message": "\(message ?? "")"])
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
