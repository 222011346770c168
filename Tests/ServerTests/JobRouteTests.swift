import API
import Foundation
import HTTPTypes
import Storage
import Testing
import WeirConfiguration

@testable import Server

@Suite struct JobRouteTests {
    private static let job = "HR_Incremental"

    private func change(_ state: RunState, installation: String = "one") -> JobInstanceChange {
        JobInstanceChange(job: Self.job, state: state, agent: "Local", installation: installation)
    }

    private func taskChange(
        _ state: RunState, task: String = "\(job)_SetRecentlyModifiedFlag", order: Int = 3, log: [String] = []
    ) -> TaskInstanceChange {
        TaskInstanceChange(
            jobInstance: "i", task: task, order: order, installation: "one", state: state,
            counters: ["rows": 7], progress: Progress(phase: "export", rows: 7, totalRows: 9), log: log)
    }

    @Test func `jobs are listed by display name with their last run`() async throws {
        try await TestServer.run { server in
            _ = try await server.call(.patch, "/api/Jobs/JobInstance/i", body: change(.running))
            let page = try await server.call(.get, "/api/Jobs/Job").json(Page<JobSummary>.self)
            #expect(page.items.map(\.displayName) == ["HR - Complete", "HR - Synchronize", "Nightly"])
            #expect(page.items.map(\.lastInstance?.state) == [nil, .running, nil])
            #expect(page.items.map(\.userStartDenied) == [false, false, true])
        }
    }

