import API
import Foundation
import Jobs
import WeirConfiguration

/// Which change set a resume is about: the one that was named, or the only one that waits (`invoke-job -r`). Nothing is
/// approved that was not shown.
struct Resumption: Sendable {
    let client: APIClient
    let resume: RunRequest.Resume
    let definition: JobDefinition

    private var job: String { definition.job.identifier }
    private var waiting: [WaitingChangeSet] { definition.waiting }

    /// - Returns: nil: the open instance goes on, and nothing is left to be approved.
    /// - Throws: `AgentError` with `usage`: nothing waits, several do, or another one than was named.
    func chosen() async throws -> WaitingChangeSet? {
        switch resume {
        case .approved: return nil
        case .approvingShown:
            let undecided = waiting.filter { $0.approvedBy == nil }
            guard undecided.count < 2 else { throw several(undecided) }
            if let only = undecided.first ?? waiting.first(where: \.isRunWaiting) ?? waiting.first { return only }
        case .approving(let changeSet):
            let named = waiting.filter { $0.changeSet == changeSet.lowercased() }
            if let found = named.first(where: \.isRunWaiting) ?? named.first { return found }
        }
        return try await checkApplied()
    }

    /// A server that died before it applied what was approved has nothing to be approved again.
    private func checkApplied() async throws -> WaitingChangeSet? {
        guard let open = definition.openInstance, open.state.waitsForDecision else {
            if case .approving(let changeSet) = resume, !waiting.isEmpty { throw other(than: changeSet) }
            throw AgentError(
                .usage,
                "The job \"\(job)\" is not blocked, and no simulation of it waits: there is nothing to resume.")
        }
        var sessions: [Session] = []
        let tasks = definition.openTaskInstances.filter(\.state.waitsForDecision).sorted { $0.order < $1.order }
        for id in tasks.compactMap(\.session) where !sessions.contains(where: { $0.id == id }) {
            sessions.append(try await client.session(id))
        }
        if case .approving(let changeSet) = resume {
            let known = sessions.compactMap(\.changeSet) + sessions.flatMap { $0.held.map(\.changeSet) }
            guard known.contains(changeSet.lowercased()) else { throw other(than: changeSet) }
        }
        if sessions.contains(where: { $0.state == .applied || $0.state == .applying }) { return nil }
        let last = sessions.last
        throw AgentError(
            .usage,
            """
            The session \(last?.id ?? "") of the job "\(job)" is \(last?.state.rawValue ?? "gone"). \
            \(last?.detail ?? "Its change set cannot be approved any more.") Run the job anew.
            """)
    }

    private func several(_ undecided: [WaitingChangeSet]) -> AgentError {
        let lines = undecided.map { changes in
            """
              \(changes.changeSet)  \(changes.summary) (\(changes.kind.rawValue))
                look:    weir changes --session \(changes.id)
                approve: weir invoke-job -j \(job) -r \(changes.changeSet)
            """
        }
        return AgentError(
            .usage,
            """
            \(undecided.count) change sets of the job "\(job)" wait for a decision, so -r has to name one:
            \(lines.joined(separator: "\n"))
            """)
    }

    private func other(than given: String) -> AgentError {
        let held = waiting.isEmpty ? ["none"] : waiting.map { "\($0.changeSet) (session \($0.session))" }
        return AgentError(
            .usage,
            """
            The job "\(job)" holds the change set \(held.joined(separator: " and ")), not \(given). Look at it with \
            weir changes --job \(job), and approve what that shows.
            """)
    }
}
