import Foundation
import WeirConfiguration

/// A job's definition and how it last ran: an item of `GET /api/Jobs/Job`.
package struct JobSummary: Sendable, Equatable, Codable {
    package var identifier: String
    package var displayName: String
    package var agent: String?
    package var cron: String?
    package var cronTimeZone: CronTimeZone
    package var userStartDenied: Bool
    package var lastInstance: JobInstance?

    package init(
        identifier: String, displayName: String, agent: String?, cron: String?, cronTimeZone: CronTimeZone = .utc,
        userStartDenied: Bool, lastInstance: JobInstance? = nil
    ) {
        self.identifier = identifier
        self.displayName = displayName
        self.agent = agent
        self.cron = cron
        self.cronTimeZone = cronTimeZone
        self.userStartDenied = userStartDenied
        self.lastInstance = lastInstance
    }
}

/// `GET /api/Jobs/Task?job=…`: what runs the job needs to know. Under /Jobs/Task/Query, so that the seven permissions
/// of REFERENCE §7 suffice.
package struct JobDefinition: Sendable, Equatable, Codable {
    package var job: Job
    /// The instance that was asked for; else the one that runs or shall run, else the newest that waits for a decision.
    package var openInstance: JobInstance?
    package var openTaskInstances: [TaskInstance]
    /// An earlier run ended between its synchronization and its SetRecentlyModifiedFlagTask: changes wait for that task.
    package var keptChanges: Bool
    /// What the job's runs computed and nobody has rejected or applied, whatever has become of these runs; oldest first.
    package var waiting: [WaitingChangeSet]

    package init(
        job: Job, openInstance: JobInstance? = nil, openTaskInstances: [TaskInstance] = [], keptChanges: Bool = false,
        waiting: [WaitingChangeSet] = []
    ) {
        self.job = job
        self.waiting = waiting
        self.keptChanges = keptChanges
        self.openInstance = openInstance
        self.openTaskInstances = openTaskInstances
    }
}

/// The states of DESIGN §7, for jobs and tasks.
package enum RunState: String, Sendable, Equatable, Codable, CaseIterable {
    case requested, running, completed, noProcessing, skipped, warning, blocked, error, cancelling, cancelled
    /// A simulation has ended, and its change set may be approved later: then the instance goes on as a run.
    case planned

    package var isFinal: Bool {
        switch self {
        case .requested, .running, .cancelling, .blocked, .planned: false
        case .completed, .noProcessing, .skipped, .warning, .error, .cancelled: true
        }
    }

    /// It holds a change set that somebody may approve, and then goes on.
    package var waitsForDecision: Bool { self == .blocked || self == .planned }
}

/// One execution of a job: a row of UJ_JobInstances.
package struct JobInstance: Sendable, Equatable, Codable {
    /// GUID, chosen by whoever makes the instance, so that making it twice is making it once.
    package var id: String
    package var job: String
    package var state: RunState
    package var agent: String?
    package var installation: String?
    /// Who asked for it: `scheduler`, `client Job`, `user alice`.
    package var requestedBy: String
    package var isForced: Bool
    /// Nothing of it is applied (`--simulate`); false again once it goes on with an approved change set.
    package var isSimulation: Bool
    package var requestedAt: Date
    package var startedAt: Date?
    package var endedAt: Date?
    package var message: String?

    package init(
        id: String, job: String, state: RunState, agent: String? = nil, installation: String? = nil,
        requestedBy: String, isForced: Bool = false, isSimulation: Bool = false, requestedAt: Date,
        startedAt: Date? = nil, endedAt: Date? = nil, message: String? = nil
    ) {
        self.id = id
        self.job = job
        self.state = state
        self.agent = agent
        self.installation = installation
        self.requestedBy = requestedBy
        self.isForced = isForced
        self.isSimulation = isSimulation
        self.requestedAt = requestedAt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.message = message
    }
}

/// `PATCH /api/Jobs/JobInstance/{id}`: makes the instance if there is none, claims it for an installation, moves it.
///
/// 409 `job-running` when another instance of the job runs; only the installation that runs it may move it on.
package struct JobInstanceChange: Sendable, Equatable, Codable {
    package var job: String
    package var state: RunState
    package var agent: String?
    package var installation: String
    package var isForced: Bool?
    /// Whether nothing of it shall be applied; nil: as it is.
    package var isSimulation: Bool?
    /// True: the agent's scheduler started it, so that `requestedBy` is `scheduler`.
    package var isScheduled: Bool?
    package var message: String?

    package init(
        job: String, state: RunState, agent: String?, installation: String, isForced: Bool? = nil,
        isSimulation: Bool? = nil, isScheduled: Bool? = nil, message: String? = nil
    ) {
        self.job = job
        self.state = state
        self.agent = agent
        self.installation = installation
        self.isForced = isForced
        self.isSimulation = isSimulation
        self.isScheduled = isScheduled
        self.message = message
    }
}

