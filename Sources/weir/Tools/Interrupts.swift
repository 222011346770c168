import Dispatch
import Foundation

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
}
