import API
import Foundation
import Logging
import ServiceLifecycle
import WeirSynchronization

/// What has to happen without anybody asking: launches that nobody took and runs that fell silent end in error, blocked
/// jobs whose session was superseded end, those with something approved go on.
struct Housekeeping: Service {
    let jobs: JobStore
    let engine: SynchronizationEngine
    let settings: ServerSettings
    let logger: Logger

    private static let interval: Duration = .seconds(1)
    /// Old rows are removed when the server starts, and then once an hour.
    private static let roundsPerHour = 3600

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var round = 0
            while !Task.isCancelled {
                await once()
                if round.isMultiple(of: Self.roundsPerHour) { await forget() }
                round += 1
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    /// Why what a job instance held can no longer be applied.
    private func reason(_ jobInstance: String) async throws -> String? {
        guard let id = try await engine.sessionToReview(jobInstance: jobInstance) else { return nil }
        let session = try await engine.session(id)
        return session.state == .superseded ? session.detail : nil
    }

    /// Removes what is older than the settings say, and ends the simulations that nobody came back to.
    func forget() async {
        do {
            let days = TimeInterval(settings.simulationRetentionDays)
            try await engine.expireSimulations(openedBefore: jobs.clock().addingTimeInterval(-days * 24 * 3600))
            var removed = try await jobs.forget(
                logsAfterDays: settings.logRetentionDays, historyAfterDays: settings.historyRetentionDays)
            removed += try await engine.forgetSessions(olderThanDays: settings.sessionRetentionDays)
            if removed > 0 { logger.info("old rows were removed", metadata: ["rows": "\(removed)"]) }
        } catch is CancellationError {
            return
        } catch {
            logger.error("removing old rows failed and is tried again", metadata: ["error": "\(error)"])
        }
    }

    /// A blocked job instance ends with what it held, and goes on when a part of that was approved while it ran.
    private func lookAfter(_ jobInstance: String) async throws {
        let waiting = try await engine.waitingSessions(jobInstance: jobInstance)
        let held = try await engine.heldSets(jobInstance: jobInstance)
        // Of a session whose task does not wait any more (its connector was deactivated), going on would apply nothing.
        let tasks = try await jobs.tasks(of: jobInstance).filter(\.state.waitsForDecision)
        let approved = waiting.filter { session in tasks.contains { $0.session == session.id } }
        let approver =
            approved.lazy.compactMap(\.approvedBy).first ?? held.first { $0.state == .approved }?.approvedBy
        if let approver {
            try await jobs.approveResume(jobInstance, by: approver)
        } else if waiting.isEmpty, held.isEmpty {
            try await jobs.supersede(jobInstance, because: try await reason(jobInstance))
            logger.info("what the job instance held was superseded", metadata: ["jobInstance": "\(jobInstance)"])
        }
    }

    func once() async {
        do {
            for id in try await jobs.expire() {
                logger.warning("the job instance has ended in error", metadata: ["jobInstance": "\(id)"])
            }
            for id in try await jobs.waitingForDecision() { try await lookAfter(id) }
        } catch is CancellationError {
            return
        } catch {
            logger.error("housekeeping failed and is tried again", metadata: ["error": "\(error)"])
        }
    }
}
