package import API

/// Why a step of a synchronization is refused; the server answers with it as problem details.
package struct SynchronizationError: Error, Sendable, Equatable, CustomStringConvertible {
    package var code: ProblemCode
    /// Names thing, place and mend.
    package var detail: String

    package init(_ code: ProblemCode, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    package var description: String { detail }
}
