import API
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
        try await environment.leasing(connector, as: "verify", cancel: cancel, observe: observe) { leased, progress in
            let verification = ConnectorVerification(
                client: environment.client, run: leased.run, jobInstance: leased.instance,
                taskInstance: environment.makeIdentifier(), memoryBudget: environment.settings.memoryBudget)
            let report = try await verification.perform(isDeep: isDeep, repairs: repairs, progress: progress)
            try verification.discard(after: report)
            return report
        }
    }
}
