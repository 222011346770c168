import API
import Foundation
import HTTPTypes
import WeirConfiguration
import WeirSynchronization

/// What people do with a job: launch it, cancel it, decide on what it holds (REFERENCE §7, §14).
struct LaunchJobFeature: Sendable {
    let jobs: JobStore
    let engine: SynchronizationEngine
    let audit: AuditLog
    let clock: @Sendable () -> Date

    /// Lets a run pass its thresholds; an approval in advance (DESIGN §4).
    static let forcePermission = "/Jobs/RunJob/Repair"

    var routes: [Route] {
        [
            .sending(
                .post, "/api/Jobs/RunJob/Launch", needs: "/Jobs/RunJob/Launch",
                "Asks the job's agent to run it; asking twice with one instance id is asking once."
            ) { (call, request: LaunchJob) -> JobInstance? in
                try await launch(request, by: call.caller, in: call.model)
            },
            .sending(
                .post, "/api/Jobs/RunJob/Launch/Cancel", needs: "/Jobs/RunJob/Launch/Cancel",
                "Has the running task finish and nothing more start."
            ) { (call, request: CancelLaunch) -> RunStatus? in
                try await cancel(request.instance, by: call.caller)
            },
            .sending(
                .post, "/api/Jobs/RunJob/Repair", needs: "/Jobs/RunJob/Repair",
                "Approves exactly this change set of a blocked or planned session, or of what an applied one holds; its job goes on."
            ) { (call, request: ApproveSession) -> Session? in
                try await approve(request, by: call.caller, in: call.model)
            },
            .sending(
                .post, "/api/Jobs/RunJob/Repair/Reject", needs: "/Jobs/RunJob/Repair/Reject",
                "Discards a blocked or planned session, or what an applied one holds; the next run computes anew."
            ) { (call, request: RejectSession) -> Session? in
                try await reject(request, by: call.caller)
            },
        ]
    }

    func launch(_ request: LaunchJob, by caller: Caller, in model: Model) async throws -> JobInstance {
        let job = try model.requiredJob(request.job)
        guard !job.userStartDenied else {
            throw ServerError(
                .userStartDenied,
                "The job \"\(job.displayName)\" may not be launched by hand (UserStartDenied); it runs by schedule.")
        }
        guard !request.instance.isEmpty, request.instance.utf8.count <= 64 else {
            throw ServerError(.invalidRequest, "The launch's instance must be an id of 1 to 64 bytes, such as a GUID.")
        }
        let isSimulation = request.isSimulation ?? false
        if request.isForced { try caller.require(Self.forcePermission, in: model) }
        guard !request.isForced || !isSimulation else {
            throw ServerError(
                .invalidRequest, "A simulation applies nothing, so there is nothing to force; leave isForced away.")
        }
        guard !isSimulation || job.canBeSimulated else {
            throw ServerError(
                .invalidRequest,
                "The job \"\(job.displayName)\" has no SynchronizeTask on an agent: there is nothing to simulate.")
        }
        let now = clock()
        let instance = JobInstance(
            id: request.instance, job: job.identifier, state: .requested, agent: job.agent,
            requestedBy: caller.name, isForced: request.isForced, isSimulation: isSimulation, requestedAt: now)
        return try await jobs.launch(
            JobInstanceRecord(instance: instance, isForceGranted: request.isForced, reportedAt: now))
    }

    /// Cancelling an instance that waits for a decision is one: what it holds is rejected. What a run had computed that is
    /// cancelled while it runs waits on.
    func cancel(_ instance: String, by caller: Caller) async throws -> RunStatus {
        let before = try await jobs.instance(instance)?.instance.state
        let status = try await jobs.cancel(instance, by: caller.name)
        guard status.state == .cancelled, before?.waitsForDecision == true else { return status }
        let reason = "its run was cancelled"
        for session in try await engine.waitingSessions(jobInstance: instance) {
            _ = try await engine.reject(RejectSession(session: session.id, reason: reason), by: caller.name)
        }
        for set in try await engine.heldSets(jobInstance: instance) {
            _ = try await engine.reject(
                RejectSession(session: set.session, reason: reason, changeSet: set.changeSet), by: caller.name)
        }
        return status
    }

    /// Decision, audit row and the run that goes on are one transaction: a crash leaves all of them or none.
    func approve(_ request: ApproveSession, by caller: Caller, in model: Model) async throws -> Session {
        let now = clock()
        let session = try await engine.approve(request, by: caller.name, in: model) { session, isFirst, transaction in
            if isFirst {
                try AuditLog.record(
                    .approved, by: caller.name, subject: session.connector,
                    detail: "\(session.id) \(request.changeSet)", at: now, transaction)
            }
            if let instance = session.jobInstance {
                try JobStore.approveResume(instance, by: caller.name, at: now, transaction)
            }
        }
        jobs.signal.changed()
        return session
    }

    func reject(_ request: RejectSession, by caller: Caller) async throws -> Session {
        let session = try await engine.reject(request, by: caller.name)
        try await audit.record(
            .rejected, by: caller.name, subject: session.connector, detail: "\(session.id) \(request.reason)")
        // A run over several connectors may hold more than one change set, and wait on for that.
        if let instance = session.jobInstance, try await engine.waitingSessions(jobInstance: instance).isEmpty,
            try await engine.heldSets(jobInstance: instance).isEmpty
        {
            try await jobs.reject(instance, by: caller.name, reason: request.reason)
        }
        return session
    }
}

extension Job {
    /// Whether it has something that can stop before its apply.
    var canBeSimulated: Bool {
        agent != nil && tasks.contains(where: \.kind.isSynchronization)
    }
}
