internal import API
internal import Synchronization

/// Tells those who wait that a session changed, and keeps the progress of those that run in this process.
final class SessionWatch: Sendable {
    private struct State {
        var progress: [String: Progress] = [:]
        var listeners: [String: [Int: AsyncStream<Void>.Continuation]] = [:]
        var nextListener = 0
        /// Sessions that this process has promised to run.
        var claimed: Set<String> = []
    }

    /// The key of those who wait for any session to run.
    static let work = ""

    private let state = Mutex(State())

    func progress(of session: String) -> Progress? {
        state.withLock { $0.progress[session] }
    }

    func publish(_ progress: Progress?, of session: String) {
        state.withLock { $0.progress[session] = progress }
        signal(session)
    }

    /// Wakes whoever waits for that session.
    func signal(_ session: String) {
        let listeners = state.withLock { $0.listeners[session].map { Array($0.values) } ?? [] }
        for listener in listeners { listener.yield() }
    }

    /// An element for every signal that comes after this call; signals that nobody takes become one.
    func changes(of session: String) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.nextListener += 1
            state.listeners[session, default: [:]][state.nextListener] = continuation
            return state.nextListener
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { state in
                state.listeners[session]?[number] = nil
                if state.listeners[session]?.isEmpty == true { state.listeners[session] = nil }
            }
        }
        return stream
    }

    func claim(_ session: String) {
        state.withLock { _ = $0.claimed.insert(session) }
    }

    func unclaim(_ session: String) {
        state.withLock { _ = $0.claimed.remove(session) }
    }

    var claimed: Set<String> { state.withLock { $0.claimed } }
}
