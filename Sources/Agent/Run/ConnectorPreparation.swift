import API
import Foundation
import Jobs
import WeirConfiguration

/// The tool Prepare-Synchronization: one connector's tables, from `ExportOutput` to a sealed session, outside of any job
/// (REFERENCE §11, §15). A job's synchronize task applies it.
package struct ConnectorPreparation: Sendable {
    private let environment: RunEnvironment
    private let observe: @Sendable (RunEvent) -> Void

    package init(environment: RunEnvironment, observe: @escaping @Sendable (RunEvent) -> Void) {
        self.environment = environment
        self.observe = observe
    }

    package struct Outcome: Sendable {
        /// What became of each table, a line each.
        package var log: [String]
        /// Whether the server waits to apply what was sent; false: nothing differs.
        package var hasChanges: Bool
        /// Why it is less than a success: rows were rejected.
        package var remark: String?
        package var session: String?
    }

    /// - Parameter commandColumn: what a table with changes only has its commands in.
    /// - Throws: `AgentError` with `usage` when the connector is another agent's, deactivated or blocked.
    package func prepare(
        _ connector: String, mode: SynchronizationMode, commandColumn: String = "Command", cancel: CancelSwitch
    ) async throws -> Outcome {
        try await environment.leasing(connector, as: "prepare-synchronization", cancel: cancel, observe: observe) {
            leased, progress in
            try check(leased.run, mode)
            let step = PrepareStep(
                environment: environment, client: environment.client, run: leased.run, jobInstance: leased.instance,
                taskInstance: environment.makeIdentifier(), exported: [])
            let report: StepReport
            do {
                report = try await step.perform(mode: mode, commandColumn: commandColumn, progress: progress)
            } catch {
                // Nobody goes on with it.
                if let session = await leased.run.session {
                    await environment.client.giveUp(
                        session, leased.run.leaseToken, because: "the preparation was interrupted")
                }
                throw error
            }
            if case .error(let text) = report.outcome { throw AgentError(.failed, text) }
            return Outcome(
                log: report.log, hasChanges: report.outcome.hasProduced, remark: report.outcome.message,
                session: report.session)
        }
    }

    private func check(_ run: ConnectorRun, _ mode: SynchronizationMode) throws {
        if run.definition.connector.isDeactivated {
            throw AgentError(
                .usage, "The connector \"\(run.connector)\" is deactivated; activate it, then prepare it again.")
        }
        guard let since = run.state.blockedSince, mode == .incremental else { return }
        throw AgentError(
            .usage,
            """
            The connector "\(run.connector)" is blocked since \(since.formatted(.iso8601)): review its changes and resume \
            or reject them, or prepare it with --synchronization-mode complete.
            """)
    }
}
