import API
import Foundation
import HTTPTypes
import Hummingbird
import ServiceLifecycle
import WeirConfiguration
import WeirSynchronization

/// The exchange of DESIGN §4: lease, open, send, seal or close, synchronize. Everything here needs
/// /Connectors/SynchronizeSession alone.
struct SessionFeature: Sendable {
    let engine: SynchronizationEngine
    let jobs: JobStore
    let audit: AuditLog

    static let root = "/Connectors/SynchronizeSession"
    private static let path = "/api/Connectors/SynchronizeSession"

    var routes: [Route] { leases + held + sessions + steps }

    private var leases: [Route] {
        [
            .sending(
                .post, Self.path + "/Lease", needs: Self.root + "/Lease",
                "Takes or renews the right to synchronize a connector."
            ) { (call, request: LeaseRequest) -> Lease? in
                _ = try call.model.requiredConnector(request.connector)
                return try await engine.lease(request)
            },
            .sending(
                .post, Self.path + "/Lease/Release", needs: Self.root + "/Lease/Release", "Gives a lease back.",
                answer: Nothing.self
            ) { (_, request: LeaseRelease) in
                try await engine.release(request)
                return nil
            },
        ]
    }

    private var held: [Route] {
        [
            .asking(
                .get, Self.path + "/Held", needs: Self.root + "/Query",
                "What thresholds hold of a connector while the rest of its runs is applied.",
                query: [.init("connector", "The connector's identifier.")]
            ) { call -> Page<HeldSet>? in
                Page(items: try await engine.heldSets(connector: try call.requiredQuery("connector")))
            },
            .asking(
                .get, Self.path + "/Held/Row", needs: Self.root + "/Query",
                "The changes of a held set, each with its whole row before and after.",
                query: [.init("set", "The held set's id.")] + JobsFeature.paging
            ) { call -> Page<HeldRow>? in
                try await engine.heldRows(
                    of: try call.requiredQuery("set"), pageSize: try call.pageSize(),
                    continuationToken: call.query("continuationToken"))
            },
        ]
    }

    private var sessions: [Route] {
        [
            .sending(
                .post, Self.path, needs: Self.root + "/Create",
                "Opens a session, before anything is sent; opening twice for one task instance is opening once."
            ) { (call, request: OpenSession) -> Session? in
                _ = try call.model.requiredConnector(request.connector)
                // A session of a simulated run is one, whatever its agent thinks: nothing of it is applied by itself.
                let run = try await jobs.instance(request.jobInstance)?.instance
                return try await engine.open(
                    request, in: call.model, caller: call.caller.name, isSimulation: run?.isSimulation ?? false)
            },
            .asking(
                .get, Self.path, needs: Self.root + "/Query", "A connector's sessions, newest first.",
                query: [.init("connector", "The connector's identifier.")] + JobsFeature.paging
            ) { call -> Page<Session>? in
                try await engine.sessions(
                    connector: try call.requiredQuery("connector"), limit: try call.pageSize(),
                    before: call.query("continuationToken"))
            },
            .asking(
                .get, Self.path + "/{id}", needs: Self.root + "/Query",
                "A session; with wait, as soon as its state or progress changes.",
                query: [
                    .init("state", "The state that the caller has seen."),
                    .init("phase", "The progress that the caller has seen."), .init("rows", "Likewise."),
                    JobsFeature.waiting,
                ]
            ) { call -> Session? in
                try await session(call)
            },
            Route(
                .put, Self.path + "/{id}/File/{mapping}", needs: Self.root + "/Update",
                "Sends one file of a session; sending it twice is sending it once.",
                query: [
                    .init("leaseToken", "The lease's token."),
                    .init("sha256", "The SHA-256 of the body, 64 hex digits."),
                ],
                body: .csv
            ) { call in
                try await receive(call)
            },
            Route(
                .put, Self.path + "/{id}/Quarantine/{list}", needs: Self.root + "/Update",
                "Sends a list of what the preparation set aside, rejected or carried; sending it twice is sending it once.",
                query: [
                    .init("leaseToken", "The lease's token."),
                    .init("sha256", "The SHA-256 of the body, 64 hex digits."),
                ],
                body: .csv
            ) { call in
                try await receiveQuarantine(call)
            },
        ]
    }

