import Foundation
import Synchronization

/// A clock that a test moves.
final class StoppedClock: Sendable {
    private let moment = Mutex(Date(timeIntervalSince1970: 1_767_225_600))

    var now: Date { moment.withLock { $0 } }

    func advance(by duration: TimeInterval) { moment.withLock { $0 += duration } }

    func callAsFunction() -> Date { now }
}
