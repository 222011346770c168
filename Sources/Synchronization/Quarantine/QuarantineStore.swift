internal import API
internal import Foundation
internal import Storage

/// The lists of a connector inside one transaction.
struct QuarantineStore {
    let transaction: any Transaction
    let now: Date

    /// More rows are not stored, whoever sends them; agents send fewer.
    private static let mostRows = 1_000_000

    /// Puts what a session's preparation set aside in place of what was listed of its connector. A row that was listed
    /// before keeps its age.
    ///
    /// - Throws: `invalidRequest`, or `checksum` when a list was announced but did not arrive.
    func replace(by sent: SentQuarantine, of record: SessionRecord, _ files: SessionFiles) throws {
        try loadAll(sent, of: record, files)
        try keepAges(of: record)
        let named = try sent.namedSha256.map { try path(.named, $0, record, files) }
        for table in sent.tables where table.isFeed {
            try PendingQuarantine(
                transaction: transaction, record: record, mapping: table.mapping, named: named
            ).keep()
        }
        let isOld: SQL = "Connector = \(record.connector) AND Session <> \(record.id)"
        try transaction.execute("DELETE FROM US_RejectedRows WHERE \(sql: isOld)")
        try transaction.execute("DELETE FROM US_CarriedRows WHERE \(sql: isOld)")
        try transaction.execute("DELETE FROM US_Quarantines WHERE Connector = \(record.connector)")
        for table in sent.tables { try insert(table, of: record) }
    }

    /// Checks what a simulation's preparation set aside as `replace` would, and keeps it with the session's files until
    /// `replaceByKept`; what is listed stays.
    func keep(_ sent: SentQuarantine, of record: SessionRecord, _ files: SessionFiles) throws {
        try loadAll(sent, of: record, files)
        for table in ["US_RejectedRows", "US_CarriedRows"] {
            try transaction.execute(
                "DELETE FROM \(identifier: table) WHERE Connector = \(record.connector) AND Session = \(record.id)")
        }
        let file = try ReceivedFile(
            folder: files.receivedFolder(of: record.id), name: files.keptQuarantine(of: record.id), files)
        do {
            try file.write(Array(try jsonText(sent).utf8))
            _ = try file.finish()
            try file.keep()
        } catch {
            file.discard()
            throw error
        }
    }

    /// What `keep` kept of the session takes the place of what is listed; nothing where it kept nothing.
    func replaceByKept(of record: SessionRecord, _ files: SessionFiles) throws {
        guard let data = FileManager.default.contents(atPath: files.keptQuarantine(of: record.id)) else { return }
        try replace(by: JSONDecoder().decode(SentQuarantine.self, from: data), of: record, files)
    }

    private func loadAll(_ sent: SentQuarantine, of record: SessionRecord, _ files: SessionFiles) throws {
        for table in sent.tables {
            guard record.definition.mappings.contains(table.mapping), table.rejected >= 0, table.carried >= 0 else {
                throw SynchronizationError(
                    .invalidRequest,
                    "The quarantine of session \(record.id) names a mapping \"\(table.mapping)\" that connector "
                        + "\"\(record.connector)\" does not have, or a negative number; prepare it again.")
            }
        }
        try load(.rejected, sent.rejectedSha256, record, files)
        try load(.carried, sent.carriedSha256, record, files)
    }

    private func load(
        _ list: QuarantineList, _ sha256: String?, _ record: SessionRecord, _ files: SessionFiles
    ) throws {
        guard let sha256 else { return }
        let path = try path(list, sha256, record, files)
        var file = try QuarantineFile(path: path, list: list, of: record, at: now)
        try transaction.load(
            into: file.table, columns: file.columns, replacing: false, limit: Self.mostRows, from: &file)
    }

    private func path(
        _ list: QuarantineList, _ sha256: String, _ record: SessionRecord, _ files: SessionFiles
    ) throws -> String {
        let path = files.quarantine(list, sha256: sha256, of: record.id)
        guard FileManager.default.fileExists(atPath: path) else {
            throw SynchronizationError(
                .checksum, "The list of \(list.rawValue) rows was announced but did not arrive; send it again.")
        }
        return path
    }

    /// The mappings of which rows are listed, sorted.
    static func mappings(of connector: String, _ transaction: any Transaction) throws -> [String] {
        try transaction.rows(
            """
            SELECT Mapping FROM US_Quarantines
            WHERE Connector = \(connector) AND ListedRejected + ListedCarried > 0 ORDER BY Mapping
            """
        ).map { try $0.string("Mapping") }
    }

    private func keepAges(of record: SessionRecord) throws {
        try transaction.execute(
            """
            UPDATE US_RejectedRows SET FirstSeenAt = (
              SELECT min(o.FirstSeenAt) FROM US_RejectedRows o WHERE o.Connector = US_RejectedRows.Connector
                AND o.Mapping = US_RejectedRows.Mapping AND o.RowHash = US_RejectedRows.RowHash)
            WHERE Connector = \(record.connector) AND Session = \(record.id)
            """)
        try transaction.execute(
            """
            UPDATE US_CarriedRows SET Since = (
              SELECT min(o.Since) FROM US_CarriedRows o WHERE o.Connector = US_CarriedRows.Connector
                AND o.Mapping = US_CarriedRows.Mapping AND o.RowHash = US_CarriedRows.RowHash)
            WHERE Connector = \(record.connector) AND Session = \(record.id)
            """)
    }

    private func insert(_ table: SentQuarantineTable, of record: SessionRecord) throws {
        func listed(_ name: SQL) throws -> Int {
            try transaction.count(
                """
                SELECT count(*) FROM \(sql: name) WHERE Connector = \(record.connector) AND Mapping = \(table.mapping)
                """)
        }
        let rejected = try listed("US_RejectedRows")
        let carried = try listed("US_CarriedRows")
        guard table.rejected + table.carried + rejected + carried > 0 else { return }
        try transaction.execute(
            """
            INSERT INTO US_Quarantines (Connector, Mapping, SourceTable, Rejected, ListedRejected, Carried,
              ListedCarried, Session, JobInstance, SeenAt)
            VALUES (\(record.connector), \(table.mapping), \(table.table), \(max(table.rejected, rejected)), \(rejected),
              \(max(table.carried, carried)), \(carried), \(record.id), \(record.jobInstance), \(now.timestamp))
            """)
    }

    /// After a deployment: nothing is listed of a connector or mapping that is gone.
    ///
    /// - Parameter mappings: those that the connector still has.
    func keep(only mappings: [String], of connector: String) throws {
        let listed = try transaction.rows("SELECT Mapping FROM US_Quarantines WHERE Connector = \(connector)")
            .map { try $0.string("Mapping") }
        for mapping in listed where !mappings.contains(mapping) {
            for table in ["US_Quarantines", "US_RejectedRows", "US_CarriedRows"] {
                try transaction.execute(
                    "DELETE FROM \(identifier: table) WHERE Connector = \(connector) AND Mapping = \(mapping)")
            }
        }
    }
}
