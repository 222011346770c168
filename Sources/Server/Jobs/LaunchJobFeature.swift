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
                try await jobs.cancel(request.instance, by: call.caller.name)
            },
            .sending(
                .post, "/api/Jobs/RunJob/Repair", needs: "/Jobs/RunJob/Repair",
                "Approves exactly this change set of a blocked session, or of what an applied one holds; its job goes on."
            ) { (call, request: ApproveSession) -> Session? in
                try await approve(request, by: call.caller, in: call.model)
            },
            .sending(
                .post, "/api/Jobs/RunJob/Repair/Reject", needs: "/Jobs/RunJob/Repair/Reject",
                "Discards a blocked session, or what an applied one holds; the next run computes anew."
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
        if request.isForced { try caller.require(Self.forcePermission, in: model) }
        let now = clock()
        let instance = JobInstance(
            id: request.instance, job: job.identifier, state: .requested, agent: job.agent,
            requestedBy: caller.name, isForced: request.isForced, requestedAt: now)
        return try await jobs.launch(
            JobInstanceRecord(instance: instance, isForceGranted: request.isForced, reportedAt: now))
    }

    func approve(_ request: ApproveSession, by caller: Caller, in model: Model) async throws -> Session {
        let session = try await engine.approve(request, by: caller.name, in: model)
        try await audit.record(
            .approved, by: caller.name, subject: session.connector, detail: "\(session.id) \(request.changeSet)")
        if let instance = session.jobInstance { try await jobs.approveResume(instance, by: caller.name) }
        return session
    }

    func reject(_ request: RejectSession, by caller: Caller) async throws -> Session {
        let session = try await engine.reject(request, by: caller.name)
        try await audit.record(
            .rejected, by: caller.name, subject: session.connector, detail: "\(session.id) \(request.reason)")
        // A job that holds something else as well waits on for that.
        if let instance = session.jobInstance, try await engine.heldSets(jobInstance: instance).isEmpty {
            try await jobs.reject(instance, by: caller.name, reason: request.reason)
        }
        return session
    }
}
