import API
import Jobs

/// VerifySynchronizationTask: nothing differs is *no processing*, repaired is *completed*; a difference that nobody asked
/// to repair is an error, one that a safeguard holds is *blocked* and goes on when it is approved (DESIGN §6).
struct VerifyStep: Sendable {
    let client: APIClient
    let run: ConnectorRun
    let jobInstance: String
    let taskInstance: String
    let memoryBudget: Int

    func perform(isDeep: Bool, repairs: Bool, progress: LatestProgress) async throws -> StepReport {
        let verification = ConnectorVerification(
            client: client, run: run, jobInstance: jobInstance, taskInstance: taskInstance,
            memoryBudget: memoryBudget)
        let report = try await verification.perform(isDeep: isDeep, repairs: repairs, progress: progress)
        try verification.discard(after: report)
        let log = report.notices + Exchange.log(report.comparison) + [report.sentence]
        var counters: [String: Int] = [:]
        if report.resources > 0 { counters["resources differed"] = report.resources }
        if report.links > 0 { counters["links differed"] = report.links }
        return StepReport(outcome: outcome(report), counters: counters, session: report.session, log: log)
    }

    private func outcome(_ report: VerificationReport) -> StepOutcome {
        switch report.outcome {
        case .equal: .noProcessing()
        case .repaired: .completed()
        case .drift:
            .error(
                report.sentence
                    + ". Look for who changed the database, and repair it: set Repair on the task, or run weir "
                    + "verify --connector \(report.connector) --repair.")
        // What somebody else's session blocks is not this task's to resume.
        case .held(let reason): .held(reason)
        case .blocked(let reason): report.session == nil ? .skipped(.connectorBlocked(reason)) : .blocked(reason)
        }
    }
}
