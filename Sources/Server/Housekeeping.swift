import Foundation
import Logging
import ServiceLifecycle

/// What has to happen without anybody asking: launches that nobody took and runs that fell silent end in error.
struct Housekeeping: Service {
    let jobs: JobStore
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
        } catch is CancellationError {
            return
        } catch {
            logger.error("housekeeping failed and is tried again", metadata: ["error": "\(error)"])
        }
    }
}
