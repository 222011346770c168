/// What went wrong while reading a managed system or writing what it gave.
///
/// The text names the thing, the place and the mend. It never holds a secret or a value of a row: settings are named
/// by their key, rows by file and line.
package struct ConnectorError: Error, Sendable, Equatable, Codable, CustomStringConvertible {
    package var code: Code
    /// Where: a settings key, a file, a table.
    package var place: String
    /// What is wrong there.
    package var problem: String
    /// What a person can do about it.
    package var mend: String
    /// The system's or library's own words, if any.
    package var underlying: String?
    /// What the caller does, without reading the text.
    package var recovery: Recovery

    package init(
        _ code: Code, place: String, problem: String, mend: String, underlying: String? = nil,
        recovery: Recovery = .stop
    ) {
        self.code = code
        self.place = place
        self.problem = problem
        self.mend = mend
        self.underlying = underlying
        self.recovery = recovery
    }

    package var description: String {
        "\(place): \(problem)\(underlying.map { " (\($0))" } ?? ""); \(mend)"
    }

    package enum Code: String, Sendable, Equatable, Codable, CaseIterable {
        /// The connection's settings do not hold together.
        case settings
        case sourceOutsideRoots
        case sourceMissing
        case sourceUnreadable
        /// A folder, a pipe, a device.
        case sourceNotAFile
        case sourceEmpty
        /// It changed while it was read, each time.
        case sourceChanging
        /// It was read, and is not what it should be: encoding, header.
        case sourceInvalid
        case outputFull
        case outputUnwritable
        case cancelled
        case timeout
        /// The managed system does not answer.
        case unreachable
        /// The managed system refuses the credentials.
        case refused
        case notSupported
        /// The package broke its contract: a mistake of the connector, not of its user.
        case connector
    }

    package enum Recovery: Sendable, Equatable, Codable {
        /// Worth another try after this time.
        case retry(after: Duration)
        /// What was to be read is left out, and the rest goes on.
        case skip
        case stop
    }
}
