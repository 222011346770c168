import Synchronization

/// Whether somebody asked the run to stop: a signal, or a person on the page. The current tasks finish, nothing more
/// starts (REFERENCE §14).
package final class CancelSwitch: Sendable {
    private struct State {
        var isRequested = false
        var waiting: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())

    package init() {}

    package var isRequested: Bool { state.withLock { $0.isRequested } }

    package func request() {
        let waiting = state.withLock { state in
            state.isRequested = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.finish() }
    }

    /// Returns when somebody asks, or when the caller is cancelled.
    func requested() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let isRequested = state.withLock { state in
            if !state.isRequested { state.waiting.append(continuation) }
            return state.isRequested
        }
        if isRequested { return }
        for await _ in stream {}
    }
}
