/// Why a call of the API failed, and so what its caller may do.
package enum APIError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No answer within the client's patience.
    case unreachable(server: String, reason: String)
    /// The server refused or failed, and said why.
    case problem(Problem)
    /// An answer that is none of the API's: another server, or a proxy in between.
    case unexpected(server: String, status: Int, path: String)

    package var code: ProblemCode? {
        switch self {
        case .problem(let problem): problem.code
        case .unreachable, .unexpected: nil
        }
    }

    /// Authentication or permission, nothing that trying again mends.
    package var isRefusal: Bool {
        switch code {
        case .unauthenticated, .forbidden, .tooManyAttempts: true
        case .invalidRequest, .notFound, .leaseHeld, .leaseLost, .sessionLive, .sessionState, .connectorBlocked,
            .staleVersion, .staleFingerprint, .checksum, .initialRefused, .jobRunning, .jobState, .userStartDenied,
            .changeSetMismatch, .configuration, .dataLoss, .storageFull, .internal, .other, nil:
            false
        }
    }

    package var description: String {
        switch self {
        case .unreachable(let server, let reason):
            "The server \(server) cannot be reached (\(reason)). Start it, or correct ApplicationUri in appsettings.json (or --api-url)."
        case .problem(let problem): problem.detail
        case .unexpected(let server, let status, let path):
            """
            \(server) answered \(path) with status \(status) and no explanation: it may be no Weir server. \
            Check ApplicationUri in appsettings.json.
            """
        }
    }
}
