/// Why a step did not run.
package enum SkipReason: Sendable, Equatable, Codable, CustomStringConvertible {
    /// This parent ended in error, warning or blocked.
    case parentFailed(String)
    /// None of these parents produced anything.
    case nothingToDo(parents: [String])
    /// This version does not execute the step's type (REFERENCE §5).
    case notExecuted(String)
    /// The connector waits for a decision; the text says since when (DESIGN §4). The job ends in warning.
    case connectorBlocked(String)
    /// The connector is deactivated, or anything else that is wanted and worth no warning.
    case leftOut(String)

    package var description: String {
        switch self {
        case .parentFailed(let parent): "\(parent), on which it depends, failed"
        case .nothingToDo(let parents): "nothing to do after \(parents.joined(separator: ", "))"
        case .notExecuted(let reason), .connectorBlocked(let reason), .leftOut(let reason): reason
        }
    }
}
