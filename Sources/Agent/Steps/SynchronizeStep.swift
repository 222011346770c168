import API
import Jobs
import WeirConfiguration

/// Has the server apply the connector's session, and promotes the image once it has (DESIGN §4, steps 5 and 6).
struct SynchronizeStep: Sendable {
    let environment: RunEnvironment
    let client: APIClient
    let run: ConnectorRun
    let jobInstance: String
    let taskInstance: String
    /// The job's identifier.
    let job: String
    /// Nothing is applied, and nothing released.
    let isSimulation: Bool

    /// Applies the session, then what was approved of what the connector holds.
    func perform(isForced: Bool, progress: LatestProgress) async throws -> StepReport {
        let report = try await synchronize(isForced: isForced, progress: progress)
        let mayHold = run.definition.connector.thresholdScope == .operation || !run.state.held.isEmpty
        guard mayHold, !isSimulation, !report.outcome.stopsJob else { return report }
        return try await release(report, progress)
    }

    /// - Returns: the report with what was released, and with what is held still as its outcome.
    private func release(_ own: StepReport, _ progress: LatestProgress) async throws -> StepReport {
        var report = own
        var state = try await client.connectorState(run.connector)
        // Who comes goes first, so that a changed key never leaves nobody.
        let order = ["insert", "update", "delete"]
        let approved = state.held.filter { $0.state == .approved }
            .sorted { (order.firstIndex(of: $0.operation) ?? 0) < (order.firstIndex(of: $1.operation) ?? 0) }
        for set in approved {
            let sealed = try await ReleaseStep(
                environment: environment, client: client, run: run, jobInstance: jobInstance,
                taskInstance: taskInstance
            ).perform(set, state, progress: progress)
            let request = SynchronizeSession(leaseToken: run.leaseToken, taskInstance: taskInstance)
            let session = try await applying.apply(sealed.id, request, progress)
            state = try await client.connectorState(run.connector)
            guard session.state == .applied else {
                report.log.append(session.detail ?? "session \(session.id) ended as \(session.state.rawValue)")
                // What was refused waits for a decision again; anything else ends the step.
                guard state.held.contains(where: { $0.id == set.id && $0.state == .held }) else {
                    report.outcome = outcome(session)
                    return report
                }
                continue
            }
            report.outcome = .completed()
            for (name, count) in counters(session) { report.counters[name, default: 0] += count }
            report.log.append(
                "released \(set.count) \(set.operation)s of \(set.mapping), approved by \(set.approvedBy ?? "")")
            report.log += session.summary
        }
        guard !state.held.isEmpty else { return report }
        report.outcome = .held(state.held.map { $0.detail ?? $0.summary }.joined(separator: "; "))
        return report
    }

    private func synchronize(isForced: Bool, progress: LatestProgress) async throws -> StepReport {
        guard let id = try await sessionToApply() else {
            // A former process released something and ended before it could say so.
            if let last = run.state.lastSession, last.releases != nil, last.jobInstance == jobInstance,
                last.state == .applied
            {
                return report(last)
            }
            return StepReport(outcome: .noProcessing(), log: [reasonWithoutSession])
        }
        let request = SynchronizeSession(leaseToken: run.leaseToken, taskInstance: taskInstance, force: isForced)
        let session = try await applying.apply(id, request, progress)
        // A former process ended after the server had found both sides equal.
        try await run.keepProven(session, jobInstance: jobInstance)
        // What was approved is applied as it was shown, or not at all.
        if session.isSimulation, session.state == .diverged { return report(session) }
        // Open: a former process ended while it compared. Diverged: what the server holds is not what the changes stand
        // on; what differs is found and sent, once.
        guard (session.state == .diverged && session.content == .delta) || session.state == .open,
            let candidate = try run.images.candidate(of: jobInstance), candidate.session == session.id,
            session.state == .open || candidate.exchange == nil
        else { return report(session) }
        let (repair, found) = try await RepairCandidate(
            client: client, run: run, jobInstance: jobInstance, taskInstance: taskInstance
        ).perform(progress: progress)
        return report(
            try await applying.apply(repair.id, request, progress),
            log: [session.detail ?? "diverged"] + Exchange.log(found))
    }

