import API
import Synchronization

/// The newest progress of a step, set from whatever thread does the work and read once a second.
final class LatestProgress: Sendable {
    private let state = Mutex<Progress?>(nil)

    var value: Progress? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
