package import API
internal import Foundation
internal import Storage

extension SynchronizationEngine {
    /// Takes one list of a session's preparation, for the seal or the close that names its SHA-256. Taking it twice is
    /// taking it once.
    ///
    /// - Throws: `checksum` when other bytes came than were announced, `storageFull`, `sessionState`, `leaseLost`.
    package func receive<Body: AsyncSequence>(
        session id: String, list: QuarantineList, leaseToken: Int, body: Body, sha256: String
    ) async throws where Body.Element: Sequence, Body.Element.Element == UInt8 {
        let record = try await database.read { transaction in
            let record = try SessionStore(transaction: transaction, now: .distantPast).find(id)
            try LeaseRecord.require(leaseToken, of: record.connector, transaction)
            return record
        }
        try Self.checkReceiving(record)
        let path = files.quarantine(list, sha256: sha256, of: id)
        let file = try ReceivedFile(folder: files.receivedFolder(of: id), name: path, files)
        do {
            for try await chunk in body { try file.write(chunk) }
            let received = try file.finish()
            guard received.sha256 == sha256.lowercased() else {
                throw SynchronizationError(
                    .checksum,
                    "The list of \(list.rawValue) rows came with SHA-256 \(received.sha256), not \(sha256); send it "
                        + "again.")
            }
            try faults(.receivedBeforeRename)
            try file.keep()
        } catch let error as Interruption {
            throw error
        } catch {
            file.discard()
            throw error
        }
    }

    // MARK: What is listed

    /// What was set aside, by connector and mapping; with `connector`, of that one.
    package func quarantines(connector: String? = nil) async throws -> [Quarantine] {
        try await database.read { transaction in
            let condition: SQL = connector.map { "WHERE q.Connector = \($0)" } ?? ""
            return try transaction.rows(
                """
                SELECT q.*, (SELECT min(r.FirstSeenAt) FROM US_RejectedRows r
                  WHERE r.Connector = q.Connector AND r.Mapping = q.Mapping) AS OldestAt
                FROM US_Quarantines q \(sql: condition) ORDER BY q.Connector, q.Mapping
                """
            ).map(Quarantine.init)
        }
    }

    /// Rejected rows in the order of their files, page by page.
    ///
    /// - Parameters:
    ///   - reason: exactly this one.
    ///   - rawLimit: the characters of a row's text that are given at most.
    package func rejectedRows(
        connector: String? = nil, mapping: String? = nil, reason: String? = nil, rawLimit: Int, pageSize: Int,
        continuationToken: String? = nil
    ) async throws -> Page<RejectedRow> {
        try await database.read { transaction in
            let filter = try Self.filter(connector, mapping, reason, continuationToken)
            let rows = try transaction.rows(
                """
                SELECT Id, Connector, Mapping, FileName, Line, ByteOffset, Reason, KeyValue, FirstSeenAt,
                  substr(Raw, 1, \(rawLimit)) AS RawStart, length(Raw) AS RawLength
                FROM US_RejectedRows \(sql: filter) ORDER BY Id LIMIT \(pageSize + 1)
                """)
            let items = try rows.prefix(pageSize).map(RejectedRow.init)
            return Page(items: items, continuationToken: rows.count > pageSize ? items.last.map { "\($0.id)" } : nil)
        }
    }

    /// Carried resources and link pairs, page by page.
    package func carriedRows(
        connector: String? = nil, mapping: String? = nil, pageSize: Int, continuationToken: String? = nil
    ) async throws -> Page<CarriedRow> {
        try await database.read { transaction in
            let filter = try Self.filter(connector, mapping, nil, continuationToken)
            let rows = try transaction.rows(
                "SELECT * FROM US_CarriedRows \(sql: filter) ORDER BY Id LIMIT \(pageSize + 1)")
            let items = try rows.prefix(pageSize).map(CarriedRow.init)
            return Page(items: items, continuationToken: rows.count > pageSize ? items.last.map { "\($0.id)" } : nil)
        }
    }

