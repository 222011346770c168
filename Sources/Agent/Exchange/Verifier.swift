import API
import Foundation
import WeirConfiguration

/// Verifies connectors outside of jobs: what `weir verify` does.
package struct Verifier: Sendable {
    private let environment: RunEnvironment
    private let observe: @Sendable (RunEvent) -> Void

    package init(environment: RunEnvironment, observe: @escaping @Sendable (RunEvent) -> Void) {
        self.environment = environment
        self.observe = observe
    }

    /// The connectors of this agent that were synchronized at least once, and the names of those that never were.
    package func connectors() async throws -> (verifiable: [String], unsynchronized: [String]) {
        let own = try await environment.client.connectors().items.filter {
            $0.agent == environment.settings.agentIdentifier && !$0.isDeactivated
        }.map(\.identifier).sorted()
        var verifiable: [String] = []
        for connector in own where try await environment.client.connectorState(connector).version != nil {
            verifiable.append(connector)
        }
        return (verifiable, own.filter { !verifiable.contains($0) })
    }

    /// Takes the connector's lease, agrees with the server on what both hold, and compares it.
    package func verify(
        _ connector: String, isDeep: Bool, repairs: Bool, cancel: CancelSwitch
    ) async throws -> VerificationReport {
        let state = try await environment.client.connectorState(connector)
        guard state.definition.connector.agent == environment.settings.agentIdentifier else {
            throw AgentError(
                .usage,
                """
                The connector "\(connector)" belongs to the agent "\(state.definition.connector.agent)", and this one is \
                "\(environment.settings.agentIdentifier)" (OpenId:AgentIdentifier in appsettings.agent.json). Verify it \
                there, or correct the setting.
                """)
        }
        let instance = environment.makeIdentifier()
        let keeper = LeaseKeeper(
            client: environment.client, workspace: environment.workspace, agent: environment.settings.agentIdentifier,
            job: "verify", jobInstance: instance, patience: environment.lockPatience, sleep: environment.sleep,
            observe: observe)
        let held = try await keeper.take(connector, cancel: cancel)
        do {
            let run = try await environment.agree(on: connector, leaseToken: held.lease.token, for: instance)
            let progress = LatestProgress()
            let verification = ConnectorVerification(
                client: environment.client, run: run, jobInstance: instance,
                taskInstance: environment.makeIdentifier(), memoryBudget: environment.settings.memoryBudget)
            let report = try await withThrowingTaskGroup(of: VerificationReport?.self) { group in
                group.addTask {
                    try await keeper.renew([held])
                    return nil
                }
                group.addTask {
                    while true {
                        try await environment.sleep(.seconds(1))
                        if let current = progress.value { observe(.progress(task: connector, current)) }
                    }
                }
                group.addTask {
                    try await verification.perform(isDeep: isDeep, repairs: repairs, progress: progress)
                }
                defer { group.cancelAll() }
                while let report = try await group.next() {
                    if let report { return report }
                }
                throw CancellationError()
            }
            try verification.discard(after: report)
            await keeper.release([held])
            return report
        } catch {
            await keeper.release([held])
            throw error
        }
    }
}
