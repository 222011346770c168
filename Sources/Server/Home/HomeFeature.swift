import API
import Hummingbird
import WeirConfiguration
import WeirSynchronization

/// The page that everybody starts from.
struct HomeFeature: Sendable {
    let jobs: JobStore
    let engine: SynchronizationEngine
    let resources: ResourceStore
    let templates: Templates
    let waiting: WaitingChanges

    var routes: [PageRoute] {
        [
            .page(PagePath.home, .signedIn) { visit in
                let page = HomePage(
                    layout: visit.layout("Home", at: PagePath.home),
                    attention: try await attention(visit) + quarantined(visit),
                    sections: try await sections(visit))
                return .html(try templates.render(HomePage.name, page))
            }
        ]
    }

    /// Blocked jobs, then failed ones, then warnings, then simulations that wait: of each job its newest run, and all
    /// that wait for a decision.
    private func attention(_ visit: Visit) async throws -> [HomePage.Attention] {
        guard visit.may("/Jobs/Job/Query") else { return [] }
        let order: [RunState: Int] = [.blocked: 0, .error: 1, .warning: 2, .planned: 3]
        var runs = try await jobs.summaries(of: visit.model.jobs).compactMap { job in
            job.lastInstance.map { (title: job.displayName, run: $0) }
        }
        // A later run, which could only leave the connector out, does not hide the one that waits.
        for id in try await jobs.waitingForDecision() where !runs.contains(where: { $0.run.id == id }) {
            guard let run = try await jobs.instance(id)?.instance else { continue }
            runs.append((visit.model.job(run.job)?.displayName ?? run.job, run))
        }
        let shown = runs.filter { order[$0.run.state] != nil }
            .sorted { (order[$0.run.state] ?? 9, $0.title) < (order[$1.run.state] ?? 9, $1.title) }
        var attention: [HomePage.Attention] = []
        for (title, run) in shown {
            attention.append(
                HomePage.Attention(
                    badge: StateBadge(run.state), title: title, detail: try await detail(run),
                    since: Moment(run.endedAt ?? run.startedAt ?? run.requestedAt), path: PagePath.run(run.id)))
        }
        return try await attention + left(visit, beside: Set(shown.map(\.run.id))) + drifting(visit)
    }

    /// What waits though its run is over, or is not shown: nothing else would lead to it.
    private func left(_ visit: Visit, beside shown: Set<String>) async throws -> [HomePage.Attention] {
        try await waiting.all().filter { item in
            let run = item.changes.jobInstance
            return !(item.changes.isRunWaiting && run.map(shown.contains) == true)
        }.map { item in
            let changes = item.changes
            let connector = visit.model.connector(changes.connector)?.displayName ?? changes.connector
            let rest =
                changes.approvedBy.map { "approved by \($0); \(changes.wayOn)." } ?? "it waits for a decision."
            return HomePage.Attention(
                badge: changes.kind == .planned ? StateBadge(SessionState.planned) : StateBadge(SessionState.blocked),
                title: "Changes of \(connector)", detail: "\(changes.summary): \(rest)", since: Moment(changes.since),
                path: PagePath.review(changes.id))
        }
    }

    /// Connectors whose content is not, or not for long, known to be what their agent holds.
    private func drifting(_ visit: Visit) async throws -> [HomePage.Attention] {
        let states = try await engine.verificationStates()
        return visit.model.connectors.sorted { $0.displayName < $1.displayName }.compactMap { connector in
            guard !connector.isDeactivated, let state = states[connector.identifier] else { return nil }
            let standing = VerificationStanding(state, now: visit.now)
            guard standing.needsAttention else { return nil }
            let job = visit.model.jobs.first { $0.tasks.contains { $0.connector == connector.identifier } }
            return HomePage.Attention(
                badge: standing.badge, title: connector.displayName, detail: standing.detail, since: standing.since,
                path: job.map { PagePath.job($0.identifier) } ?? PagePath.jobs)
        }
    }

    /// The connectors with rejected rows, for those who may look at these.
    private func quarantined(_ visit: Visit) async throws -> [HomePage.Attention] {
        guard visit.may(QuarantineFeature.permission) else { return [] }
        return ConnectorQuarantine.all(try await engine.quarantines()).filter { $0.rejected > 0 }.map { found in
            HomePage.Attention(
                badge: StateBadge(text: "Quarantine", tone: "held"), title: found.connector,
                detail: "\(found.sentence) (\(found.tables)).", since: Moment(found.since ?? found.seenAt),
                path: PagePath.quarantine(found.connector))
        }
    }

    /// Why a run needs attention, in a sentence.
    private func detail(_ run: JobInstance) async throws -> String {
        if run.state == .planned { return "A simulation: look at what it would change, then approve or reject it." }
        if run.state == .blocked {
            let whole = try await engine.waitingSessions(jobInstance: run.id).flatMap(\.violations)
            let parts = try await engine.heldSets(jobInstance: run.id).flatMap(\.violations)
            if let violation = (whole + parts).first { return violation.sentence + " It waits for a decision." }
        }
        return run.message ?? "Look at the run for the cause."
    }

    private func sections(_ visit: Visit) async throws -> [HomePage.Section] {
        var sections: [HomePage.Section] = []
        if visit.may("/Jobs/Job/Query") {
            let count = visit.model.jobs.count
            sections.append(
                HomePage.Section(
                    title: "Job Execution",
                    text: "\(count.grouped) \(count == 1 ? "job" : "jobs") to launch and follow",
                    path: PagePath.jobs))
        }
        for shown in visit.shownEntityTypes {
            let count = try await resources.count(of: shown.entityType)
            sections.append(
                HomePage.Section(
                    title: shown.title, text: "\(count.grouped) \(count == 1 ? "resource" : "resources")",
                    path: PagePath.resources(shown.entityType)))
        }
        return sections
    }
}