    /// The reasons of a connector's rejected rows, the most frequent first.
    package func rejectionReasons(
        connector: String, mapping: String? = nil, limit: Int
    ) async throws -> [(reason: String, count: Int)] {
        try await database.read { transaction in
            let filter = try Self.filter(connector, mapping, nil, nil)
            return try transaction.rows(
                """
                SELECT Reason, count(*) AS Rows_ FROM US_RejectedRows \(sql: filter)
                GROUP BY Reason ORDER BY count(*) DESC, Reason LIMIT \(limit)
                """
            ).map { (try $0.string("Reason"), try $0.int("Rows_")) }
        }
    }

    /// Which of these keys of a mapping are carried, by key.
    package func carried(mapping: String, keys: [String]) async throws -> [String: CarriedRow] {
        guard !keys.isEmpty else { return [:] }
        return try await database.read { transaction in
            let wanted = keys.map { "\($0)" as SQL }.joined()
            let rows = try transaction.rows(
                """
                SELECT * FROM US_CarriedRows WHERE Mapping = \(mapping) AND Key1 IN (\(sql: wanted)) AND Key2 IS NULL
                """
            ).map(CarriedRow.init)
            return Dictionary(rows.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// Which of the pairs of `key` with these other keys are carried, by the other key.
    ///
    /// - Parameter isSide1: whether `key` is the pair's first.
    package func carriedPairs(
        mapping: String, key: String, isSide1: Bool, others: [String]
    ) async throws -> [String: CarriedRow] {
        guard !others.isEmpty else { return [:] }
        return try await database.read { transaction in
            let own: SQL = isSide1 ? "Key1" : "Key2"
            let other: SQL = isSide1 ? "Key2" : "Key1"
            let wanted = others.map { "\($0)" as SQL }.joined()
            let rows = try transaction.rows(
                """
                SELECT * FROM US_CarriedRows
                WHERE Mapping = \(mapping) AND \(sql: own) = \(key) AND \(sql: other) IN (\(sql: wanted))
                """
            ).map(CarriedRow.init)
            return Dictionary(
                rows.map { (isSide1 ? $0.key2 ?? "" : $0.key, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    private static func filter(
        _ connector: String?, _ mapping: String?, _ reason: String?, _ token: String?
    ) throws -> SQL {
        var conditions: [SQL] = ["1 = 1"]
        if let connector { conditions.append("Connector = \(connector)") }
        if let mapping { conditions.append("Mapping = \(mapping)") }
        if let reason { conditions.append("Reason = \(reason)") }
        if let token {
            guard let last = Int(token) else {
                throw SynchronizationError(
                    .invalidRequest,
                    "The continuation token \"\(token)\" is not one of this list; start at its beginning.")
            }
            conditions.append("Id > \(last)")
        }
        return "WHERE " + conditions.joined(separator: " AND ")
    }
}

extension Quarantine {
    fileprivate init(_ row: Row) throws {
        self.init(
            connector: try row.string("Connector"), mapping: try row.string("Mapping"),
            table: try row.string("SourceTable"), rejected: try row.int("Rejected"),
            listedRejected: try row.int("ListedRejected"), carried: try row.int("Carried"),
            listedCarried: try row.int("ListedCarried"), session: try row.string("Session"),
            jobInstance: try row.string("JobInstance"), seenAt: try row.date("SeenAt"),
            since: try row.optionalDate("OldestAt"))
    }
}

extension RejectedRow {
    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row.int("Id"), connector: try row.string("Connector"), mapping: try row.string("Mapping"),
            file: try row.optionalString("FileName") ?? "", line: try row.int("Line"),
            offset: try row.int("ByteOffset"), reason: try row.string("Reason"),
            key: try row.optionalString("KeyValue"), raw: try row.optionalString("RawStart") ?? "",
            rawLength: try row.optionalInt("RawLength") ?? 0, firstSeenAt: try row.date("FirstSeenAt"))
    }
}

extension CarriedRow {
    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row.int("Id"), connector: try row.string("Connector"), mapping: try row.string("Mapping"),
            key: try row.string("Key1"), key2: try row.optionalString("Key2"), reason: try row.string("Reason"),
            since: try row.date("Since"))
    }
}
