internal import API
internal import Delta
internal import Foundation
internal import Storage
internal import WeirConfiguration

/// What an earlier session of a mapping set aside, when a feed is read: it names only what changed, so a row that was
/// rejected is not used before its key comes again, or everything is read.
struct PendingQuarantine {
    let transaction: any Transaction
    let record: SessionRecord
    let mapping: String

    /// Of each list this many rows stay at most, the newest.
    private static let mostRows = 10_000

    private var isOld: SQL {
        "Connector = \(record.connector) AND Mapping = \(mapping) AND Session <> \(record.id)"
    }

    /// Makes the rows that stay listed the session's own. Those that it set aside again were inserted before.
    func keep(_ files: SessionFiles) throws {
        let keys: [(table: String, key: SQL)] = [
            ("US_RejectedRows", "KeyValue"),
            ("US_CarriedRows", "CASE WHEN Key2 IS NULL THEN Key1 ELSE Key1 || ',' || Key2 END"),
        ]
        for (table, key) in keys {
            try transaction.execute(
                """
                DELETE FROM \(identifier: table) WHERE \(sql: isOld) AND RowHash IN (
                  SELECT RowHash FROM \(identifier: table)
                  WHERE Connector = \(record.connector) AND Mapping = \(mapping) AND Session = \(record.id))
                """)
            let listed = Set(
                try transaction.rows(
                    "SELECT \(sql: key) AS ListedKey FROM \(identifier: table) WHERE \(sql: isOld) AND \(sql: key) IS NOT NULL"
                ).map { try $0.string("ListedKey") })
            for named in try changed(among: listed, files) {
                try transaction.execute(
                    "DELETE FROM \(identifier: table) WHERE \(sql: isOld) AND \(sql: key) = \(named)")
            }
            try transaction.execute(
                "UPDATE \(identifier: table) SET Session = \(record.id) WHERE \(sql: isOld)")
            try cut(table)
        }
    }

    /// Which of these keys the session's changes name.
    private func changed(among keys: Set<String>, _ files: SessionFiles) throws -> Set<String> {
        let path = files.received(mapping, of: record.id)
        guard !keys.isEmpty, record.content == .delta, FileManager.default.fileExists(atPath: path) else { return [] }
        let isPair = record.definition.associationMappings.contains { $0.identifier == mapping }
        var found: Set<String> = []
        do {
            let reader = try CSVReader(path: path)
            guard reader.columns.count > (isPair ? 2 : 1) else { return [] }
            while let row = try reader.next() {
                let key = isPair ? row[1] + "," + row[2] : row[1]
                if keys.contains(key) { found.insert(key) }
            }
        } catch {
            // The run that loads the file says what is wrong with it, and changes nothing.
            return []
        }
        return found
    }

    private func cut(_ table: String) throws {
        let own: SQL = "Connector = \(record.connector) AND Mapping = \(mapping)"
        let oldest = try transaction.count(
            "SELECT Id FROM \(identifier: table) WHERE \(sql: own) ORDER BY Id DESC LIMIT 1 OFFSET \(Self.mostRows)")
        if oldest > 0 {
            try transaction.execute("DELETE FROM \(identifier: table) WHERE \(sql: own) AND Id <= \(oldest)")
        }
    }
}
