internal import Foundation
internal import Storage

/// Who let a change set through, or stopped it: a row of US_Approvals.
struct Decision {
    enum Kind: String {
        /// After a review of the blocked session.
        case approve
        /// In advance, whatever the change set would be.
        case force
        case reject
    }

    private let kind: Kind
    private let caller: String
    private let time: Date
    private let reason: String?

    init(_ kind: Kind, by caller: String, at time: Date, reason: String? = nil) {
        self.kind = kind
        self.caller = caller
        self.time = time
        self.reason = reason
    }

    func record(_ changeSet: String, of session: String, _ transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO US_Approvals (Session, ChangeSet, Decision, DecidedBy, DecidedAt, Reason)
            VALUES (\(session), \(changeSet), \(kind.rawValue), \(caller), \(time.timestamp), \(bound: reason))
            """)
    }
}
