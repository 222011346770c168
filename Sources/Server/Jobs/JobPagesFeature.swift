import API
import Foundation
import Hummingbird
import Jobs
import WeirConfiguration
import WeirSynchronization

/// Job Execution and the history of a job (REFERENCE §16).
struct JobPagesFeature: Sendable {
    let jobs: JobStore
    let engine: SynchronizationEngine
    let launcher: LaunchJobFeature
    let templates: Templates
    let makeIdentifier: @Sendable () -> String

    private static let pageSize = 30

    var routes: [PageRoute] {
        [
            .page(PagePath.jobs, .permission("/Jobs/Job/Query")) { try await list($0) },
            .page("/jobs/{job}", .permission("/Jobs/Job/Query")) { try await history($0) },
            .form("/jobs/{job}/launch", .permission("/Jobs/RunJob/Launch")) { visit in
                let instance = try await launcher.launch(
                    LaunchJob(
                        job: try visit.path("job"), instance: try visit.field("instance"),
                        isSimulation: visit.form?["simulate"] == "1"), by: visit.caller, in: visit.model)
                return .seeOther(PagePath.run(instance.id))
            },
        ]
    }

    private func list(_ visit: Visit) async throws -> Response {
        let search = visit.query("q") ?? ""
        let found = try await jobs.summaries(of: visit.model.jobs).filter {
            search.isEmpty || $0.displayName.localizedCaseInsensitiveContains(search)
                || $0.identifier.localizedCaseInsensitiveContains(search)
        }.sorted { ($0.displayName, $0.identifier) < ($1.displayName, $1.identifier) }
        let page = JobExecutionPage(
            layout: visit.layout("Job Execution", at: PagePath.jobs), search: search,
            items: found.map { item($0, visit) })
        return .html(try templates.render(JobExecutionPage.name, page))
    }

    private func item(_ job: JobSummary, _ visit: Visit) -> JobExecutionPage.Item {
        let last = job.lastInstance
        return JobExecutionPage.Item(
            title: job.displayName, identifier: job.identifier, path: PagePath.job(job.identifier),
            agent: job.agent ?? "the server", badge: last.map { StateBadge($0.state) } ?? .never,
            last: last.map { Moment($0.startedAt ?? $0.requestedAt) }, lastPath: last.map { PagePath.run($0.id) },
            next: nextRun(job.cron, job.cronTimeZone, visit.now), cron: job.cron,
            launch: launch(job.identifier, job.userStartDenied, canSimulate: false, visit),
            remark: job.userStartDenied ? "by schedule only" : nil)
    }

    private func launch(
        _ job: String, _ isDenied: Bool, canSimulate: Bool, _ visit: Visit
    ) -> JobExecutionPage.Launch? {
        guard !isDenied, visit.may("/Jobs/RunJob/Launch") else { return nil }
        return JobExecutionPage.Launch(
            path: PagePath.job(job) + "/launch", instance: makeIdentifier(), canSimulate: canSimulate)
    }

    private func nextRun(_ cron: String?, _ zone: CronTimeZone, _ now: Date) -> Moment? {
        guard let cron, let schedule = try? Cron(cron) else { return nil }
        let next = schedule.next(
            after: Int(now.timeIntervalSince1970), in: zone == .serverTime ? CronZone.local : CronZone.utc)
        return next.map { Moment(Date(timeIntervalSince1970: TimeInterval($0))) }
    }

    private func connectors(of job: Job, _ visit: Visit) async throws -> [JobPage.Connector] {
        let names = Set(job.tasks.compactMap(\.connector)).sorted()
        guard !names.isEmpty else { return [] }
        let states = try await engine.verificationStates()
        return names.compactMap { name in
            guard let state = states[name] else { return nil }
            let standing = VerificationStanding(state, now: visit.now)
            return JobPage.Connector(
                title: visit.model.connector(name)?.displayName ?? name, badge: standing.badge,
                detail: standing.detail, since: standing.since, verify: verify(name, on: job, visit))
        }
    }

    /// What the Verify button of a connector launches.
    private func verify(_ connector: String, on page: Job, _ visit: Visit) -> JobExecutionPage.Launch? {
        let job = visit.model.jobs.first { $0.onlyVerifies(connector) }
        guard let job, job.identifier != page.identifier else { return nil }
        return launch(job.identifier, job.userStartDenied, canSimulate: false, visit)
    }

    private func history(_ visit: Visit) async throws -> Response {
        let job = try visit.model.requiredJob(visit.path("job"))
        var before: (requestedAt: String, id: String)?
        if let text = visit.query("before") {
            let parts = text.split(separator: "~", maxSplits: 1).map(String.init)
            if parts.count == 2 { before = (parts[0], parts[1]) }
        }
        let runs = try await jobs.history(job: job.identifier, before: before, limit: Self.pageSize).map(\.instance)
        let older =
            runs.count < Self.pageSize
            ? nil
            : runs.last.map {
                PagePath.job(job.identifier) + "?before="
                    + PagePath.segment(Timestamp.text($0.requestedAt) + "~" + $0.id)
            }
        let page = JobPage(
            layout: visit.layout(job.displayName, at: PagePath.jobs), title: job.displayName,
            identifier: job.identifier, agent: job.agent ?? "the server", cron: job.cron,
            next: nextRun(job.cron, job.cronTimeZone, visit.now),
            launch: launch(job.identifier, job.userStartDenied, canSimulate: job.canBeSimulated, visit),
            connectors: try await connectors(of: job, visit),
            runs: runs.map { run in
                JobPage.Run(
                    path: PagePath.run(run.id), badge: StateBadge(run.state), isSimulation: run.isSimulation,
                    requested: Moment(run.requestedAt),
                    duration: run.state.waitsForDecision
                        ? nil : run.startedAt.map { Moment.duration(from: $0, to: run.endedAt ?? visit.now) },
                    requestedBy: run.requestedBy, message: run.message)
            }, olderPath: older)
        return .html(try templates.render(JobPage.name, page))
    }
}

extension Job {
    /// Whether it compares the two sides of this connector, and does nothing else.
    fileprivate func onlyVerifies(_ connector: String) -> Bool {
        agent != nil && !tasks.isEmpty
            && tasks.allSatisfy { task in
                if case .verifySynchronization(connector, _, _) = task.kind { return true }
                return false
            }
    }
}
