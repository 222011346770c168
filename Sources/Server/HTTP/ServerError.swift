import API
import HTTPTypes

/// Why a request was not done. Every error of this module is one of these when it leaves: `code` says what a caller can
/// do about it, `detail` names thing, place and mend.
package struct ServerError: Error, Equatable {
    package var code: ProblemCode
    package var detail: String
    /// Seconds after which trying again makes sense; sent as Retry-After.
    package var retryAfterSeconds: Int?

    package init(_ code: ProblemCode, _ detail: String, retryAfterSeconds: Int? = nil) {
        self.code = code
        self.detail = detail
        self.retryAfterSeconds = retryAfterSeconds
    }

    var status: HTTPResponse.Status { code.status }

    var problem: API.Problem {
        API.Problem(title: status.reasonPhrase, status: status.code, detail: detail, code: code)
    }
}

extension ProblemCode {
    /// The HTTP status of each code (RFC 9110 §15).
    var status: HTTPResponse.Status {
        switch self {
        case .invalidRequest, .checksum: .badRequest
        case .unauthenticated: .unauthorized
        case .forbidden, .userStartDenied: .forbidden
        case .notFound: .notFound
        case .tooManyAttempts: .tooManyRequests
        case .leaseHeld, .leaseLost, .sessionLive, .sessionState, .connectorBlocked, .staleVersion,
            .staleFingerprint, .initialRefused, .jobRunning, .jobState, .changeSetMismatch, .dataLoss:
            .conflict
        case .configuration: .unprocessableContent
        case .storageFull: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
        case .internal, .other: .internalServerError
        }
    }
}
