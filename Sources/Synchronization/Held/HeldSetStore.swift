internal import API
internal import Foundation
internal import Storage

/// Rows of US_HeldSets inside one transaction, and the change rows that belong to them: those whose Session is the set's
/// id.
struct HeldSetStore {
    let transaction: any Transaction
    let now: Date

    private static let columns: SQL = """
        Id, Connector, Mapping, IsLinks, Operation, ChangeSet, HeldSince, Session, JobInstance, ChangeCount, LinkCount,
        Violations, State, ApprovedBy, Detail
        """

    private func sets(where condition: SQL) throws -> [HeldSet] {
        try transaction.rows(
            """
            SELECT \(sql: Self.columns) FROM US_HeldSets WHERE \(sql: condition)
            ORDER BY IsLinks, Mapping, Operation, HeldSince, Id
            """
        ).map { row in
            guard let state = HeldState(rawValue: try row.string("State")) else {
                throw StorageError(
                    .corrupt, "A held set in the database has a state that Weir never wrote; restore it.")
            }
            return HeldSet(
                id: try row.string("Id"), connector: try row.string("Connector"), mapping: try row.string("Mapping"),
                isLinks: try row.bool("IsLinks"), operation: try row.string("Operation"),
                changeSet: try row.string("ChangeSet"), since: try row.date("HeldSince"),
                session: try row.string("Session"), jobInstance: try row.string("JobInstance"),
                count: try row.int("ChangeCount"), linkCount: try row.int("LinkCount"),
                violations: try row.json("Violations", as: [Violation].self) ?? [], state: state,
                approvedBy: try row.optionalString("ApprovedBy"), detail: try row.optionalString("Detail"))
        }
    }

    func find(_ id: String) throws -> HeldSet? { try sets(where: "Id = \(id)").first }

    func find(_ ids: [String]) throws -> [HeldSet] {
        ids.isEmpty ? [] : try sets(where: "Id IN (\(sql: ids.map { "\($0)" as SQL }.joined()))")
    }

    private static let isOpen: SQL = "State IN ('held', 'approved')"

    func open() throws -> [HeldSet] { try sets(where: Self.isOpen) }

    func open(connector: String) throws -> [HeldSet] {
        try sets(where: "Connector = \(connector) AND \(sql: Self.isOpen)")
    }

    func open(jobInstance: String) throws -> [HeldSet] {
        try sets(where: "JobInstance = \(jobInstance) AND \(sql: Self.isOpen)")
    }

    // MARK: Writing

    /// Makes the set that a run has just held the one of its kind: the same hash keeps its age and its approval, another
    /// supersedes it.
    ///
    /// - Parameter held: with the id that its change rows have now.
    /// - Returns: the set with the id that its change rows have then.
    func keep(_ held: HeldSet) throws -> HeldSet {
        let former = try sets(
            where: """
                Connector = \(held.connector) AND Mapping = \(held.mapping) AND Operation = \(held.operation)
                  AND \(sql: Self.isOpen)
                """
        ).first
        guard let former, former.changeSet == held.changeSet else {
            if let former {
                try end(
                    former, .superseded,
                    "Session \(held.session) holds other \(held.operation)s of \"\(held.mapping)\"; look at those.")
            }
            try insert(held)
            return held
        }
        try deleteRows(of: former.id)
        for table in ["UR_ResourceChanges", "UR_ResourceLinkChanges"] {
            try transaction.execute(
                "UPDATE \(identifier: table) SET Session = \(former.id) WHERE Session = \(held.id)")
        }
        // What was approved is applied by the job instance in which it was.
        let jobInstance = former.state == .approved ? former.jobInstance : held.jobInstance
        try transaction.execute(
            """
            UPDATE US_HeldSets SET Session = \(held.session), JobInstance = \(jobInstance),
              Violations = \(try jsonText(held.violations))
            WHERE Id = \(former.id)
            """)
        return try find(former.id) ?? held
    }

    private func insert(_ set: HeldSet) throws {
        try transaction.execute(
            """
            INSERT INTO US_HeldSets (\(sql: Self.columns))
            VALUES (
              \(set.id), \(set.connector), \(set.mapping), \(set.isLinks), \(set.operation), \(set.changeSet),
              \(set.since.timestamp), \(set.session), \(set.jobInstance), \(set.count), \(set.linkCount),
              \(try jsonText(set.violations)), \(set.state.rawValue), \(bound: set.approvedBy), \(bound: set.detail))
            """)
    }

    /// - Parameter keepsRows: an agent that died after the apply needs them to make its image what the server holds; they
    ///   go with the connector's next run.
    func end(_ set: HeldSet, _ state: HeldState, _ detail: String, keepsRows: Bool = false) throws {
        try transaction.execute(
            """
            UPDATE US_HeldSets SET State = \(state.rawValue), EndedAt = \(now.timestamp), Detail = \(detail)
            WHERE Id = \(set.id)
            """)
        if !keepsRows { try deleteRows(of: set.id) }
    }

    /// Ends the connector's open sets but these: a run has looked, and their changes are not there any more.
    func clear(connector: String, except kept: [String], _ detail: String) throws {
        for set in try open(connector: connector) where !kept.contains(set.id) {
            try end(set, .cleared, detail)
        }
        try forgetRejected(connector: connector)
    }

    func approve(_ set: HeldSet, by caller: String) throws {
        try transaction.execute(
            """
            UPDATE US_HeldSets SET State = \(HeldState.approved.rawValue), ApprovedBy = \(caller), Detail = NULL
            WHERE Id = \(set.id)
            """)
    }

    /// What was approved cannot be applied; it waits for a decision again.
    func refuse(_ set: HeldSet, _ detail: String) throws {
        try transaction.execute(
            """
            UPDATE US_HeldSets SET State = \(HeldState.held.rawValue), ApprovedBy = NULL, Detail = \(detail)
            WHERE Id = \(set.id)
            """)
    }

    /// Removes the rows that `end` kept.
    private func forgetRejected(connector: String) throws {
        let rejected: SQL = "SELECT Id FROM US_HeldSets WHERE Connector = \(connector) AND State = 'rejected'"
        for table in ["UR_ResourceChanges", "UR_ResourceLinkChanges"] {
            try transaction.execute("DELETE FROM \(identifier: table) WHERE Session IN (\(sql: rejected))")
        }
    }

    /// - Parameter limit: a timestamp.
    func forget(endedBefore limit: String) throws {
        let old = try transaction.rows("SELECT Id FROM US_HeldSets WHERE EndedAt < \(limit)").map {
            try $0.string("Id")
        }
        for id in old {
            try deleteRows(of: id)
            try transaction.execute("DELETE FROM US_HeldSets WHERE Id = \(id)")
        }
    }

    private func deleteRows(of set: String) throws {
        for table in ["UR_ResourceChanges", "UR_ResourceLinkChanges"] {
            try transaction.execute("DELETE FROM \(identifier: table) WHERE Session = \(set)")
        }
    }
}
