internal import API
internal import Storage

/// A received file in its staging table.
struct StagedFile: Sendable {
    var mapping: String
    var table: SQL
    var hasCommand: Bool
    /// Without the header.
    var rows: Int
    var sha256: String
    /// It deletes the rows whose key no file can hold.
    var deletesUnusable = false
    /// Rows of the export that the file was made from: those of the agent's image without the carried ones.
    var exportRows: Int
}
