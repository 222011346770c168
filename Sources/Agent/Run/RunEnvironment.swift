import API
import ConnectorKit
import Foundation
import Jobs

/// What every run of this agent shares; made once, in the composition root.
package struct RunEnvironment: Sendable {
    package var settings: AgentSettings
    package var workspace: Workspace
    /// Authenticated as the default client.
    package var client: APIClient
    /// True: the tool was given its client, which stands for every task's.
    package var hasGivenClient: Bool
    /// What reads the managed systems, by package name (`CSV`).
    package var exporters: [String: any Exporter]
    package var lockPatience: Duration
    package var sleep: @Sendable (Duration) async throws -> Void
    package var makeIdentifier: @Sendable () -> String
    package var faults: @Sendable (AgentPoint) throws -> Void

    /// - Parameter faults: called at every point; what it throws ends the run there, as if the process had died.
    package init(
        settings: AgentSettings, workspace: Workspace, client: APIClient, exporters: [any Exporter],
        hasGivenClient: Bool = false,
        lockPatience: Duration = .seconds(1800),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        makeIdentifier: @escaping @Sendable () -> String = { UUID().uuidString.lowercased() },
        faults: @escaping @Sendable (AgentPoint) throws -> Void = { _ in }
    ) {
        self.settings = settings
        self.workspace = workspace
        self.client = client
        self.hasGivenClient = hasGivenClient
        self.exporters = Dictionary(exporters.map { ($0.name, $0) }) { first, _ in first }
        self.lockPatience = lockPatience
        self.sleep = sleep
        self.makeIdentifier = makeIdentifier
        self.faults = faults
    }
}
