/// Something that a deployment has to say about a configuration.
///
/// The message names the thing and the mend; `description` puts the place before it (STYLE rule 12).
package struct Problem: Error, Sendable, Hashable, Comparable, CustomStringConvertible {
    package enum Severity: Int, Sendable, Hashable, Comparable {
        /// Nothing of the deployment is applied.
        case error = 0
        /// Said, and deployed.
        case notice = 1

        package static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }
    }

    package var severity: Severity
    /// nil: about the folder as a whole.
    package var location: SourceLocation?
    package var message: String

    package init(_ severity: Severity, at location: SourceLocation?, _ message: String) {
        self.severity = severity
        self.location = location
        self.message = message
    }

    package var description: String {
        location.map { "\($0): \(message)" } ?? message
    }

    /// By file, line, severity and text; what is about the whole folder comes first.
    package static func < (left: Problem, right: Problem) -> Bool {
        let nowhere = SourceLocation(file: "", line: 0)
        let (place, otherPlace) = (left.location ?? nowhere, right.location ?? nowhere)
        if place != otherPlace { return place < otherPlace }
        return (left.severity, left.message) < (right.severity, right.message)
    }
}
