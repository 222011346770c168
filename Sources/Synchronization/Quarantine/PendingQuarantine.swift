internal import API
internal import Delta
internal import Storage
internal import WeirConfiguration

/// What an earlier session of a mapping set aside, when a feed is read: it names only what changed, so a row that was
/// rejected is not used before its key comes again, or everything is read.
struct PendingQuarantine {
    let transaction: any Transaction
    let record: SessionRecord
    let mapping: String
    /// The sent list of the keys that the feed named and could use; nil: there are none.
    let named: String?

    /// Of each list this many rows stay at most, the newest.
    private static let mostRows = 10_000

    private var isOld: SQL {
        "Connector = \(record.connector) AND Mapping = \(mapping) AND Session <> \(record.id)"
    }

    /// Makes the rows that stay listed the session's own. Those that it set aside again were inserted before.
    func keep() throws {
        for table in ["US_RejectedRows", "US_CarriedRows"] {
            try transaction.execute(
                """
                DELETE FROM \(identifier: table) WHERE \(sql: isOld) AND RowHash IN (
                  SELECT RowHash FROM \(identifier: table)
                  WHERE Connector = \(record.connector) AND Mapping = \(mapping) AND Session = \(record.id))
                """)
            for row in try mended(listed(table)) {
                try transaction.execute("DELETE FROM \(identifier: table) WHERE Id = \(row)")
            }
            try transaction.execute(
                "UPDATE \(identifier: table) SET Session = \(record.id) WHERE \(sql: isOld)")
            try cut(table)
        }
    }

    private func listed(_ table: String) throws -> ListedKeys {
        let isPair = record.definition.associationMappings.contains { $0.identifier == mapping }
        var listed = ListedKeys(arePairs: isPair)
        let columns: SQL = table == "US_RejectedRows" ? "KeyValue AS Key1, NULL AS Key2" : "Key1, Key2"
        try transaction.forEachRow(
            "SELECT Id, \(sql: columns) FROM \(identifier: table) WHERE \(sql: isOld)"
        ) { row in
            guard let key = try row.optionalString("Key1") else { return }
            let id = try row.int("Id")
            if let second = try row.optionalString("Key2") {
                listed.add([key, second], id)
            } else {
                listed.add(text: key, id)
            }
        }
        return listed
    }

    /// The rows whose key the feed named.
    private func mended(_ listed: ListedKeys) throws -> Set<Int> {
        guard let named, !listed.isEmpty else { return [] }
        var found: Set<Int> = []
        do {
            let reader = try CSVReader(path: named)
            guard reader.columns == QuarantineList.named.columns else {
                throw QuarantineFile.error(
                    .named, "has other columns than \(QuarantineList.named.columns.joined(separator: ", "))")
            }
            while let row = try reader.next() {
                guard row[0] == mapping else { continue }
                found.formUnion(listed.rows(named: row[1], row[2]))
            }
        } catch let error as DeltaError {
            throw QuarantineFile.error(.named, "cannot be read: \(error.detail)")
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
