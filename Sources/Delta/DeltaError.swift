/// Why a file could not be prepared, with the thing, the place and the mend. Holds no value of any row.
package struct DeltaError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong; stable, for callers that decide by it.
    package enum Code: String, Sendable, Equatable, CaseIterable {
        case inputMissing, inputUnreadable, inputEmpty, encodingUnknown
        case headerMissing, columnMissing, columnDuplicated, rowsMissing, tooManyRejected
        case previousUnreadable, previousCorrupt
        case writeFailed, diskFull, cancelled, requestInvalid
    }

    /// What the caller may do about it.
    package enum Remedy: Sendable, Equatable {
        /// The same call may succeed later, without a change of input or configuration.
        case retry
        /// Somebody has to mend the input, the configuration or the previous image first.
        case stop
    }

    package let code: Code
    /// One sentence that names thing, place and mend.
    package let detail: String
    /// The file that it is about.
    package let path: String

    package init(_ code: Code, path: String, _ detail: String) {
        self.code = code
        self.path = path
        self.detail = detail
    }

    package var remedy: Remedy {
        switch code {
        case .diskFull, .writeFailed, .cancelled: .retry
        case .inputMissing, .inputUnreadable, .inputEmpty, .encodingUnknown, .headerMissing, .columnMissing,
            .columnDuplicated, .rowsMissing, .tooManyRejected, .previousUnreadable, .previousCorrupt, .requestInvalid:
            .stop
        }
    }

    package var description: String { "\(path): \(detail)" }
}
