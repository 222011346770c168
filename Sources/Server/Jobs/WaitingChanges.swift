import API
import WeirConfiguration
import WeirSynchronization

/// What waits for a decision or, approved, for a run that applies it: by its sessions, because a run may have ended
/// without what it computed.
struct WaitingChanges: Sendable {
    let jobs: JobStore
    let engine: SynchronizationEngine

    /// A change set with the job that computed it; nil: none that is still kept.
    struct Item: Sendable {
        var changes: WaitingChangeSet
        var job: String?
    }

    /// Of all connectors, the oldest first.
    func all() async throws -> [Item] {
        let found =
            try await engine.waitingSessions().compactMap { WaitingChangeSet($0) }
            + engine.heldSets().map { WaitingChangeSet($0) }
        var items: [Item] = []
        for changes in found.sorted(by: { ($0.since, $0.id) < ($1.since, $1.id) }) {
            var item = Item(changes: changes)
            if let id = changes.jobInstance, let run = try await jobs.instance(id)?.instance {
                item.job = run.job
                item.changes.runState = run.state
            }
            items.append(item)
        }
        return items
    }

    /// Of a job's runs, and of sessions of its connectors that belong to no run.
    func all(of job: Job) async throws -> [WaitingChangeSet] {
        let connectors = Set(job.tasks.compactMap(\.connector))
        return try await all().filter { item in
            item.job.map { $0 == job.identifier } ?? connectors.contains(item.changes.connector)
        }.map(\.changes)
    }
}