/// One execution of a task: a row of UJ_TaskInstances.
package struct TaskInstance: Sendable, Equatable, Codable {
    /// GUID.
    package var id: String
    package var jobInstance: String
    package var task: String
    /// The task's place in the job, from 0.
    package var order: Int
    package var state: RunState
    /// Whether it produced something for what depends on it (REFERENCE §5).
    package var produced: Bool
    package var startedAt: Date?
    package var endedAt: Date?
    package var message: String?
    package var counters: [String: Int]
    package var progress: Progress?
    /// The synchronization session that it opened or applied.
    package var session: String?
    /// Why it was skipped.
    package var skipCode: SkipCode?

    package init(
        id: String, jobInstance: String, task: String, order: Int, state: RunState, produced: Bool = false,
        startedAt: Date? = nil, endedAt: Date? = nil, message: String? = nil, counters: [String: Int] = [:],
        progress: Progress? = nil, session: String? = nil, skipCode: SkipCode? = nil
    ) {
        self.id = id
        self.jobInstance = jobInstance
        self.task = task
        self.order = order
        self.state = state
        self.produced = produced
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.message = message
        self.counters = counters
        self.progress = progress
        self.session = session
        self.skipCode = skipCode
    }
}

/// Why a task was skipped, for programs; the message says it to people.
package enum SkipCode: String, Sendable, Equatable, Codable, CaseIterable {
    case parentFailed, nothingToDo, notExecuted, connectorBlocked, leftOut
}

/// `PATCH /api/Jobs/TaskInstance/{id}`: makes or moves a task instance, and reports its progress.
package struct TaskInstanceChange: Sendable, Equatable, Codable {
    package var jobInstance: String
    package var task: String
    package var order: Int
    package var installation: String
    package var state: RunState
    package var produced: Bool
    package var message: String?
    package var counters: [String: Int]?
    package var progress: Progress?
    package var session: String?
    package var skipCode: SkipCode?
    /// Lines to add to the instance's log.
    package var log: [String]

    package init(
        jobInstance: String, task: String, order: Int, installation: String, state: RunState, produced: Bool = false,
        message: String? = nil, counters: [String: Int]? = nil, progress: Progress? = nil, session: String? = nil,
        skipCode: SkipCode? = nil, log: [String] = []
    ) {
        self.jobInstance = jobInstance
        self.task = task
        self.order = order
        self.installation = installation
        self.state = state
        self.produced = produced
        self.message = message
        self.counters = counters
        self.progress = progress
        self.session = session
        self.skipCode = skipCode
        self.log = log
    }
}

/// The answer to a change of a job or task instance: what the runner must know.
package struct RunStatus: Sendable, Equatable, Codable {
    package var state: RunState
    package var cancelRequested: Bool

    package init(state: RunState, cancelRequested: Bool) {
        self.state = state
        self.cancelRequested = cancelRequested
    }
}

/// `PATCH /api/Jobs/TaskInstance/{id}/Run`: has the server execute a server-side task; answers when it has ended.
/// Running a task twice is running it once: an ended instance answers with what it did.
package struct ServerTaskOutcome: Sendable, Equatable, Codable {
    /// completed, noProcessing, skipped or error.
    package var state: RunState
    package var message: String?
    package var counters: [String: Int]

    package init(state: RunState, message: String? = nil, counters: [String: Int] = [:]) {
        self.state = state
        self.message = message
        self.counters = counters
    }
}

/// `POST /api/Jobs/RunJob/Launch`: asks the job's agent to run it.
package struct LaunchJob: Sendable, Equatable, Codable {
    package var job: String
    /// GUID; a second request with it is the same launch.
    package var instance: String
    package var isForced: Bool
    /// Stop before the apply; absent is false.
    package var isSimulation: Bool?

    package init(job: String, instance: String, isForced: Bool = false, isSimulation: Bool? = nil) {
        self.job = job
        self.instance = instance
        self.isForced = isForced
        self.isSimulation = isSimulation
    }
}

/// The answer of `GET /api/Jobs/JobInstance/Next?agent=…&wait=20`, the agent's long poll; 204 when nothing came.
package struct RequestedJob: Sendable, Equatable, Codable {
    package var instance: JobInstance
    /// True: an instance whose change set was approved goes on.
    package var resumes: Bool

    package init(instance: JobInstance, resumes: Bool) {
        self.instance = instance
        self.resumes = resumes
    }
}
