import API
import ConnectorKit
import Foundation
import WeirConfiguration

/// A connector's connections, as far as exporting them needs: who reads a connection, from which cookies, where to.
struct ExportSource: Sendable {
    let environment: RunEnvironment
    let definition: ConnectorDefinition
    /// The image that a change feed's changes can be applied to; nil: everything is read.
    let image: Image?

    /// Reads one connection into `folder` and publishes the readable copies.
    func export(
        connection identifier: String, isFull: Bool, into folder: String,
        progress: @escaping @Sendable (ExportProgress) -> Void
    ) async throws -> ExportedTables {
        let exporter = try exporter(of: identifier)
        let isFull = isFull || image == nil
        let request = ExportRequest(
            connection: identifier, settings: environment.settings.section(of: identifier),
            tables: RequestedTable.tables(of: identifier, in: definition.model), isFull: isFull,
            cookies: isFull ? [:] : try cookies(of: identifier),
            sourceRoots: SourceRoots(environment.settings.sourcesRootPaths), output: OutputFolder(folder),
            progress: progress)
        return try await ExportRun(
            exporter, request: request, published: PublishedFolder(environment.workspace.exportOutput)
        ).run()
    }

    private func exporter(of identifier: String) throws -> any Exporter {
        guard let connection = definition.connections.first(where: { $0.identifier == identifier }) else {
            throw AgentError(
                .usage,
                """
                The connector "\(definition.connector.identifier)" has no connection "\(identifier)"; deploy the \
                configuration anew.
                """)
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

    /// The cookies of the version that this export starts from: they advance with it only.
    private func cookies(of connection: String) throws -> [String: [UInt8]] {
        guard let image else { return [:] }
        let own = image.manifest.cookies.filter { $0.hasPrefix("\(connection)_cookie") }
        return try Dictionary(
            uniqueKeysWithValues: own.map { name in
                (name, Array(try Folders.read("\(image.folder)/\(name)") ?? Data()))
            })
    }
}
