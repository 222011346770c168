import API
import Foundation
import HTTPTypes
import WeirConfiguration

/// Jobs, their tasks and their executions, as agents, tools and pages ask for them (DESIGN §7, REFERENCE §14).
struct JobsFeature: Sendable {
    let jobs: JobStore
    let signal: ChangeSignal
    let serverTasks: ServerTasks
    let launch: LaunchJobFeature
    let waiting: WaitingChanges

    var routes: [Route] { definitions + instances + taskInstances + launch.routes }

    private var definitions: [Route] {
        [
            .asking(.get, "/api/Jobs/Job", needs: "/Jobs/Job/Query", "All jobs by display name, with their last run.") {
                call -> Page<JobSummary>? in
                let summaries = try await jobs.summaries(of: call.model.jobs)
                return Page(
                    items: summaries.sorted { ($0.displayName, $0.identifier) < ($1.displayName, $1.identifier) })
            },
            .asking(
                .get, "/api/Jobs/Task/Schedules", needs: "/Jobs/Task/Query",
                "The jobs of an agent with their schedules and last runs: what its scheduler needs.",
                query: [.init("agent", "The agent's identifier.")]
            ) { call -> [JobSummary]? in
                let agent = try call.requiredQuery("agent")
                return try await jobs.summaries(of: call.model.jobs.filter { $0.agent == agent })
            },
            .asking(
                .get, "/api/Jobs/Task", needs: "/Jobs/Task/Query",
                "A job with its tasks, its instance that is open, and what waits for a decision.",
                query: [
                    .init("job", "The job's identifier."),
                    .init("instance", "That of its instances, instead of the one that is open."),
                ]
            ) { call -> JobDefinition? in
                try await definition(call)
            },
        ]
    }

    private func definition(_ call: Call) async throws -> JobDefinition {
        let job = try call.model.requiredJob(call.requiredQuery("job"))
        var definition = JobDefinition(job: job)
        if job.tasks.contains(where: { $0.kind == .setRecentlyModifiedFlag }) {
            definition.keptChanges = try await !serverTasks.instancesWithKeptChanges(of: job.identifier).isEmpty
        }
        definition.waiting = try await waiting.all(of: job)
        if let id = call.query("instance") {
            guard let instance = try await jobs.instance(id)?.instance, instance.job == job.identifier else {
                throw JobStore.unknown(id)
            }
            definition.openInstance = instance
        } else {
            definition.openInstance = try await jobs.openInstance(of: job.identifier)?.instance
        }
        if let open = definition.openInstance { definition.openTaskInstances = try await jobs.tasks(of: open.id) }
        return definition
    }

    private var instances: [Route] {
        [
            .asking(
                .get, "/api/Jobs/JobInstance", needs: "/Jobs/JobInstance/Query", "Executions of jobs, newest first.",
                query: [.init("job", "Only this job's.")] + Self.paging
            ) { call -> Page<JobInstance>? in
                try await history(call)
            },
            .asking(
                .get, "/api/Jobs/JobInstance/Next", needs: "/Jobs/JobInstance/Query",
                "What an agent shall run next; 204 when nothing came.",
                query: [
                    .init("agent", "The agent's identifier."), .init("installation", "Its installation-id."),
                    Self.waiting,
                ]
            ) { call -> RequestedJob? in
                let agent = try call.requiredQuery("agent")
                let installation = try call.requiredQuery("installation")
                return try await signal.wait(upTo: try call.wait()) {
                    try await jobs.next(agent: agent, installation: installation)
                }
            },
            .asking(
                .get, "/api/Jobs/JobInstance/{id}", needs: "/Jobs/JobInstance/Query",
                "One execution; with wait, as soon as its state differs from the one that the caller has seen.",
                query: [.init("state", "The state that the caller has seen."), Self.waiting]
            ) { call -> JobInstance? in
                try await instance(call)
            },
            .sending(
                .patch, "/api/Jobs/JobInstance/{id}", needs: "/Jobs/JobInstance/Update",
                "Makes, claims or moves an execution; doing it twice is doing it once."
            ) { (call, change: JobInstanceChange) -> RunStatus? in
                _ = try call.model.requiredJob(change.job)
                return try await jobs.change(call.path("id"), change, by: call.caller.name)
            },
        ]
    }

