import API
import Delta

/// One mapping's image, to be compared with what the server holds.
struct ComparedImage: Sendable {
    var table: MappedTable
    var path: String
    var digest: Digest
    var rows: Int
    var carriedRows: Int

    init(_ table: MappedTable, _ result: PreparationResult) {
        self.table = table
        path = result.sorted.path
        digest = result.digest ?? Digest()
        rows = result.sorted.rows
        carriedRows = result.carried
    }

    /// Hashes the file anew.
    init(_ table: MappedTable, _ file: ImageFile, in folder: String) throws {
        self.table = table
        path = "\(folder)/\(file.name)"
        (digest, rows) = try table.shape.digest(of: path)
        carriedRows = file.carriedRows
    }

    /// The images of a manifest, hashed anew from their files.
    static func all(of manifest: ImageManifest, in folder: String, _ tables: [MappedTable]) async throws -> [Self] {
        try await offloaded {
            try tables.map { table in
                guard let file = manifest.files.first(where: { $0.mapping == table.mapping }) else {
                    throw AgentError(
                        .failed,
                        "\(folder): the image has no file of the mapping \"\(table.mapping)\"; run the job again.")
                }
                return try ComparedImage(table, file, in: folder)
            }
        }
    }
}
