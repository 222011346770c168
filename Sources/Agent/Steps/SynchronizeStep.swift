import API
import Jobs

/// Has the server apply the connector's session, and promotes the image once it has (DESIGN §4, steps 5 and 6).
struct SynchronizeStep: Sendable {
    let environment: RunEnvironment
    let client: APIClient
    let run: ConnectorRun
    let jobInstance: String
    let taskInstance: String

    func perform(isForced: Bool, progress: LatestProgress) async throws -> StepReport {
        guard let id = try await sessionToApply() else {
            return StepReport(
                outcome: .noProcessing(), log: ["no session of \"\(run.connector)\" waits to be synchronized"])
        }
        let request = SynchronizeSession(leaseToken: run.leaseToken, taskInstance: taskInstance, force: isForced)
        let session = try await apply(id, request, progress)
        // What was approved is applied as it was shown, or not at all.
        if session.isSimulation, session.state == .diverged { return report(session) }
        // Open: a former process ended while it sent everything.
        guard (session.state == .diverged && session.content == .delta) || session.state == .open,
            try run.images.candidate(of: jobInstance)?.session == session.id
        else { return report(session) }
        // What the server holds is not what the changes stand on: everything is sent, and it finds out what differs.
        let everything = try await SendEverything(
            client: client, run: run, jobInstance: jobInstance, taskInstance: taskInstance
        ).perform(progress: progress)
        return report(try await apply(everything.id, request, progress), log: [session.detail ?? "diverged"])
    }

    /// Waits for the end of the session's run, and promotes the image of one that was applied.
    private func apply(
        _ id: String, _ request: SynchronizeSession, _ progress: LatestProgress
    ) async throws -> Session {
        var session = try await client.session(id)
        if session.state.waitsForDecision { session = try await client.synchronize(session: id, request) }
        while session.state == .applying || session.waitsForRequest {
            // Sealed again: the server died in the middle of the apply and wrote nothing of it.
            if session.state != .applying { session = try await client.synchronize(session: id, request) }
            progress.value = session.progress
            session = try await client.session(id, seen: session, wait: .seconds(20))
        }
        if let version = session.result, session.state == .applied {
            let candidate = try run.images.candidate(session: id)
            try run.images.promote(jobInstance: candidate?.jobInstance ?? jobInstance, version: version)
            try run.images.retire()
        }
        return session
    }

    /// That of this run's preparation; when it ran in a former process, that of its candidate or of the server's last
    /// session.
    private func sessionToApply() async throws -> String? {
        if let session = await run.session { return session }
        if let candidate = try run.images.candidate(of: jobInstance) { return candidate.session }
        if let waiting = run.state.waiting.first(where: { $0.jobInstance == jobInstance }) { return waiting.id }
        let last = run.state.lastSession
        if let last, last.jobInstance == jobInstance { return last.id }
        return last?.state == .sealed ? last?.id : nil
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
    /// Sealed, or approved and put back by a server that died: asking (again) applies it.
    fileprivate var waitsForRequest: Bool {
        state == .sealed || (state.waitsForDecision && approvedBy != nil)
    }

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
        let held = violations.map { violation in
            let share = violation.stored.map { " of \($0)" } ?? ""
            return """
                held by \(violation.element) "\(violation.identifier)" \(violation.attribute)=\(violation.limit): \
                \(violation.number)\(share)
                """
        }
        return changes + held
    }
}
