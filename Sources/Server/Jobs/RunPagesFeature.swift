import API
import Foundation
import Hummingbird
import WeirConfiguration
import WeirSynchronization

/// The page of a run, its live events, its logs, and cancelling it.
struct RunPagesFeature: Sendable {
    let jobs: JobStore
    let launcher: LaunchJobFeature
    let templates: Templates
    let review: ChangeReviewFeature
    let events: RunEvents
    let waiting: WaitingChanges

    private static let logTail = 12
    private static let logPageSize = 500

    var routes: [PageRoute] {
        [
            .page("/runs/{id}", .permission("/Jobs/JobInstance/Query")) { try await run($0) },
            .page("/runs/{id}/events", .permission("/Jobs/JobInstance/Query")) { visit in
                let id = try visit.path("id")
                let model = visit.model
                let showsQuarantine = visit.may(QuarantineFeature.permission)
                return events.response { try await snapshot(id, in: model, showsQuarantine: showsQuarantine) }
            },
            .page("/runs/{id}/log/{task}", .permission("/Jobs/RunJob/GetLog")) { try await log($0) },
            .form("/runs/{id}/cancel", .permission("/Jobs/RunJob/Launch/Cancel")) { visit in
                let id = try visit.path("id")
                _ = try await launcher.cancel(id, by: visit.caller)
                return .seeOther(PagePath.run(id))
            },
        ]
    }

    private func run(_ visit: Visit) async throws -> Response {
        let id = try visit.path("id")
        guard let record = try await jobs.instance(id) else {
            throw ServerError(
                .notFound, "There is no run \(id) any more, or there never was. Job Execution has all jobs.")
        }
        let run = record.instance
        let job = visit.model.job(run.job)
        let isMoving = !run.state.isFinal && !run.state.waitsForDecision
        // A run that failed or was cancelled in its middle may have left something to decide on.
        let decisions = isMoving ? [] : try await review.decisions(ofRun: run, visit)
        let page = RunPage(
            layout: visit.layout(
                job?.displayName ?? run.job, at: PagePath.jobs, refreshSeconds: isMoving ? 3 : nil),
            title: job?.displayName ?? run.job, jobPath: PagePath.job(run.job), path: PagePath.run(id),
            isOpen: !run.state.isFinal,
            mayCancel: !run.state.isFinal && run.state != .cancelling && run.state != .planned
                && visit.may("/Jobs/RunJob/Launch/Cancel"),
            state: run.state.rawValue,
            live: try await live(
                record, job, now: visit.now, showsQuarantine: visit.may(QuarantineFeature.permission)),
            isSimulation: run.isSimulation, decisions: decisions, held: try await held(beside: run, visit))
        return .html(try templates.render(RunPage.name, page))
    }

    /// The runs that wait for a decision, for a run that ended without doing all; and what runs left that are over.
    private func held(beside run: JobInstance, _ visit: Visit) async throws -> [RunPage.HeldRun] {
        guard run.state == .warning || run.state == .error else { return [] }
        var held: [RunPage.HeldRun] = []
        for id in try await jobs.waitingForDecision() where id != run.id {
            guard let other = try await jobs.instance(id)?.instance else { continue }
            held.append(
                RunPage.HeldRun(
                    title: visit.model.job(other.job)?.displayName ?? other.job, path: PagePath.run(id),
                    since: Moment(other.startedAt ?? other.requestedAt)))
        }
        for item in try await waiting.all() where item.changes.kind == .blocked && !item.changes.isRunWaiting {
            guard item.changes.jobInstance != run.id, item.changes.approvedBy == nil else { continue }
            held.append(
                RunPage.HeldRun(
                    title: item.job.map { visit.model.job($0)?.displayName ?? $0 } ?? item.changes.connector,
                    path: PagePath.review(item.changes.id), since: Moment(item.changes.since)))
        }
        return held
    }

    /// The state and the changing part of the page, for an event.
    private func snapshot(
        _ id: String, in model: Model, showsQuarantine: Bool
    ) async throws -> RunEvents.Snapshot {
        guard let record = try await jobs.instance(id) else { throw JobStore.unknown(id) }
        let live = try await live(
            record, model.job(record.instance.job), now: jobs.clock(), showsQuarantine: showsQuarantine)
        return RunEvents.Snapshot(
            state: record.instance.state, html: try templates.render(RunPage.liveName, live))
    }

    private func live(
        _ record: JobInstanceRecord, _ job: Job?, now: Date, showsQuarantine: Bool
    ) async throws -> RunPage.Live {
        let run = record.instance
        let tasks = try await jobs.tasks(of: run.id)
        let titles = Dictionary(
            (job?.tasks ?? []).map { ($0.identifier, $0.displayName) }, uniquingKeysWith: { first, _ in first })
        let log = try await jobs.logTail(of: run.id, limit: Self.logTail).map { line in
            RunPage.LogLine(
                written: Moment(line.line.writtenAt), task: titles[line.task] ?? line.task, text: line.line.text)
        }
        return RunPage.Live(
            badge: StateBadge(run.state), message: run.message.map { Self.naming(titles, $0) },
            started: run.startedAt.map { Moment($0) },
            duration: run.startedAt.map { Moment.duration(from: $0, to: run.endedAt ?? now) },
            requestedBy: run.requestedBy, agent: run.agent ?? "the server",
            levels: RunPage.Level.all(
                of: job, tasks: tasks, run: run, now: now, showsQuarantine: showsQuarantine), log: log)
    }

    /// Agents name a task by its identifier at the start of a line; people know it by its title.
    private static func naming(_ titles: [String: String], _ message: String) -> String {
        message.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard let colon = line.range(of: ": "), let title = titles[String(line[..<colon.lowerBound])],
                !title.isEmpty
            else { return String(line) }
            return title + line[colon.lowerBound...]
        }.joined(separator: "\n")
    }

    private func log(_ visit: Visit) async throws -> Response {
        let run = try visit.path("id")
        let id = try visit.path("task")
        guard let task = try await jobs.task(id), task.jobInstance == run,
            let instance = try await jobs.instance(run)?.instance
        else { throw ServerError(.notFound, "There is no such task in this run.") }
        let after = visit.query("after").flatMap { Int($0) } ?? 0
        let lines = try await jobs.log(of: id, after: after, limit: Self.logPageSize)
        let title = visit.model.job(instance.job)?.tasks.first { $0.identifier == task.task }?.displayName ?? task.task
        let page = TaskLogPage(
            layout: visit.layout("Log of \(title)", at: PagePath.jobs), title: "Log of \(title)",
            runPath: PagePath.run(run),
            lines: lines.map { TaskLogPage.Line(number: $0.line, written: Moment($0.writtenAt), text: $0.text) },
            nextPath: lines.count < Self.logPageSize
                ? nil : lines.last.map { PagePath.log(id, run: run) + "?after=\($0.line)" })
        return .html(try templates.render(TaskLogPage.name, page))
    }
}
