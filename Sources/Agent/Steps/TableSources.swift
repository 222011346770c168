import API
import ConnectorKit
import Delta
import Foundation
import WeirConfiguration

/// Where this run's tables are (DESIGN §4, step 1).
///
/// A table whose connection is exported by this run must come from it: a failed export is never prepared from an old
/// file. Files that scripts put into `ExportOutput` are taken as they are.
struct TableSources: Sendable {
    private let environment: RunEnvironment
    private let run: ConnectorRun
    private let exported: Set<String>
    private let records: [String: ExportedTables]
    private let folder: String

    /// - Parameter exported: connections whose export belongs to this run.
    init(environment: RunEnvironment, run: ConnectorRun, jobInstance: String, exported: Set<String>) throws {
        self.environment = environment
        self.run = run
        self.exported = exported
        folder = run.images.exportFolder(of: jobInstance)
        var records: [String: ExportedTables] = [:]
        for connection in exported {
            records[connection] = try ExportRecord(folder: folder, connection: connection).read()
        }
        self.records = records
    }

    /// A table to prepare.
    struct Source: Sendable, Equatable {
        var path: String
        /// It holds changes only, and must have a command column.
        var isChangeFeed: Bool
        /// Whether this run exported it; else nobody knows what it holds before it is read.
        var isExported = true
    }

    func source(of table: String) throws -> Source {
        guard let connection = connection(of: table), exported.contains(connection.identifier) else {
            return try script(table)
        }
        guard let record = records[connection.identifier] else {
            throw AgentError(
                .failed,
                """
                The table "\(table)" belongs to the connection "\(connection.identifier)", which this run has not \
                exported. Mend that export (see its task), then run the job again: an older file is never used.
                """)
        }
        guard let found = record.tables.first(where: { $0.name == table }) else {
            let names = record.tables.map(\.name).sorted().joined(separator: ", ")
            throw AgentError(
                .failed,
                """
                The export of the connection "\(connection.identifier)" gave no table "\(table)"; it gave \(names). \
                Correct ConnectionTable of the mapping.
                """)
        }
        return Source(path: found.path, isChangeFeed: found.isChangeFeed)
    }

    /// The table with its connection's transformations applied, in a file of this run's.
    func transformed(_ table: String, _ source: Source) throws -> Source {
        let operations = (connection(of: table)?.transformations ?? []).filter { $0.table == table }
        guard !operations.isEmpty else { return source }
        try Folders.make("\(folder)/transformed")
        let output = "\(folder)/transformed/\(table).csv"
        try Transformer(operations.map(TableTransformation.init)).transform(from: source.path, to: output)
        return Source(path: output, isChangeFeed: source.isChangeFeed, isExported: source.isExported)
    }

    /// The pending cookies of this run's exports, by name.
    var cookies: [String: [UInt8]] {
        records.values.reduce(into: [:]) { $0.merge($1.pendingCookies) { first, _ in first } }
    }

    private func script(_ table: String) throws -> Source {
        let path = "\(environment.workspace.exportOutput)/\(table).csv"
        guard FileManager.default.fileExists(atPath: path) else {
            throw AgentError(
                .failed,
                """
                There is no file \(path), which a mapping of the connector "\(run.connector)" reads. Export it first, \
                or have your script write it there.
                """)
        }
        return Source(path: path, isChangeFeed: false, isExported: false)
    }

    /// Tables are named `<connection>` or `<connection>_…`; connection identifiers hold no `_` and have no case.
    private func connection(of table: String) -> Connection? {
        let owner = table.prefix { $0 != "_" }.lowercased()
        return run.definition.connections.first { $0.identifier.lowercased() == owner }
    }
}
