import API
import ConnectorKit
import Foundation
import Jobs
import WeirConfiguration

/// Reads one connection into this run's folder (DESIGN §4, step 1).
struct ExportStep: Sendable {
    let environment: RunEnvironment
    let run: ConnectorRun
    let jobInstance: String

    func perform(connection identifier: String, isFull: Bool, progress: LatestProgress) async throws -> StepReport {
        let exporter = try exporter(of: identifier)
        let record = ExportRecord(folder: run.images.exportFolder(of: jobInstance), connection: identifier)
        // Until the new one is complete there is no record, so that prepare cannot take an older run's files.
        try Folders.make(record.folder)
        try Folders.remove(record.path)
        let isFull = isFull || run.image == nil
        let request = ExportRequest(
            connection: identifier, settings: environment.settings.section(of: identifier),
            tables: RequestedTable.tables(of: identifier, in: run.definition.model), isFull: isFull,
            cookies: isFull ? [:] : try cookies(of: identifier),
            sourceRoots: SourceRoots(environment.settings.sourcesRootPaths), output: OutputFolder(record.folder),
            progress: { progress.value = API.Progress(phase: "reading \($0.table)", rows: $0.rows ?? 0) })
        let exported = try await ExportRun(
            exporter, request: request, published: PublishedFolder(environment.workspace.exportOutput)
        ).run()
        try record.write(exported)
        let bytes = exported.tables.reduce(0) { $0 + $1.byteCount }
        var counters = ["files": exported.tables.count, "bytes": bytes]
        let rows = exported.tables.compactMap(\.rowCount).reduce(0, +)
        if rows > 0 { counters["rows"] = rows }
        let log = exported.tables.map { table in
            let rows = table.rowCount.map { "\($0) rows, " } ?? ""
            return "\(table.name): \(rows)\(table.byteCount) bytes\(table.isChangeFeed ? ", changes only" : "")"
        }
        return StepReport(
            outcome: exported.hasProduced ? .completed() : .noProcessing(), counters: counters, log: log)
    }

    private func exporter(of identifier: String) throws -> any Exporter {
        guard let connection = run.definition.connections.first(where: { $0.identifier == identifier }) else {
            throw AgentError(
                .usage,
                "The connector \"\(run.connector)\" has no connection \"\(identifier)\"; deploy the configuration anew."
            )
        }
        let package = Packages.find(connection.package)
        guard let exporter = package.flatMap({ environment.exporters[$0.name] }) else {
            throw AgentError(
                .usage,
                """
                Connection "\(identifier)": this version cannot read the package "\(connection.package)". It reads \
                \(environment.exporters.keys.sorted().joined(separator: ", ")).
                """)
        }
        return exporter
    }

    /// The cookies of the version that this run starts from: they advance with it only.
    private func cookies(of connection: String) throws -> [String: [UInt8]] {
        guard let image = run.image else { return [:] }
        let own = image.manifest.cookies.filter { $0.hasPrefix("\(connection)_cookie") }
        return try Dictionary(
            uniqueKeysWithValues: own.map { name in
                (name, Array(try Folders.read("\(image.folder)/\(name)") ?? Data()))
            })
    }
}

extension ConnectorDefinition {
    /// The definition as a model, for what is written for whole models.
    var model: Model {
        var model = Model()
        model.connectors = [connector]
        model.connections = connections
        model.entityTypes = entityTypes
        model.associations = associations
        model.entityTypeMappings = entityTypeMappings
        model.associationMappings = associationMappings
        return model
    }
}
