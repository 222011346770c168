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
        let record = ExportRecord(folder: run.images.exportFolder(of: jobInstance), connection: identifier)
        // Until the new one is complete there is no record, so that prepare cannot take an older run's files.
        try Folders.make(record.folder)
        try Folders.remove(record.path)
        let source = ExportSource(environment: environment, definition: run.definition, image: run.image)
        let exported = try await source.export(
            connection: identifier, isFull: isFull, into: record.folder,
            progress: { progress.value = API.Progress(phase: "reading \($0.table)", rows: $0.rows ?? 0) })
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
