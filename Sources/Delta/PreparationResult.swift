/// What `prepare` read, wrote and found. `rowsRead == kept + nullKeys + duplicates + rejected + notLinks`, always.
package struct PreparationResult: Sendable, Equatable {
    /// A file that was written, complete and under its final name.
    package struct File: Sendable, Equatable, Codable {
        package var path: String
        /// Without the header.
        package var rows: Int
        package var bytes: Int
        /// Lower-case hex, where checksums were asked for.
        package var sha256: String?

        package init(path: String, rows: Int, bytes: Int, sha256: String? = nil) {
            self.path = path
            self.rows = rows
            self.bytes = bytes
            self.sha256 = sha256
        }
    }

    /// Blank lines and the header are no rows.
    package var rowsRead = 0
    /// Full file: rows that are in the new image. Change feed: rows that were applied, superseded ones included.
    package var kept = 0
    package var nullKeys = 0
    package var duplicates = 0
    package var rejected = 0
    /// Of these, rows that the mapping of the checked columns rejects too, and lists.
    package var rejectedAlready = 0
    /// Pairs with an empty side: no link.
    package var notLinks = 0
    /// Rows of the previous image that are in the new one because of a rejected row (DESIGN §4).
    package var carried = 0
    /// Whether the input had a Command column.
    package var isChangeFeed = false
    /// Whether what the input does not name stays as it is: a change feed that does not name everything.
    package var leavesUnnamed = false

    /// Comparison of the two images.
    package var inserted = 0
    package var updated = 0
    package var deleted = 0
    package var unchanged = 0

    package var sorted = File(path: "", rows: 0, bytes: 0)
    package var delta: File?
    package var nullKeyRows = File(path: "", rows: 0, bytes: 0)
    package var duplicateRows = File(path: "", rows: 0, bytes: 0)
    package var rejectedRows: File?
    /// Only where rows were carried.
    package var carriedRows: File?
    /// Only of a change feed, where they were asked for.
    package var namedKeys: File?
    /// Of the new image, where digests were asked for.
    package var digest: Digest?

    package var bytesRead = 0
    package var seconds = 0.0

    package init() {}

    /// Rejected rows that this mapping lists.
    package var rejectedHere: Int { rejected - rejectedAlready }

    package var hasChanges: Bool { inserted + updated + deleted > 0 }
}
