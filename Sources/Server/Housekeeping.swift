import Foundation
import Logging
import ServiceLifecycle
import WeirSynchronization

/// What has to happen without anybody asking: launches that nobody took and runs that fell silent end in error, blocked
/// jobs whose session was superseded end.
struct Housekeeping: Service {
    let jobs: JobStore
    let engine: SynchronizationEngine
    let interval: Duration
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await once()
                try? await Task.sleep(for: interval)
            }
        }
    }

    func once() async {
        do {
            for id in try await jobs.expire() {
                logger.warning("the job instance has ended in error", metadata: ["jobInstance": "\(id)"])
            }
            for id in try await jobs.waitingForDecision()
            where try await engine.lastBlockedSession(jobInstance: id) == nil {
                try await jobs.supersede(id)
                logger.info("what the job instance held was superseded", metadata: ["jobInstance": "\(id)"])
            }
        } catch is CancellationError {
            return
        } catch {
            logger.error("housekeeping failed and is tried again", metadata: ["error": "\(error)"])
        }
    }
}