    private var steps: [Route] {
        [
            .sending(
                .post, Self.path + "/{id}/Seal", needs: Self.root + "/Seal",
                "Says what was sent, all of it; sealing twice is sealing once."
            ) { (call, request: SealSession) -> Session? in
                try await engine.seal(session: try call.path("id"), request, in: call.model)
            },
            .sending(
                .post, Self.path + "/{id}/Close", needs: Self.root + "/Close", "There is nothing to send."
            ) { (call, request: CloseSession) -> Session? in
                try await engine.close(session: try call.path("id"), request, in: call.model)
            },
            .sending(
                .post, Self.path + "/{id}/Abort", needs: Self.root + "/Abort",
                "The lease's holder gives up a live session."
            ) { (call, request: AbortSession) -> Session? in
                try await engine.abort(session: try call.path("id"), request)
            },
            .sending(
                .post, Self.path + "/{id}/Synchronize", needs: Self.root + "/Synchronize",
                "Computes the changes, checks the safeguards and applies; answers at once."
            ) { (call, request: SynchronizeSession) -> Session? in
                try await synchronize(call, request)
            },
        ]
    }

    private func session(_ call: Call) async throws -> Session {
        let id = try call.path("id")
        var seen = try await engine.session(id)
        let wait = try call.wait()
        guard wait > .zero, !seen.state.isFinal, call.query("state") == seen.state.rawValue else { return seen }
        let phase = call.query("phase")
        let rows = try call.integerQuery("rows")
        if phase != seen.progress?.phase || rows != seen.progress?.rows {
            seen.progress = phase.map { Progress(phase: $0, rows: rows ?? 0, totalRows: seen.progress?.totalRows) }
        }
        do {
            let known = seen
            return try await cancelWhenGracefulShutdown {
                try await engine.waitForChange(of: id, after: known, timeout: wait)
            }
        } catch is CancellationError {
            // The server shuts down; the caller asks the next one.
            return try await engine.session(id)
        }
    }

    private func receive(_ call: Call) async throws -> Response {
        guard let token = try call.integerQuery("leaseToken") else {
            throw ServerError(.invalidRequest, "The query lacks leaseToken=…; take the connector's lease first.")
        }
        try await engine.receive(
            session: try call.path("id"), mapping: try call.path("mapping"), leaseToken: token,
            body: UploadChunks(body: call.request.body), sha256: try call.requiredQuery("sha256"))
        return Response(status: .noContent)
    }

    private func receiveQuarantine(_ call: Call) async throws -> Response {
        guard let token = try call.integerQuery("leaseToken") else {
            throw ServerError(.invalidRequest, "The query lacks leaseToken=…; take the connector's lease first.")
        }
        guard let list = QuarantineList(rawValue: try call.path("list")) else {
            throw ServerError(.notFound, "There is no such list; send rejected, carried or named.")
        }
        try await engine.receive(
            session: try call.path("id"), list: list, leaseToken: token,
            body: UploadChunks(body: call.request.body), sha256: try call.requiredQuery("sha256"))
        return Response(status: .noContent)
    }

