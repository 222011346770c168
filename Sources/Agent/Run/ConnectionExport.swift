import API
import ConnectorKit
import Foundation
import WeirConfiguration

/// The tool Export-<package>: one connection's tables into `Temp/ExportOutput`, outside of any job (REFERENCE §10, §15).
///
/// Cookies of change feeds belong to versions (DESIGN §4): it starts from those of this installation's image and keeps
/// none, so that exporting twice gives the same twice.
package struct ConnectionExport: Sendable {
    let environment: RunEnvironment

    package init(environment: RunEnvironment) {
        self.environment = environment
    }

    /// - Parameter ignoresCookies: everything is read, not what changed since the version that the server has.
    /// - Returns: the readable copies' paths, by table.
    /// - Throws: `AgentError` with `usage` when no connector has the connection or its package cannot be read, what the
    ///   package throws otherwise.
    package func perform(
        connection: String, ignoresCookies: Bool, progress: @escaping @Sendable (ExportProgress) -> Void
    ) async throws -> [(table: ExportedTable, path: String)] {
        let state = try await state(with: connection)
        let images = ImageStore(folder: environment.workspace.collect(state.definition.connector.identifier))
        let current = try images.current()
        let isCurrent = current?.manifest.version == state.version && current?.manifest.fingerprint == state.fingerprint
        let source = ExportSource(
            environment: environment, definition: state.definition, image: isCurrent ? current : nil)
        let folder = "\(environment.workspace.tempFolder)/Export-\(environment.makeIdentifier())"
        try Folders.make(folder)
        defer { try? Folders.remove(folder) }
        let exported = try await source.export(
            connection: connection, isFull: ignoresCookies, into: folder, progress: progress)
        return exported.tables.map { ($0, "\(environment.workspace.exportOutput)/\($0.name).csv") }
    }

    /// The connector that has the connection; identifiers of connections have no case.
    private func state(with connection: String) async throws -> ConnectorState {
        var known: [String] = []
        for connector in try await environment.client.connectors().items {
            let state = try await environment.client.connectorState(connector.identifier)
            let identifiers = state.definition.connections.map(\.identifier)
            if identifiers.contains(connection) { return state }
            known += identifiers
        }
        throw AgentError(
            .usage,
            """
            There is no connection "\(connection)" in the deployed configuration; it has \
            \(known.isEmpty ? "none" : known.sorted().joined(separator: ", ")). Correct --connection, or deploy.
            """)
    }
}
