import API
import Foundation
import Jobs
import WeirConfiguration

/// Runs one job from its first step, or from where a former process left it, to its end.
package struct JobRunner: Sendable {
    private let environment: RunEnvironment
    private let observe: @Sendable (RunEvent) -> Void

    package init(environment: RunEnvironment, observe: @escaping @Sendable (RunEvent) -> Void) {
        self.environment = environment
        self.observe = observe
    }

    /// Throws before the job has an instance, and when the server went away in its middle: then the instance stays
    /// as recorded and the next run goes on with it. Every other end is a result.
    package func run(_ request: RunRequest, cancel: CancelSwitch) async throws -> RunResult {
        // Nothing has begun: a server that is away now is not worth the patience that a run in its middle is.
        let name = try await environment.client.patient(for: .seconds(10)).jobDefinition(request.job).job.identifier
        guard let lock = try environment.workspace.lock(job: name) else {
            throw AgentError(
                .busy, "\(environment.workspace.holder(job: name)) runs already on this installation. Wait for its end."
            )
        }
        // Read again under the lock: the one who held it a moment ago may have ended the instance that was open.
        let isApproved = request.resume == .approved
        var definition = try await environment.client.jobDefinition(name, instance: isApproved ? request.instance : nil)
        try checkAgent(of: definition.job)
        var plan = try JobPlan(definition.job, keptChanges: definition.keptChanges).selecting(request.selection)
        if request.isSimulation { plan = try plan.simulating(definition.job) }
        let chosen = try await chosen(request, definition)
        if let chosen, chosen.isRunWaiting, chosen.jobInstance != definition.openInstance?.id {
            definition = try await environment.client.jobDefinition(name, instance: chosen.jobInstance)
        }
        let opened = try opening(definition, request, chosen)
        if let left = opened.abandons { try await abandon(left, request) }
        if let chosen, chosen.approvedBy == nil {
            _ = try await environment.client.approve(
                ApproveSession(session: chosen.session, changeSet: chosen.changeSet))
        }
        try await record(.running, opened.id, request)
        observe(.started(job: request.job, instance: opened.id, continues: opened.continues))
        let result: RunResult
        do {
            result = try await execute(plan, definition.job, opened, request, cancel)
        } catch let error as APIError where error.code == nil {
            observe(.interrupted(job: request.job))
            throw error
        } catch is CancellationError {
            result = RunResult(outcome: .cancelled, instance: opened.id, message: "cancelled")
        } catch {
            result = RunResult(
                outcome: .error, instance: opened.id, message: "\(error)",
                isRefused: (error as? APIError)?.isRefusal ?? false)
        }
        try await record(result.state, opened.id, request, message: result.message)
        _ = lock
        return result
    }

    private func checkAgent(of job: Job) throws {
        guard let agent = job.agent else { return }
        guard agent == environment.settings.agentIdentifier else {
            throw AgentError(
                .usage,
                """
                The job "\(job.identifier)" belongs to the agent "\(agent)", and this one is \
                "\(environment.settings.agentIdentifier)" (OpenId:AgentIdentifier in appsettings.agent.json). \
                Run it there, or correct the setting.
                """)
        }
    }

    // MARK: Which instance

    private struct Opened {
        var id: String
        var continues: Bool
        /// How steps ended in a former process, and the instances that steps had.
        var restored: [String: StepOutcome] = [:]
        var taskInstances: [String: String] = [:]
        /// An interrupted simulation that this run takes the place of.
        var abandons: String?
    }

    private func chosen(_ request: RunRequest, _ definition: JobDefinition) async throws -> WaitingChangeSet? {
        guard let resume = request.resume else { return nil }
        return try await Resumption(client: environment.client, resume: resume, definition: definition).chosen()
    }

    /// - Parameter chosen: the change set that a resume is about. Where the run that computed it is over, a new one
    ///   applies it.
    private func opening(
        _ definition: JobDefinition, _ request: RunRequest, _ chosen: WaitingChangeSet?
    ) throws -> Opened {
        let open = definition.openInstance
        let isOurs = open?.installation == environment.workspace.installation
        let resumes = request.resume != nil && chosen?.isRunWaiting ?? true
        switch open?.state {
        case .blocked where resumes, .planned where resumes:
            if let open { return continuing(open, definition) }
        case .running where !resumes, .cancelling where !resumes:
            // Nobody else runs it here (the lock says so), so a former process of this installation died in its middle.
            if let open, isOurs { return try goingOn(open, definition, request) }
        case .requested where !resumes:
            if let open, request.instance == open.id { return Opened(id: open.id, continues: false) }
        case .requested, .running, .cancelling, .blocked, .planned, nil, .completed, .noProcessing, .skipped, .warning,
            .error, .cancelled:
            break
        }
        guard !resumes else {
            let instance = (chosen?.jobInstance ?? request.instance).map { " of instance \($0)" } ?? ""
            throw AgentError(
                .usage,
                """
                The job "\(definition.job.identifier)"\(instance) does not wait for a decision any more: somebody else \
                resumed, rejected or cancelled it.
                """)
        }
        return Opened(id: request.instance ?? environment.makeIdentifier(), continues: false)
    }

    /// What a crash left in its middle. A simulation never becomes a run, nor a run a simulation.
    private func goingOn(
        _ open: JobInstance, _ definition: JobDefinition, _ request: RunRequest
    ) throws -> Opened {
        if open.isSimulation == request.isSimulation { return continuing(open, definition) }
        guard open.isSimulation else {
            throw AgentError(
                .busy,
                """
                A run of the job "\(definition.job.identifier)" was interrupted, and has to be finished before a \
                simulation: run it without --simulate.
                """)
        }
        return Opened(id: request.instance ?? environment.makeIdentifier(), continues: false, abandons: open.id)
    }

    private func abandon(_ instance: String, _ request: RunRequest) async throws {
        _ = try await environment.client.change(
            jobInstance: instance,
            JobInstanceChange(
                job: request.job, state: .cancelled, agent: environment.settings.agentIdentifier,
                installation: environment.workspace.installation,
                message: "the simulation was interrupted, and a run took its place"))
    }

    private func continuing(_ instance: JobInstance, _ definition: JobDefinition) -> Opened {
        var opened = Opened(id: instance.id, continues: true)
        // A task that ran twice is as its newest instance.
        let instances = definition.openTaskInstances.sorted {
            ($0.startedAt ?? .distantPast) < ($1.startedAt ?? .distantPast)
        }
        for task in instances {
            opened.taskInstances[task.task] = task.id
            opened.restored[task.task] = StepOutcome(recorded: task)
        }
        // What is released now is a change too: the steps that look at changes look again, as new task instances.
        func kind(_ task: TaskInstance) -> JobTask.Kind? {
            definition.job.tasks.first { $0.identifier == task.task }?.kind
        }
        let waiting = instances.filter { !$0.state.isFinal && kind($0)?.isSynchronization == true }.map(\.order).min()
        for task in instances where task.order > waiting ?? .max && kind(task)?.looksAtChanges == true {
            opened.taskInstances[task.task] = nil
            opened.restored[task.task] = nil
        }
        return opened
    }

    private func record(_ state: RunState, _ id: String, _ request: RunRequest, message: String? = nil) async throws {
        _ = try await environment.client.change(
            jobInstance: id,
            JobInstanceChange(
                job: request.job, state: state, agent: environment.settings.agentIdentifier,
                installation: environment.workspace.installation, isForced: request.isForced,
                isSimulation: request.isSimulation, isScheduled: request.isScheduled, message: message))
    }

    // MARK: Running

    private func execute(
        _ plan: JobPlan, _ job: Job, _ opened: Opened, _ request: RunRequest, _ cancel: CancelSwitch
    ) async throws -> RunResult {
        let keeper = LeaseKeeper(
            client: environment.client, workspace: environment.workspace, agent: environment.settings.agentIdentifier,
            job: job.identifier, jobInstance: opened.id, patience: environment.lockPatience, sleep: environment.sleep,
            observe: observe)
        var held: [LeaseKeeper.Held] = []
        do {
            for connector in plan.connectors { held.append(try await keeper.take(connector, cancel: cancel)) }
            let connectors = try await agree(held, job: opened.id)
            let steps = Steps(
                environment: environment, job: job, plan: plan, jobInstance: opened.id,
                connectors: ConnectorRuns(connectors),
                isForced: request.isForced, isSimulation: request.isSimulation)
            let machine = JobRun(
                plan: plan, maxBatchSize: environment.settings.maximumTaskBatchSize, restored: opened.restored)
            let outcome = try await withThrowingTaskGroup(of: RunResult?.self) { group in
                let leases = held
                group.addTask {
                    try await keeper.renew(leases)
                    return nil
                }
                group.addTask {
                    try await drive(machine, steps, opened.taskInstances, cancel)
                }
                defer { group.cancelAll() }
                while let result = try await group.next() {
                    if let result { return result }
                }
                throw CancellationError()
            }
            await keeper.release(held)
            return outcome
        } catch {
            await keeper.release(held)
            throw error
        }
    }

    private func agree(_ held: [LeaseKeeper.Held], job instance: String) async throws -> [String: ConnectorRun] {
        var connectors: [String: ConnectorRun] = [:]
        for item in held {
            let connector = item.lease.connector
            connectors[connector] = try await environment.agree(
                on: connector, leaseToken: item.lease.token, for: instance)
        }
        return connectors
    }

    /// Feeds the state machine: launches what it says, tells it how that ended.
    private func drive(
        _ start: JobRun, _ steps: Steps, _ taskInstances: [String: String], _ cancel: CancelSwitch
    ) async throws -> RunResult {
        try await withThrowingTaskGroup(of: (String, StepReport).self) { group in
            var machine = start
            var isRefused = false
            var planned: [Session] = []
            var actions = machine.received(.started)
            while true {
                for action in actions {
                    switch action {
                    case .launch(let id):
                        let record = record(id, steps, taskInstances)
                        group.addTask { (id, try await steps.run(id, record, cancel)) }
                    case .skip(let id, let reason):
                        let record = record(id, steps, taskInstances)
                        try await record.finish(StepReport(outcome: .skipped(reason)), cancel: cancel)
                    case .finish(let outcome):
                        return RunResult(
                            outcome: outcome, instance: steps.jobInstance, message: machine.explanation(of: outcome),
                            isRefused: isRefused, planned: planned)
                    }
                }
                guard let (id, report) = try await group.next() else {
                    preconditionFailure("the machine finishes when nothing runs")
                }
                // A cancel request comes first, else the end of a step would launch the next one.
                actions = cancel.isRequested ? machine.received(.cancelRequested) : []
                actions += machine.received(.stepFinished(id: id, outcome: report.outcome))
                isRefused = isRefused || report.isRefused
                if let session = report.planned { planned.append(session) }
            }
        }
    }

    private func record(_ id: String, _ steps: Steps, _ taskInstances: [String: String]) -> TaskRecord {
        TaskRecord(
            client: environment.client, id: taskInstances[id] ?? environment.makeIdentifier(),
            jobInstance: steps.jobInstance, task: id, order: steps.order(of: id),
            installation: environment.workspace.installation, observe: observe)
    }
}

extension JobRun {
    /// What made the job end so: a message each, with the steps that ended by it. Several steps of one connector that is
    /// blocked say the same; it is told once.
    fileprivate func explanation(of outcome: JobOutcome) -> String? {
        var steps: [String: [String]] = [:]
        var messages: [String] = []
        for step in plan.steps {
            guard let ended = outcomes[step.id], ended.isOpen || ended.warns, let message = ended.message else {
                continue
            }
            if steps[message] == nil { messages.append(message) }
            steps[message, default: []].append(step.id)
        }
        let texts = messages.map { message in
            let names = steps[message] ?? []
            return names.count == 1 ? "\(names[0]): \(message)" : "\(message) (\(names.count) tasks)"
        }
        return texts.isEmpty ? nil : texts.joined(separator: "\n")
    }
}

extension RunResult {
    /// The recorded state of the job: a simulation that computed something waits for whoever approves it.
    fileprivate var state: RunState {
        switch outcome {
        case .completed, .noProcessing, .warning, .blocked: planned.isEmpty ? outcome.state : .planned
        case .error, .cancelled: outcome.state
        }
    }
}
