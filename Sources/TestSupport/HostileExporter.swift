import ConnectorKit

/// An exporter that breaks its contract.
package struct HostileExporter: Exporter {
    package enum Behaviour: Sendable {
        /// Names a file outside the folder that it was given.
        case namesFile(String)
        /// Writes and names the table of another connection.
        case writesTable(String)
        /// Names a table that it did not write.
        case writesNothing
        /// Completes its table, and fails then.
        case failsAfterWriting
        /// Begins a table, and fails then.
        case failsWhileWriting
    }

    private let behaviour: Behaviour

    package init(_ behaviour: Behaviour) {
        self.behaviour = behaviour
    }

    package var name: String { "Hostile" }
    package var settings: [SettingField] { [] }

    package static let failure = ConnectorError(
        .unreachable, place: "ldap.example", problem: "does not answer", mend: "look after it")

    package func export(_ request: ExportRequest) async throws(ConnectorError) -> ExportedTables {
        let own = request.connection
        switch behaviour {
        case .namesFile(let path):
            return tables([ExportedTable(name: own, path: path, byteCount: 1)])
        case .writesTable(let table):
            let file = try request.output.create(table + ".csv")
            try file.write("Id\n".utf8)
            try file.commit()
            return tables([ExportedTable(name: table, path: file.path, byteCount: 3)])
        case .writesNothing:
            return tables([ExportedTable(name: own, path: request.output.path(of: own + ".csv"), byteCount: 1)])
        case .failsAfterWriting:
            let file = try request.output.create(own + ".csv")
            try file.write("Id\n1\n".utf8)
            try file.commit()
            throw Self.failure
        case .failsWhileWriting:
            let file = try request.output.create(own + ".csv")
            try file.write("Id\n1".utf8)
            throw Self.failure
        }
    }

    private func tables(_ tables: [ExportedTable]) -> ExportedTables {
        ExportedTables(tables: tables, hasProduced: true)
    }
}
