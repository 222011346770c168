internal import API
internal import Foundation
internal import Storage

/// Reads the change rows of one session: one table of them, a filter, a page (keyset paging by the rows' numbers).
struct ChangeQuery {
    enum Table: String {
        case resources = "UR_ResourceChanges"
        case links = "UR_ResourceLinkChanges"
    }

    let table: Table
    let session: String
    let filter: ChangeFilter
    let transaction: any Transaction

    /// Rows are in the order in which they were computed: updates, inserts, deletes, each in the order of their keys.
    ///
    /// - Returns: at most `pageSize` rows, and whether there are more.
    func page(_ columns: SQL, size: Int, after token: String?) throws -> (rows: [Row], hasMore: Bool) {
        var conditions = conditions
        if let token {
            guard let last = Int(token) else {
                throw SynchronizationError(
                    .invalidRequest,
                    "The continuation token \"\(token)\" is not one of this list; start at its beginning.")
            }
            conditions = conditions + " AND Id > \(last)"
        }
        // The numbers first: sorting whole rows, of 130 columns, would be a page's whole time.
        let rows = try transaction.rows(
            """
            SELECT \(sql: columns) FROM \(identifier: table.rawValue) WHERE Id IN (
              SELECT Id FROM \(identifier: table.rawValue) WHERE \(sql: conditions) ORDER BY Id LIMIT \(size + 1))
            ORDER BY Id
            """)
        return (Array(rows.prefix(size)), rows.count > size)
    }

    /// How many rows there are of each mapping, operation and cause.
    func counts() throws -> [ChangeCount] {
        try transaction.rows(
            """
            SELECT Mapping, Operation, Cause, count(*) AS Number
            FROM \(identifier: table.rawValue) WHERE \(sql: conditions)
            GROUP BY Mapping, Operation, Cause ORDER BY Mapping, Operation, Cause
            """
        ).map { row in
            ChangeCount(
                mapping: try row.string("Mapping"), isLinks: table == .links, operation: try row.string("Operation"),
                cause: try Self.cause(row), count: try row.int("Number"))
        }
    }

    static func cause(_ row: Row) throws -> ChangeCause? {
        try row.optionalString("Cause").flatMap(ChangeCause.init)
    }

    private var conditions: SQL {
        var conditions: SQL = "Session = \(session)"
        if let mapping = filter.mapping { conditions = conditions + " AND Mapping = \(mapping)" }
        if let operation = filter.operation { conditions = conditions + " AND Operation = \(operation)" }
        if let cause = filter.cause { conditions = conditions + " AND Cause = \(cause.rawValue)" }
        if let key = filter.key {
            let pattern = "%\(Self.escaped(key))%"
            conditions =
                switch table {
                case .resources: conditions + " AND lower(KeyValue) LIKE \(pattern) ESCAPE '!'"
                case .links:
                    conditions
                        + " AND (lower(Key1) LIKE \(pattern) ESCAPE '!' OR lower(Key2) LIKE \(pattern) ESCAPE '!')"
                }
        }
        return conditions
    }

    /// A text as it stands in a LIKE pattern whose escape character is `!`; ASCII letters are small.
    private static func escaped(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.flatMap { scalar -> [Unicode.Scalar] in
                    switch scalar {
                    case "!", "%", "_": ["!", scalar]
                    case "A"..."Z": [Unicode.Scalar(scalar.value + 32) ?? scalar]
                    default: [scalar]
                    }
                }))
    }
}
