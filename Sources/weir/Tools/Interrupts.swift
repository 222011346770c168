import Dispatch
import Foundation

/// Signals that end a process.
///
/// Turns the first SIGINT or SIGTERM into a request to stop; the second ends the process as usual.
enum Interrupts {
    static func watching<Value: Sendable>(
        _ stop: @escaping @Sendable () -> Void, _ work: () async throws -> Value
    ) async throws -> Value {
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                stop()
                signal(number, SIG_DFL)
            }
            source.resume()
            return source
        }
        defer {
            for source in sources { source.cancel() }
            signal(SIGINT, SIG_DFL)
            signal(SIGTERM, SIG_DFL)
        }
        return try await work()
    }

    /// Runs a service until it ends or a signal cancels it; then it has ended as it should.
    static func cancelling(_ work: @escaping @Sendable () async throws -> Void) async throws {
        let (signals, stop) = AsyncStream.makeStream(of: Void.self)
        try await watching({ stop.yield(()) }) {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await work()
                    return true
                }
                group.addTask {
                    for await _ in signals { break }
                    return false
                }
                let hasEnded = try await group.next() ?? true
                group.cancelAll()
                guard !hasEnded else { return }
                do {
                    try await group.waitForAll()
                } catch is CancellationError {
                    return
                }
            }
        }
    }
}
