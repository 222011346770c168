import Foundation
import ProcessSupport

/// A program that is under way, and what went wrong: what the proxy's thread and the test share.
final class SharedProgram: @unchecked Sendable {
    private let lock = NSLock()
    private var held: Program?
    private var failure: String?

    var program: Program? {
        get { lock.withLock { held } }
        set { lock.withLock { held = newValue } }
    }

    var problem: String? {
        get { lock.withLock { failure } }
        set { lock.withLock { failure = newValue } }
    }

    func kill() { program?.kill() }
}
