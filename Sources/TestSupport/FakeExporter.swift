import ConnectorKit

/// An exporter that writes what it was given.
package struct FakeExporter: Exporter {
    package let name: String
    package let settings: [SettingField]
    /// Contents by table, for instance `HRPeople`.
    private let tables: [String: String]
    private let cookies: [String: [UInt8]]
    private let hasProduced: Bool

    package init(
        name: String = "Fake", settings: [SettingField] = [], tables: [String: String],
        cookies: [String: [UInt8]] = [:], hasProduced: Bool = true
    ) {
        self.name = name
        self.settings = settings
        self.tables = tables
        self.cookies = cookies
        self.hasProduced = hasProduced
    }

    package func export(_ request: ExportRequest) async throws(ConnectorError) -> ExportedTables {
        var exported: [ExportedTable] = []
        for (table, text) in tables.sorted(by: { $0.key < $1.key }) {
            try request.checkContinue()
            let file = try request.output.create(table + ".csv")
            try file.write(text.utf8)
            try file.commit()
            exported.append(ExportedTable(name: table, path: file.path, byteCount: file.byteCount))
        }
        return ExportedTables(tables: exported, pendingCookies: cookies, hasProduced: hasProduced)
    }
}
