import ServiceLifecycle
import Synchronization

/// Wakes those who wait for a change: long polls and pages that follow a job.
///
/// It says only that something changed; whoever waits reads the database again. What another process writes to the same
/// database is noticed by reading again after ``patience``.
final class ChangeSignal: Sendable {
    /// How long a change made by another process may stay unseen.
    static let patience: Duration = .seconds(1)

    private struct Waiters {
        var continuations: [Int: AsyncStream<Void>.Continuation] = [:]
        var next = 0
    }

    private let waiters = Mutex(Waiters())

    /// How many wait; for tests that must not change something before somebody waits for it.
    var waiterCount: Int { waiters.withLock { $0.continuations.count } }

    func changed() {
        waiters.withLock { waiters in
            for continuation in waiters.continuations.values { continuation.yield() }
        }
    }

    /// Reads until `read` gives a value, the time is over or the server shuts down; nil then.
    func wait<Value: Sendable>(
        upTo timeout: Duration, until read: @Sendable () async throws -> Value?
    ) async throws -> Value? {
        guard timeout > .zero else { return try await read() }
        let (changes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = waiters.withLock { waiters in
            waiters.next += 1
            waiters.continuations[waiters.next] = continuation
            return waiters.next
        }
        defer { waiters.withLock { $0.continuations[number] = nil } }
        continuation.yield()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { await Self.tick(continuation, for: timeout) }
            return try await withGracefulShutdownHandler {
                for await _ in changes {
                    if let value = try await read() { return value }
                }
                return nil
            } onGracefulShutdown: {
                continuation.finish()
            }
        }
    }

    /// Ends the stream when the time is over, and has its reader look again from time to time.
    private static func tick(_ continuation: AsyncStream<Void>.Continuation, for timeout: Duration) async {
        var left = timeout
        while left > .zero, !Task.isCancelled {
            let pause = min(left, patience)
            try? await Task.sleep(for: pause)
            left -= pause
            continuation.yield()
        }
        continuation.finish()
    }
}
