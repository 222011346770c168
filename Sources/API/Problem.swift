/// RFC 9457 problem details, with a code that callers may switch over.
package struct Problem: Sendable, Equatable, Codable {
    package var title: String
    package var status: Int
    /// Names thing, place and mend.
    package var detail: String
    package var code: ProblemCode

    package init(title: String, status: Int, detail: String, code: ProblemCode) {
        self.title = title
        self.status = status
        self.detail = detail
        self.code = code
    }
}

/// The stable codes. A code that a caller does not know decodes as `other`.
package enum ProblemCode: String, Sendable, Equatable, Codable, CaseIterable {
    case invalidRequest = "invalid-request"
    case unauthenticated
    case forbidden
    case notFound = "not-found"
    case tooManyAttempts = "too-many-attempts"
    /// Another agent or job holds the connector's lease; the detail says who.
    case leaseHeld = "lease-held"
    /// The lease's token is not the current one: the caller was replaced and must stop.
    case leaseLost = "lease-lost"
    case sessionLive = "session-live"
    case sessionState = "session-state"
    /// The connector's blocked session waits for a decision.
    case connectorBlocked = "connector-blocked"
    case staleVersion = "stale-version"
    case staleFingerprint = "stale-fingerprint"
    case checksum
    case initialRefused = "initial-refused"
    case jobRunning = "job-running"
    case jobState = "job-state"
    case userStartDenied = "user-start-denied"
    case changeSetMismatch = "change-set-mismatch"
    case configuration
    case dataLoss = "data-loss"
    case storageFull = "storage-full"
    case `internal`
    case other

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        self = ProblemCode(rawValue: text) ?? .other
    }
}
