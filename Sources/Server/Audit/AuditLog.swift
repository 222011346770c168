import API
import Foundation
import Storage

/// Who did what that an auditor asks about: rows are only ever added (DESIGN §12).
struct AuditLog: Sendable {
    enum Action: String, Sendable, CaseIterable {
        case deployed, launched, cancelled, approved, rejected, forced, tokenRefused, signedIn, signInRefused
        case signedOut, userAdded
    }

    let database: any Database
    let clock: @Sendable () -> Date

    func record(_ action: Action, by actor: String, subject: String, detail: String = "") async throws {
        let now = clock()
        try await database.write { transaction in
            try Self.record(action, by: actor, subject: subject, detail: detail, at: now, transaction)
        }
    }

    /// The same, as part of the transaction that does what is recorded.
    static func record(
        _ action: Action, by actor: String, subject: String, detail: String = "", at moment: Date,
        _ transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO UA_Audit (RecordedAt, Action, Actor, Subject, Detail)
            VALUES (\(Timestamp.text(moment)), \(action.rawValue), \(actor), \(subject), \(detail))
            """)
    }
}
