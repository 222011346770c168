import API
import ConnectorKit
import Foundation

/// What a connection's export gave, beside its files: so that a later step, or a later process, finds exactly these.
struct ExportRecord: Sendable {
    let folder: String
    let connection: String

    var path: String { "\(folder)/\(connection).export.json" }

    func write(_ exported: ExportedTables) throws {
        try Folders.write(JSONCoding.encoder().encode(exported), to: path)
    }

    /// nil: this run has no complete export of the connection.
    func read() throws -> ExportedTables? {
        guard let data = try Folders.read(path) else { return nil }
        return try? JSONCoding.decoder().decode(ExportedTables.self, from: data)
    }
}
