import API
import Foundation
import Logging
import ServiceLifecycle
import WeirSynchronization

/// What has to happen without anybody asking: launches that nobody took and runs that fell silent end in error, blocked
/// jobs whose session was superseded end.
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
        guard let session = try await engine.sessionToReview(jobInstance: jobInstance) else { return nil }
        return try await engine.session(session).detail
    }

    /// Removes what is older than the settings say, and ends the simulations that nobody came back to.
    func forget() async {
        do {
            let days = TimeInterval(settings.simulationRetentionDays)
            try await engine.expireSimulations(openedBefore: jobs.clock().addingTimeInterval(-days * 24 * 3600))
            let removed = try await jobs.forget(
                logsAfterDays: settings.logRetentionDays, historyAfterDays: settings.historyRetentionDays)
            if removed > 0 { logger.info("old rows were removed", metadata: ["rows": "\(removed)"]) }
        } catch is CancellationError {
            return
        } catch {
            logger.error("removing old rows failed and is tried again", metadata: ["error": "\(error)"])
        }
    }

    func once() async {
        do {
            for id in try await jobs.expire() {
                logger.warning("the job instance has ended in error", metadata: ["jobInstance": "\(id)"])
            }
            for id in try await jobs.waitingForDecision()
            where try await engine.waitingSessions(jobInstance: id).isEmpty {
                try await jobs.supersede(id, because: try await reason(id))
                logger.info("what the job instance held was superseded", metadata: ["jobInstance": "\(id)"])
            }
        } catch is CancellationError {
            return
        } catch {
            logger.error("housekeeping failed and is tried again", metadata: ["error": "\(error)"])
        }
    }
}
