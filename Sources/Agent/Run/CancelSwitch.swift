import Synchronization

/// Whether somebody asked the run to stop: a signal, or a person on the page. The current tasks finish, nothing more
/// starts (REFERENCE §14).
package final class CancelSwitch: Sendable {
    private let state = Mutex(false)

    package init() {}

    package var isRequested: Bool { state.withLock { $0 } }

    package func request() {
        state.withLock { $0 = true }
    }
}
