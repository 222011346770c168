/// One export from beginning to end: settings checked, yesterday's files gone, the exporter run, its word checked, the
/// readable copies published.
///
/// Whatever fails, no file of this connection stays under a final name, in the job instance's folder or in
/// `ExportOutput`: prepare can never take an old file for a new one.
package struct ExportRun: Sendable {
    private let exporter: any Exporter
    private let request: ExportRequest
    private let published: PublishedFolder

    package init(_ exporter: any Exporter, request: ExportRequest, published: PublishedFolder) {
        self.exporter = exporter
        self.request = request
        self.published = published
    }

    package func run() async throws(ConnectorError) -> ExportedTables {
        try removeFiles()
        do throws(ConnectorError) {
            try checkSettings()
            try request.checkContinue()
            let exported = try await exporter.export(request)
            for table in exported.tables {
                try check(table)
                try published.publish(table)
            }
            return exported
        } catch {
            try removeFiles()
            throw error
        }
    }

    private func removeFiles() throws(ConnectorError) {
        try request.output.removeTables(of: request.connection)
        try published.removeTables(of: request.connection)
    }

    private func checkSettings() throws(ConnectorError) {
        let problems =
            request.settings.problems(fields: exporter.settings)
            + exporter.furtherProblems(in: request.settings)
        let errors = problems.filter { !$0.isNotice }
        guard !errors.isEmpty else { return }
        throw ConnectorError(
            .settings, place: "connection \"\(request.connection)\"",
            problem: (errors.count == 1 ? "a setting is wrong: " : "\(errors.count) settings are wrong: ")
                + errors.map(\.description).joined(separator: " | "),
            mend: "correct them in appsettings.agent.json")
    }

    /// A package writes only its own tables, and only into its folder.
    private func check(_ table: ExportedTable) throws(ConnectorError) {
        let owner = table.name.prefix { $0 != "_" }
        let expected = request.output.path(of: table.name + ".csv")
        guard owner == request.connection, !table.name.contains("/"), table.path == expected else {
            throw contractBroken("named \(table.path) for the table \(table.name), not \(expected)")
        }
        guard OpenedFile.isRegularFile(expected) else { throw contractBroken("wrote no file \(expected)") }
    }

    private func contractBroken(_ problem: String) -> ConnectorError {
        ConnectorError(
            .connector, place: "connection \"\(request.connection)\"",
            problem: "the package \(exporter.name) \(problem)", mend: "report this as a defect of the package")
    }
}
