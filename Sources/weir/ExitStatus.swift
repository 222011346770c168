/// What a tool exits with (DESIGN §12).
enum ExitStatus: Int32, Error, Sendable {
    case completed = 0
    case failed = 1
    /// Wrong usage or configuration.
    case usage = 2
    case blocked = 3
    case warnings = 4
    case cancelled = 5
    /// Authentication or permission.
    case refused = 6
    case unreachable = 7

    var code: Int32 { rawValue }
}
