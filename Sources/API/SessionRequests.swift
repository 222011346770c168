import WeirConfiguration

/// `POST /api/Connectors/SynchronizeSession`: a session is opened before anything is sent.
///
/// Opening twice for one task instance is opening once: the answer is the same session.
package struct OpenSession: Sendable, Equatable, Codable {
    package var connector: String
    package var mode: SynchronizationMode
    package var content: SessionContent
    /// The version that the agent's image stands on; nil: it holds none.
    package var base: ImageVersion?
    package var fingerprint: String
    package var leaseToken: Int
    package var jobInstance: String
    package var taskInstance: String
    /// The approved held set that this session applies, and nothing else.
    package var releases: String?
    /// True: its rows are those of the image, not of the source, so that it says nothing about what is held.
    package var isVerification: Bool?

    package init(
        connector: String, mode: SynchronizationMode, content: SessionContent, base: ImageVersion?,
        fingerprint: String, leaseToken: Int, jobInstance: String, taskInstance: String, releases: String? = nil,
        isVerification: Bool? = nil
    ) {
        self.connector = connector
        self.mode = mode
        self.content = content
        self.base = base
        self.fingerprint = fingerprint
        self.leaseToken = leaseToken
        self.jobInstance = jobInstance
        self.taskInstance = taskInstance
        self.releases = releases
        self.isVerification = isVerification
    }
}

/// `POST /api/Connectors/SynchronizeSession/{id}/Seal`: what was sent, all of it. Sealing twice is sealing once.
package struct SealSession: Sendable, Equatable, Codable {
    package var leaseToken: Int
    package var files: [SealedFile]
    /// Digest roots by mapping identifier that the server must have after the apply; empty: not compared.
    package var roots: [String: String]
    /// What the preparation set aside; nil: the session comes from no preparation, and the list stays as it is.
    package var quarantine: SentQuarantine?

    package init(
        leaseToken: Int, files: [SealedFile], roots: [String: String] = [:], quarantine: SentQuarantine? = nil
    ) {
        self.leaseToken = leaseToken
        self.files = files
        self.roots = roots
        self.quarantine = quarantine
    }
}

/// One sent file.
package struct SealedFile: Sendable, Equatable, Codable {
    /// The mapping's identifier.
    package var mapping: String
    /// False for the pairs of an association mapping.
    package var isEntityType: Bool
    package var content: SessionContent
    /// Rows of the file, the header not counted.
    package var rows: Int
    package var bytes: Int
    /// 64 hex digits.
    package var sha256: String
    /// Rows of the image, the agent's whole content of this mapping.
    package var imageRows: Int
    /// Rows of the image that stand for rejected rows or held changes.
    package var carriedRows: Int

    package init(
        mapping: String, isEntityType: Bool, content: SessionContent, rows: Int, bytes: Int, sha256: String,
        imageRows: Int, carriedRows: Int = 0
    ) {
        self.mapping = mapping
        self.isEntityType = isEntityType
        self.content = content
        self.rows = rows
        self.bytes = bytes
        self.sha256 = sha256
        self.imageRows = imageRows
        self.carriedRows = carriedRows
    }
}

/// `POST …/{id}/Close`: there is nothing to send.
package struct CloseSession: Sendable, Equatable, Codable {
    package var leaseToken: Int
    package var roots: [String: String]
    /// What the preparation set aside; nil: the list stays as it is.
    package var quarantine: SentQuarantine?

    package init(leaseToken: Int, roots: [String: String] = [:], quarantine: SentQuarantine? = nil) {
        self.leaseToken = leaseToken
        self.roots = roots
        self.quarantine = quarantine
    }
}

/// `POST …/{id}/Abort`: the lease's holder gives up a live session.
package struct AbortSession: Sendable, Equatable, Codable {
    package var leaseToken: Int
    package var reason: String

    package init(leaseToken: Int, reason: String) {
        self.leaseToken = leaseToken
        self.reason = reason
    }
}

