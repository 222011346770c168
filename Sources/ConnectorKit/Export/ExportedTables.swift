/// What an export gave. Kept by the agent with the job instance, so that prepare after a crash knows it too.
package struct ExportedTables: Sendable, Equatable, Codable {
    package var tables: [ExportedTable]
    /// Cookies for the next run, by name. They count only once the version that they belong to is committed.
    package var pendingCookies: [String: [UInt8]]
    /// Whether anything came: always for a full export; for a change feed, whether it held a change.
    package var hasProduced: Bool

    package init(tables: [ExportedTable], pendingCookies: [String: [UInt8]] = [:], hasProduced: Bool) {
        self.tables = tables
        self.pendingCookies = pendingCookies
        self.hasProduced = hasProduced
    }
}

/// One exported CSV file, in the readable form: UTF-8, comma, RFC 4180, a header first (REFERENCE §10). Its lines have
/// the numbers that they have in a source of lines, so that what prepare says of a line leads a person to it.
package struct ExportedTable: Sendable, Equatable, Codable {
    /// The file's name without `.csv`: the connection's identifier, or that and `_<table>`.
    package var name: String
    package var path: String
    /// nil: not counted.
    package var rowCount: Int?
    package var byteCount: Int
    /// The source is known to hold changes, not everything. Prepare must refuse it without a command column, else
    /// every row that it does not hold would be deleted.
    package var isChangeFeed: Bool

    package init(
        name: String, path: String, rowCount: Int? = nil, byteCount: Int, isChangeFeed: Bool = false
    ) {
        self.name = name
        self.path = path
        self.rowCount = rowCount
        self.byteCount = byteCount
        self.isChangeFeed = isChangeFeed
    }
}
