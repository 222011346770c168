import API
import Storage

extension StorageError {
    /// What a caller can do about it.
    var problemCode: ProblemCode {
        switch code {
        case .full: .storageFull
        case .busy, .readOnly, .cannotOpen, .corrupt, .notADatabase, .constraint, .newerSchema, .notSupported,
            .invalidConnectionString, .inputOutput, .statement:
            .internal
        }
    }
}
