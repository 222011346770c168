import API
import WeirConfiguration

/// A connector that is worked on outside of jobs.
struct LeasedConnector: Sendable {
    let run: ConnectorRun
    /// Stands for a job instance, in the lease and in sessions.
    let instance: String
}

extension RunEnvironment {
    /// Takes the lease of a connector of this agent, agrees with the server on what both hold, does the work, and gives the
    /// lease back. A request to cancel ends the work where it is.
    ///
    /// - Parameter purpose: who waits for whom, in messages: `verify`.
    /// - Throws: `AgentError` with `usage` when the connector is another agent's, `CancellationError`, what the work throws
    ///   otherwise.
    func leasing<Result: Sendable>(
        _ connector: String, as purpose: String, cancel: CancelSwitch, observe: @escaping @Sendable (RunEvent) -> Void,
        _ work: @escaping @Sendable (LeasedConnector, LatestProgress) async throws -> Result
    ) async throws -> Result {
        try checkAgent(of: connector, in: await client.connectorState(connector))
        let instance = makeIdentifier()
        let keeper = LeaseKeeper(
            client: client, workspace: workspace, agent: settings.agentIdentifier, job: purpose, jobInstance: instance,
            patience: lockPatience, sleep: sleep, observe: observe)
        let held = try await keeper.take(connector, cancel: cancel)
        do {
            let progress = LatestProgress()
            let result = try await withThrowingTaskGroup(of: Result?.self) { group in
                group.addTask {
                    try await keeper.renew([held])
                    return nil
                }
                group.addTask {
                    while true {
                        try await sleep(.seconds(1))
                        if let current = progress.value { observe(.progress(task: connector, current)) }
                    }
                }
                group.addTask {
                    await cancel.requested()
                    throw CancellationError()
                }
                group.addTask {
                    let run = try await agree(on: connector, leaseToken: held.lease.token, for: instance)
                    return try await work(LeasedConnector(run: run, instance: instance), progress)
                }
                defer { group.cancelAll() }
                while let result = try await group.next() {
                    if let result { return result }
                }
                throw CancellationError()
            }
            await keeper.release([held])
            return result
        } catch {
            await keeper.release([held])
            throw error
        }
    }

    private func checkAgent(of connector: String, in state: ConnectorState) throws {
        let agent = state.definition.connector.agent
        guard agent != settings.agentIdentifier else { return }
        throw AgentError(
            .usage,
            """
            The connector "\(connector)" belongs to the agent "\(agent)", and this one is "\(settings.agentIdentifier)" \
            (OpenId:AgentIdentifier in appsettings.agent.json). Run it there, or correct the setting.
            """)
    }
}
