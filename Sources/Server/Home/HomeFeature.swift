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

    var routes: [PageRoute] {
        [
            .page(PagePath.home, .signedIn) { visit in
                let page = HomePage(
                    layout: visit.layout("Home", at: PagePath.home), attention: try await attention(visit),
                    sections: try await sections(visit))
                return .html(try templates.render(HomePage.name, page))
            }
        ]
    }

    /// Blocked jobs, then failed ones, then warnings, then simulations that wait: of each job its newest run, and all that wait for a decision.
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
        return attention
    }

    /// Why a run needs attention, in a sentence.
    private func detail(_ run: JobInstance) async throws -> String {
        if run.state == .planned { return "A simulation: look at what it would change, then approve or reject it." }
        if run.state == .blocked, let session = try await engine.waitingSessions(jobInstance: run.id).first,
            let violation = session.violations.first
        {
            return violation.sentence + " It waits for a decision."
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