    private var taskInstances: [Route] {
        [
            .asking(
                .get, "/api/Jobs/TaskInstance", needs: "/Jobs/TaskInstance/Query",
                "The tasks of one execution, in order.",
                query: [.init("jobInstance", "The job instance's id.")]
            ) { call -> Page<TaskInstance>? in
                Page(items: try await jobs.tasks(of: call.requiredQuery("jobInstance")))
            },
            .sending(
                .patch, "/api/Jobs/TaskInstance/{id}", needs: "/Jobs/TaskInstance/Update",
                "Makes or moves a task's execution, reports its progress and adds to its log."
            ) { (call, change: TaskInstanceChange) -> RunStatus? in
                try await jobs.change(call.path("id"), change)
            },
            .asking(
                .patch, "/api/Jobs/TaskInstance/{id}/Run", needs: "/Jobs/TaskInstance/Update",
                "Has the server execute a server-side task; answers when it has ended."
            ) { call -> ServerTaskOutcome? in
                try await serverTasks.run(call.path("id"), in: call.model)
            },
            .asking(
                .get, "/api/Jobs/RunJob/GetLog", needs: "/Jobs/RunJob/GetLog", "The log of a task's execution.",
                query: [.init("taskInstance", "The task instance's id.")] + Self.paging
            ) { call -> Page<TaskLogLine>? in
                let after = call.query("continuationToken").flatMap { Int($0) } ?? 0
                let size = try call.pageSize()
                let lines = try await jobs.log(of: call.requiredQuery("taskInstance"), after: after, limit: size)
                return Page(items: lines, continuationToken: lines.count < size ? nil : lines.last.map { "\($0.line)" })
            },
        ]
    }

    private func history(_ call: Call) async throws -> Page<JobInstance> {
        var before: (requestedAt: String, id: String)?
        if let token = call.query("continuationToken") {
            let parts = token.split(separator: "~", maxSplits: 1).map(String.init)
            guard parts.count == 2, Timestamp.date(parts[0]) != nil else {
                throw ServerError(.invalidRequest, "The continuationToken is not one that this list gave out.")
            }
            before = (parts[0], parts[1])
        }
        let size = try call.pageSize()
        let found = try await jobs.history(job: call.query("job"), before: before, limit: size).map(\.instance)
        return Page(
            items: found,
            continuationToken: found.count < size
                ? nil : found.last.map { Timestamp.text($0.requestedAt) + "~" + $0.id })
    }

    private func instance(_ call: Call) async throws -> JobInstance {
        let id = try call.path("id")
        let seen = call.query("state")
        let wait = try call.wait()
        let changed = try await signal.wait(upTo: wait) { () -> JobInstance? in
            guard let instance = try await jobs.instance(id)?.instance else { throw JobStore.unknown(id) }
            return wait == .zero || instance.state.rawValue != seen ? instance : nil
        }
        if let changed { return changed }
        guard let instance = try await jobs.instance(id)?.instance else { throw JobStore.unknown(id) }
        return instance
    }

    static let waiting = Route.Parameter("wait", "Seconds that the answer may take, at most 30.")
    static let paging = [
        Route.Parameter("pageSize", "How many, within DefaultPageSize and MaxPageSize."),
        Route.Parameter("continuationToken", "From the page before."),
    ]
}

extension JobSummary {
    init(_ job: Job, last: JobInstance?) {
        self.init(
            identifier: job.identifier, displayName: job.displayName, agent: job.agent, cron: job.cron,
            cronTimeZone: job.cronTimeZone,
            userStartDenied: job.userStartDenied, lastInstance: last)
    }
}

extension Model {
    func requiredJob(_ identifier: String) throws -> Job {
        guard let job = job(identifier) else {
            let known = jobs.map(\.identifier).sorted()
            let mend = known.isEmpty ? "deploy one" : "there are \(known.joined(separator: ", "))"
            throw ServerError(
                .notFound, "There is no job \"\(identifier)\" in the deployed configuration; \(mend).")
        }
        return job
    }
}