    private var applying: SessionApplying {
        SessionApplying(
            client: client, run: run, jobInstance: jobInstance, memoryBudget: environment.settings.memoryBudget)
    }

    /// That of this run's preparation, or what somebody approved; when the preparation ran in a former process, that of
    /// its candidate or of the server's last session.
    private func sessionToApply() async throws -> String? {
        if let session = await run.session { return session }
        if !isSimulation, let approved = run.state.approved(for: jobInstance) { return approved.id }
        let last = run.state.lastSession
        // A release that a former process began is gone on with as such.
        if last?.releases != nil { return nil }
        if let candidate = try run.images.candidate(of: jobInstance) { return candidate.session }
        if let waiting = run.state.waiting.first(where: { $0.jobInstance == jobInstance }) { return waiting.id }
        if let last, last.jobInstance == jobInstance { return last.id }
        return isSimulation ? nil : prepared?.id
    }

    /// What a tool, or a run before this one, prepared and nobody has applied yet: it is no simulation, so that only a run
    /// applies it.
    private var prepared: Session? {
        guard let last = run.state.lastSession, last.state == .sealed, !last.isSimulation, !last.isVerification else {
            return nil
        }
        return last
    }

    private var reasonWithoutSession: String {
        guard isSimulation, let prepared else { return "no session of \"\(run.connector)\" waits to be synchronized" }
        return """
            nothing is simulated: session \(prepared.id) of "\(run.connector)" was prepared before and waits to be applied, \
            which a simulation does not do; apply it with weir invoke-job -j \(job) -c SynchronizeTask
            """
    }

    private func report(_ session: Session, log: [String] = []) -> StepReport {
        StepReport(
            outcome: outcome(session), counters: counters(session), session: session.id,
            planned: session.state == .planned ? session : nil, log: log + session.summary)
    }

    private func outcome(_ session: Session) -> StepOutcome {
        let detail = session.detail ?? "the session ended as \(session.state.rawValue)"
        switch session.state {
        case .applied: return session.counters.values.contains { $0.total > 0 } ? .completed() : .noProcessing()
        case .unchanged: return .noProcessing()
        case .blocked: return .blocked(detail)
        // The server says why a safeguard would hold it; a simulation beside it goes on.
        case .planned: return session.detail.map { .held($0) } ?? .completed()
        case .stale, .diverged, .failed, .rejected, .superseded, .abandoned, .cancelled, .open, .sealed, .applying:
            return .error(detail)
        }
    }

    private func counters(_ session: Session) -> [String: Int] {
        var totals: [String: Int] = [:]
        for counters in session.counters.values {
            let prefix = counters.isLinks ? "links " : ""
            totals["\(prefix)inserted", default: 0] += counters.inserted
            totals["\(prefix)updated", default: 0] += counters.updated
            totals["\(prefix)deleted", default: 0] += counters.deleted
            if counters.isLinks { totals["orphans", default: 0] += counters.orphans }
        }
        return totals.filter { $0.value != 0 }
    }
}

extension Session {
    /// One line a mapping that changed, and one a threshold that held it.
    package var summary: [String] {
        let changes = counters.sorted { $0.key < $1.key }.compactMap { mapping, counted -> String? in
            guard counted.total > 0 || counted.orphans > 0 else { return nil }
            let orphans = counted.orphans > 0 ? ", \(counted.orphans) orphans" : ""
            return """
                \(mapping): \(counted.inserted) inserted, \(counted.updated) updated, \(counted.deleted) deleted\
                \(orphans) (of \(counted.stored))
                """
        }
        return changes + violations.map { "over a threshold: \($0.explanation)" }
    }
}