    @Test func `an agent makes an instance and its tasks, and finds them again after a crash`() async throws {
        try await TestServer.run { server in
            for _ in 1...2 {
                let status = try await server.call(.patch, "/api/Jobs/JobInstance/i", as: "Job", body: change(.running))
                #expect(try status.json(RunStatus.self) == RunStatus(state: .running, cancelRequested: false))
            }
            _ = try await server.call(
                .patch, "/api/Jobs/TaskInstance/t", as: "Job", body: taskChange(.running, log: ["one", "two"]))
            _ = try await server.call(.patch, "/api/Jobs/TaskInstance/t", as: "Job", body: taskChange(.running))
            let definition = try await server.call(.get, "/api/Jobs/Task?job=\(Self.job)", as: "Job")
                .json(JobDefinition.self)
            #expect(definition.job.tasks.first?.element == "ExportTask")
            #expect(definition.openInstance?.state == .running)
            #expect(
                definition.openTaskInstances == [
                    TaskInstance(
                        id: "t", jobInstance: "i", task: "\(Self.job)_SetRecentlyModifiedFlag", order: 3,
                        state: .running, startedAt: server.clock.now, counters: ["rows": 7],
                        progress: Progress(phase: "export", rows: 7, totalRows: 9))
                ])
            let log = try await server.call(.get, "/api/Jobs/RunJob/GetLog?taskInstance=t&pageSize=1")
                .json(Page<TaskLogLine>.self)
            #expect(log.items == [TaskLogLine(line: 1, writtenAt: server.clock.now, text: "one")])
            #expect(log.continuationToken == "1")
        }
    }

    @Test func `a job that ends takes its unfinished tasks with it`() async throws {
        try await TestServer.run { server in
            _ = try await server.call(.patch, "/api/Jobs/JobInstance/i", body: change(.running))
            _ = try await server.call(.patch, "/api/Jobs/TaskInstance/t", body: taskChange(.running))
            _ = try await server.call(.patch, "/api/Jobs/JobInstance/i", body: change(.error))
            let tasks = try await server.call(.get, "/api/Jobs/TaskInstance?jobInstance=i").json(
                Page<TaskInstance>.self)
            #expect(tasks.items.map(\.state) == [.error])
            #expect(tasks.items.first?.endedAt == server.clock.now)
            let late = try await server.call(.patch, "/api/Jobs/TaskInstance/t", body: taskChange(.completed))
            #expect(late.code == .jobState)
            let other = try await server.call(.patch, "/api/Jobs/TaskInstance/u", body: taskChange(.running))
            #expect(other.code == .jobState)
        }
    }

    @Test func `another installation's report of a task is refused`() async throws {
        try await TestServer.run { server in
            _ = try await server.call(.patch, "/api/Jobs/JobInstance/i", body: change(.running))
            var late = taskChange(.completed)
            late.installation = "two"
            #expect(try await server.call(.patch, "/api/Jobs/TaskInstance/t", body: late).code == .jobRunning)
            #expect(try await server.jobs.task("t") == nil)
        }
    }

    @Test func `a body over the limit is refused`() async throws {
        try await TestServer.run { server in
            let large = LaunchJob(job: String(repeating: "x", count: 5 * 1024 * 1024), instance: "i")
            let response = try await server.call(.post, "/api/Jobs/RunJob/Launch", body: large)
            #expect(response.code == .invalidRequest)
            #expect(response.body.contains("larger than 4194304 bytes"))
        }
    }

    @Test func `a launch reaches the agent's long poll, once`() async throws {
        try await TestServer.run { server in
            let poll = "/api/Jobs/JobInstance/Next?agent=Local&installation=one"
            #expect(try await server.call(.get, poll, as: "Job").status == 204)
            async let next = server.call(.get, poll + "&wait=20", as: "Job")
            while server.application.features.signal.waiterCount == 0 { await Task.yield() }
            let launch = LaunchJob(job: Self.job, instance: "i")
            for _ in 1...2 {
                let launched = try await server.call(.post, "/api/Jobs/RunJob/Launch", as: "Op", body: launch)
                #expect(try launched.json(JobInstance.self).requestedBy == "client Op")
            }
            let requested = try await next.json(RequestedJob.self)
            #expect(requested.instance.id == "i")
            #expect(!requested.resumes)
            let second = try await server.call(
                .post, "/api/Jobs/RunJob/Launch", as: "Op", body: LaunchJob(job: Self.job, instance: "j"))
            #expect(second.code == .jobRunning)
            _ = try await server.call(.patch, "/api/Jobs/JobInstance/i", as: "Job", body: change(.running))
            #expect(try await server.call(.get, poll, as: "Job").status == 204)
            let other = try await server.call(
                .patch, "/api/Jobs/JobInstance/i", as: "Job", body: change(.running, installation: "two"))
            #expect(other.code == .jobRunning)
        }
    }

    @Test func `a launch that no agent takes is in error after JobLaunchTimeout`() async throws {
        try await TestServer.run { server in
            let launch = LaunchJob(job: Self.job, instance: "i")
            _ = try await server.call(.post, "/api/Jobs/RunJob/Launch", as: "Op", body: launch)
            #expect(try await server.jobs.expire() == [])
            server.clock.advance(by: 7.6)
            #expect(try await server.jobs.expire() == ["i"])
            let instance = try await server.call(.get, "/api/Jobs/JobInstance/i").json(JobInstance.self)
            #expect(instance.state == .error)
            let late = try await server.call(.patch, "/api/Jobs/JobInstance/i", as: "Job", body: change(.running))
            #expect(late.code == .jobState)
            let again = try await server.call(
                .post, "/api/Jobs/RunJob/Launch", as: "Op", body: LaunchJob(job: Self.job, instance: "j"))
            #expect(again.status == 200)
        }
    }

    @Test func `an agent that comes too late finds the launch in error before any timer`() async throws {
        try await TestServer.run { server in
            let launch = LaunchJob(job: Self.job, instance: "i")
            _ = try await server.call(.post, "/api/Jobs/RunJob/Launch", as: "Op", body: launch)
            server.clock.advance(by: 7.6)
            let late = try await server.call(.patch, "/api/Jobs/JobInstance/i", as: "Job", body: change(.running))
            #expect(late.code == .jobState)
            let instance = try await server.call(.get, "/api/Jobs/JobInstance/i").json(JobInstance.self)
            #expect(instance.state == .error)
        }
    }

    @Test func `UserStartDenied, unknown jobs and forcing without the permission are refused`() async throws {
        try await TestServer.run { server in
            let denied = try await server.call(
                .post, "/api/Jobs/RunJob/Launch", body: LaunchJob(job: "Nightly", instance: "i"))
            #expect(denied.code == .userStartDenied)
            let unknown = try await server.call(
                .post, "/api/Jobs/RunJob/Launch", body: LaunchJob(job: "Nothing", instance: "i"))
            #expect(unknown.code == .notFound)
            let agent = try await server.call(
                .post, "/api/Jobs/RunJob/Launch", as: "Job", body: LaunchJob(job: Self.job, instance: "i"))
            #expect(agent.code == .forbidden)
        }
    }

    @Test func `cancelling is told with the next report`() async throws {
        try await TestServer.run { server in
            _ = try await server.call(.patch, "/api/Jobs/JobInstance/i", body: change(.running))
            let cancelled = try await server.call(
                .post, "/api/Jobs/RunJob/Launch/Cancel", as: "Op", body: CancelLaunch(instance: "i"))
            #expect(try cancelled.json(RunStatus.self) == RunStatus(state: .cancelling, cancelRequested: true))
            let report = try await server.call(.patch, "/api/Jobs/TaskInstance/t", body: taskChange(.running))
            #expect(try report.json(RunStatus.self) == RunStatus(state: .running, cancelRequested: true))
            let end = try await server.call(.patch, "/api/Jobs/JobInstance/i", body: change(.cancelled))
            #expect(try end.json(RunStatus.self).state == .cancelled)
        }
    }

    @Test func `history is paged, newest first`() async throws {
        try await TestServer.run { server in
            for number in 1...5 {
                server.clock.advance(by: 1)
                _ = try await server.call(.patch, "/api/Jobs/JobInstance/i\(number)", body: change(.completed))
            }
            var ids: [String] = []
            var token: String?
            repeat {
                let query = token.map { "&continuationToken=\($0)" } ?? ""
                let page = try await server.call(.get, "/api/Jobs/JobInstance?job=\(Self.job)&pageSize=2\(query)")
                    .json(Page<JobInstance>.self)
                ids += page.items.map(\.id)
                token = page.continuationToken
            } while token != nil
            #expect(ids == ["i5", "i4", "i3", "i2", "i1"])
            let wrong = try await server.call(.get, "/api/Jobs/JobInstance?continuationToken=x")
            #expect(wrong.code == .invalidRequest)
        }
    }

    @Test func `waiting for an instance ends when its state changes`() async throws {
        try await TestServer.run { server in
            _ = try await server.call(.patch, "/api/Jobs/JobInstance/i", body: change(.running))
            let path = "/api/Jobs/JobInstance/i"
            let seen = try await server.call(.get, path + "?wait=20&state=requested").json(JobInstance.self)
            #expect(seen.state == .running)
            async let waiting = server.call(.get, path + "?wait=20&state=running")
            while server.application.features.signal.waiterCount == 0 { await Task.yield() }
            _ = try await server.call(.patch, path, body: change(.completed))
            #expect(try await waiting.json(JobInstance.self).state == .completed)
        }
    }

    @Test func `a task that this version does not execute is skipped, and expressions are no processing`() async throws
    {
        try await TestServer.run { server in
            _ = try await server.call(.patch, "/api/Jobs/JobInstance/i", body: change(.running))
            let tasks = try #require(try await server.model().job(Self.job)).tasks
            for (order, task) in tasks.enumerated() where order > 3 {
                _ = try await server.call(
                    .patch, "/api/Jobs/TaskInstance/t\(order)",
                    body: taskChange(.running, task: task.identifier, order: order))
                for _ in 1...2 {
                    let outcome = try await server.call(.patch, "/api/Jobs/TaskInstance/t\(order)/Run", as: "Job")
                        .json(ServerTaskOutcome.self)
                    #expect(outcome.state == (order == 4 ? .noProcessing : .skipped), "\(task.element)")
                }
            }
            #expect(tasks.count == 9)
        }
    }

    @Test func `logs are kept 90 days and executions 400`() async throws {
        try await TestServer.run { server in
            _ = try await server.call(.patch, "/api/Jobs/JobInstance/i", body: change(.running))
            _ = try await server.call(.patch, "/api/Jobs/TaskInstance/t", body: taskChange(.completed, log: ["one"]))
            _ = try await server.call(.patch, "/api/Jobs/JobInstance/i", body: change(.completed))
            func rows(_ days: Double) async throws -> [Int] {
                server.clock.advance(by: days * 24 * 3600)
                await server.application.housekeeping.forget()
                return try await server.database.read { transaction in
                    try ["UJ_TaskLogs", "UJ_TaskInstances", "UJ_JobInstances"].map {
                        try transaction.count("SELECT count(*) FROM \(identifier: $0)")
                    }
                }
            }
            #expect(try await rows(89) == [1, 1, 1])
            #expect(try await rows(2) == [0, 1, 1])
            #expect(try await rows(308) == [0, 1, 1])
            #expect(try await rows(2) == [0, 0, 0])
        }
    }

    @Test func `deployed jobs and tasks are mirrored for those who look by SQL`() async throws {
        try await TestServer.run { server in
            let rows = try await server.database.read { transaction in
                try transaction.rows("SELECT Identifier, Agent FROM UJ_Jobs ORDER BY Identifier")
                    .map { [try $0.string("Identifier"), try $0.string("Agent")] }
            }
            #expect(rows == [["HR_Complete", "Local"], ["HR_Incremental", "Local"], ["Nightly", "Local"]])
            let tasks = try await server.database.read { transaction in
                try transaction.rows("SELECT Element FROM UJ_Tasks WHERE Job = 'HR_Incremental' ORDER BY TaskOrder")
                    .map { try $0.string("Element") }
            }
            #expect(tasks.prefix(3) == ["ExportTask", "PrepareSynchronizationTask", "SynchronizeTask"])
        }
    }
}