/// `POST …/{id}/Synchronize`: computes the changes, checks the safeguards and applies. Answers at once; the session's
/// state tells the rest. Asking twice is asking once.
package struct SynchronizeSession: Sendable, Equatable, Codable {
    package var leaseToken: Int
    /// The task that asks: its element in the configuration says Orphans and DoNotDeleteChanges.
    package var taskInstance: String
    /// Approves the resulting change set in advance; needs /Jobs/RunJob/Repair or the task's ForceSynchronization.
    package var force: Bool

    package init(leaseToken: Int, taskInstance: String, force: Bool = false) {
        self.leaseToken = leaseToken
        self.taskInstance = taskInstance
        self.force = force
    }
}

/// `POST /api/Jobs/RunJob/Repair`: approves exactly this change set of a blocked session, or of a held set that an
/// applied session left out.
package struct ApproveSession: Sendable, Equatable, Codable {
    package var session: String
    package var changeSet: String

    package init(session: String, changeSet: String) {
        self.session = session
        self.changeSet = changeSet
    }
}

/// `POST /api/Jobs/RunJob/Repair/Reject`: discards a blocked session, or what an applied one left out.
package struct RejectSession: Sendable, Equatable, Codable {
    package var session: String
    package var reason: String
    /// Whether it says why, for those who look at it later.
    package var hasReason: Bool { reason.contains { !$0.isWhitespace } }
    /// What is said of the field or option where it does not.
    package static let emptyReason = "is empty; say why, for those who look at it later."
    /// Which of the session's held sets; nil: all of them.
    package var changeSet: String?

    package init(session: String, reason: String, changeSet: String? = nil) {
        self.session = session
        self.reason = reason
        self.changeSet = changeSet
    }
}

/// Why a change is computed, as far as the rows tell (DESIGN §8).
package enum ChangeCause: String, Sendable, Equatable, Codable, CaseIterable {
    /// An insert: the source has a row that it did not have.
    case new
    /// A delete: the row left the source.
    case left
    /// A delete and an insert with the same values but for the key, both of them.
    case keyChanged
    /// An update that empties a value, whatever else it changes.
    case emptied
    /// Any other update.
    case changed
    /// A pair of a mono-valued navigation whose other end changed: its delete and its insert.
    case moved
}

/// One computed change, as reviewed: `GET /api/Connectors/ResourceChange?session=…`.
package struct ResourceChange: Sendable, Equatable, Codable {
    package var id: Int
    package var mapping: String
    /// `insert`, `update` or `delete`.
    package var operation: String
    package var key: String
    /// nil in change rows that were computed before causes were kept.
    package var cause: ChangeCause?
    /// Stored values by property identifier; for an update only the changed properties.
    package var before: [String: String]
    package var after: [String: String]

    package init(
        id: Int, mapping: String, operation: String, key: String, cause: ChangeCause? = nil,
        before: [String: String], after: [String: String]
    ) {
        self.id = id
        self.mapping = mapping
        self.operation = operation
        self.key = key
        self.cause = cause
        self.before = before
        self.after = after
    }
}

/// One computed change of a link pair: `GET /api/Connectors/ResourceLinkChange?session=…`.
package struct LinkChange: Sendable, Equatable, Codable {
    package var id: Int
    package var mapping: String
    package var operation: String
    /// nil in change rows that were computed before causes were kept.
    package var cause: ChangeCause?
    package var key1: String
    package var key2: String

    package init(
        id: Int, mapping: String, operation: String, cause: ChangeCause? = nil, key1: String, key2: String
    ) {
        self.id = id
        self.mapping = mapping
        self.operation = operation
        self.cause = cause
        self.key1 = key1
        self.key2 = key2
    }
}

/// A page of a list; the token asks for the next one, nil at the end.
package struct Page<Item: Sendable & Codable>: Sendable, Codable {
    package var items: [Item]
    package var continuationToken: String?

    package init(items: [Item], continuationToken: String? = nil) {
        self.items = items
        self.continuationToken = continuationToken
    }
}

extension Page: Equatable where Item: Equatable {}
