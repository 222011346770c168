internal import API
internal import Foundation
internal import Storage

/// Who let a change set through, or stopped it: a row of US_Approvals.
struct Decision {
    private let kind: SessionDecision.Kind
    private let caller: String
    private let time: Date
    private let reason: String?

    init(_ kind: SessionDecision.Kind, by caller: String, at time: Date, reason: String? = nil) {
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

    /// Those on a session, the oldest first.
    static func all(of session: String, _ transaction: any Transaction) throws -> [SessionDecision] {
        try all(where: "Session = \(session)", transaction)
    }

    /// Those on a held set since it is held, the oldest first: made on whichever session held it then, which may be
    /// forgotten by now.
    static func all(on set: HeldSet, _ transaction: any Transaction) throws -> [SessionDecision] {
        try all(
            where: """
                ChangeSet = \(set.changeSet) AND DecidedAt >= \(set.since.timestamp)
                  AND Session NOT IN (SELECT Id FROM US_Sessions WHERE Connector <> \(set.connector))
                """, transaction)
    }

    private static func all(where condition: SQL, _ transaction: any Transaction) throws -> [SessionDecision] {
        try transaction.rows(
            """
            SELECT Decision, ChangeSet, DecidedBy, DecidedAt, Reason FROM US_Approvals
            WHERE \(sql: condition) ORDER BY Id
            """
        ).compactMap { row in
            guard let kind = SessionDecision.Kind(rawValue: try row.string("Decision")) else { return nil }
            return SessionDecision(
                kind: kind, changeSet: try row.string("ChangeSet"), decidedBy: try row.string("DecidedBy"),
                decidedAt: try row.date("DecidedAt"), reason: try row.optionalString("Reason"))
        }
    }
}