    private func synchronize(_ call: Call, _ request: SynchronizeSession) async throws -> Session {
        let id = try call.path("id")
        guard let instance = try await jobs.task(request.taskInstance) else {
            return try await synchronizeAlone(id, call, request)
        }
        guard let record = try await jobs.instance(instance.jobInstance) else {
            throw ServerError(
                .notFound, "There is no task instance \(request.taskInstance); make it before it synchronizes.")
        }
        let session = try await engine.session(id)
        let task = call.model.job(record.instance.job)?.tasks.first { $0.identifier == instance.task }
        var applicant = SessionApplicant(
            task: instance.task, connector: "", verifies: false, run: record.instance,
            owner: try await owner(of: session))
        var options = SynchronizeOptions()
        var taskForces = false
        switch task?.kind {
        case .synchronize(let own, _, let keeps, let forces, let orphans):
            applicant.connector = own
            options.doNotDeleteChanges = keeps
            options.orphans = orphans
            taskForces = forces
        case .verifySynchronization(let own, _, _):
            applicant.connector = own
            applicant.verifies = true
        case .export, .prepareSynchronization, .setRecentlyModifiedFlag, .updateExpressions, .notExecuted, nil:
            throw ServerError(
                .invalidRequest,
                "The task \"\(instance.task)\" of job \"\(record.instance.job)\" is no SynchronizeTask; name the task "
                    + "instance of one.")
        }
        try applicant.check(
            session,
            isOpener: try await engine.wasOpened(session: id, byTaskInstance: request.taskInstance))
        if applicant.verifies {
            try Self.refuseForce(request)
        } else if session.isSimulation {
            // It shows what the run would do; nothing is applied, so nobody approves anything in advance.
            options.passesThresholds = taskForces && applicant.mayForce(session)
        } else if session.state == .sealed, session.approvedBy == nil {
            // What is blocked already waits for a decision: forcing comes before.
            options.forcedBy = try forcedBy(call, request, record, applicant, session, taskForces: taskForces)
        }
        if let forcedBy = options.forcedBy {
            try await audit.record(.forced, by: forcedBy, subject: applicant.connector, detail: id)
        }
        return try await engine.synchronize(
            session: id, request, options: options,
            adoptedBy: applicant.adopts(session) ? record.instance.id : nil, in: call.model)
    }

    private func owner(of session: Session) async throws -> JobInstance? {
        guard let instance = session.jobInstance else { return nil }
        return try await jobs.instance(instance)?.instance
    }

    /// A session that belongs to no job: a repair by `weir verify`, named by the task instance that it was opened for.
    private func synchronizeAlone(
        _ id: String, _ call: Call, _ request: SynchronizeSession
    ) async throws -> Session {
        guard try await engine.wasOpened(session: id, byTaskInstance: request.taskInstance) else {
            throw ServerError(
                .notFound, "There is no task instance \(request.taskInstance); make it before it synchronizes.")
        }
        try Self.refuseForce(request)
        return try await engine.synchronize(
            session: id, request, options: SynchronizeOptions(), in: call.model)
    }

    private static func refuseForce(_ request: SynchronizeSession) throws {
        guard !request.force else {
            throw ServerError(
                .invalidRequest, "A repair is not forced; look at its changes and approve what they show.")
        }
    }

    /// Who approved the change set in advance: the task's ForceSynchronization, a launch that was forced by somebody
    /// who may, or the caller; nil: nobody asked for it.
    private func forcedBy(
        _ call: Call, _ request: SynchronizeSession, _ record: JobInstanceRecord, _ applicant: SessionApplicant,
        _ session: Session, taskForces: Bool
    ) throws -> String? {
        guard request.force || record.isForceGranted || taskForces else { return nil }
        if applicant.mayForce(session) {
            if taskForces { return "task \(applicant.task) (ForceSynchronization)" }
            if record.isForceGranted { return record.instance.requestedBy }
        } else if !call.caller.may(LaunchJobFeature.forcePermission, in: call.model) {
            throw ServerError(
                .forbidden,
                "Session \(session.id) was prepared by the job \"\(applicant.owner?.job ?? "")\", so that \"\(record.instance.job)\" "
                    + "cannot force it past its thresholds. Apply it by the job that prepared it, or as somebody who may "
                    + "\(LaunchJobFeature.forcePermission).")
        }
        try call.caller.require(LaunchJobFeature.forcePermission, in: call.model)
        return call.caller.name
    }
}
