/// How far an export is.
package struct ExportProgress: Sendable, Equatable {
    package var table: String
    /// Rows read, where the package counts them.
    package var rows: Int?
    package var byteCount: Int
    /// How many bytes there are to read, where known.
    package var totalByteCount: Int?

    package init(table: String, rows: Int? = nil, byteCount: Int, totalByteCount: Int? = nil) {
        self.table = table
        self.rows = rows
        self.byteCount = byteCount
        self.totalByteCount = totalByteCount
    }
}
