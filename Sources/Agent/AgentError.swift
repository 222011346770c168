/// Why a run could not go on; `message` names thing, place and mend.
package struct AgentError: Error, Sendable, Equatable, CustomStringConvertible {
    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    package enum Code: Sendable, Equatable {
        /// Wrong usage or configuration.
        case usage
        /// A file or folder of the agent's cannot be read or written.
        case storage
        /// Another process, job or agent is at it.
        case busy
        /// The step failed for a reason of its own.
        case failed
    }
}
