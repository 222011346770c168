import API
import Agent
import ConnectorKit
import Delta
import Jobs
import Server
import Storage
import WeirSynchronization

/// An error as a tool ends with it: what it prints and its exit code.
struct Failure: Error, Sendable {
    var status: ExitStatus
    var message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    /// nil: none of Weir's own errors.
    init?(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as APIError: self.init(Self.status(of: error), error.description)
        case let error as AgentError: self.init(error.code == .usage ? .usage : .failed, error.message)
        case let error as SettingsError: self.init(.usage, error.description)
        case let error as JobPlanError: self.init(.usage, error.description)
        case let error as DeltaError: self.init(.failed, error.description)
        case let error as ConnectorError: self.init(.failed, error.description)
        case let error as StorageError: self.init(Self.status(of: error.code), error.description)
        case let error as ServerError: self.init(Self.status(of: error.code), error.detail)
        case let error as SynchronizationError: self.init(Self.status(of: error.code), error.detail)
        case is CancellationError: self.init(.cancelled, "Cancelled.")
        default: return nil
        }
    }

    private static func status(of error: APIError) -> ExitStatus {
        switch error {
        case .unreachable: return .unreachable
        case .unexpected: return .failed
        case .problem(let problem): return status(of: problem.code)
        }
    }

    private static func status(of code: ProblemCode) -> ExitStatus {
        switch code {
        case .unauthenticated, .forbidden, .tooManyAttempts: .refused
        case .invalidRequest, .notFound, .configuration, .dataLoss, .userStartDenied: .usage
        case .leaseHeld, .leaseLost, .sessionLive, .sessionState, .connectorBlocked, .staleVersion,
            .staleFingerprint, .checksum, .initialRefused, .jobRunning, .jobState, .changeSetMismatch,
            .storageFull, .internal, .other:
            .failed
        }
    }

    /// A connection string that names no database of ours is a mistake of the settings.
    private static func status(of code: StorageError.Code) -> ExitStatus {
        switch code {
        case .notADatabase, .notSupported, .invalidConnectionString, .cannotOpen: .usage
        case .full, .busy, .readOnly, .corrupt, .constraint, .newerSchema, .inputOutput, .statement: .failed
        }
    }
}
