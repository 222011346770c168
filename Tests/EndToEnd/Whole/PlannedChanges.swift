import Storage

/// What a simulated session says that it would change: its change rows, as an auditor reads them.
struct PlannedChanges: Sendable {
    private var rows: [(type: String, operation: String, key: String, values: [String: String])] = []
    private var pairs: [(association: String, operation: String, pair: [String])] = []

    static func read(
        session: String, _ database: any Database, _ configuration: WholeConfiguration
    ) async throws -> PlannedChanges {
        try await database.read { transaction in
            var planned = PlannedChanges()
            for row in try transaction.rows("SELECT * FROM UR_ResourceChanges WHERE Session = \(session) ORDER BY Id") {
                let type = try row.string("Mapping")
                let mapped = Set(configuration.columns(type).map(\.property))
                var values: [String: String] = [:]
                for stored in WholeConfiguration.properties[type] ?? [] where mapped.contains(stored.property) {
                    values[stored.property] = try row.optionalString(StoredContent.column(stored.place))
                }
                planned.rows.append(
                    (
                        type, try row.string("Operation"), try row.optionalString("KeyValue") ?? StoredContent.noKey,
                        values
                    ))
            }
            for row in try transaction.rows(
                "SELECT Mapping, Operation, Key1, Key2 FROM UR_ResourceLinkChanges WHERE Session = \(session)")
            {
                planned.pairs.append(
                    (
                        try row.string("Mapping"), try row.string("Operation"),
                        [try row.string("Key1"), try row.string("Key2")]
                    ))
            }
            return planned
        }
    }

    /// What it would make of a content.
    func applied(to content: WholeModel) -> WholeModel {
        var content = content
        for row in rows {
            content.rows[row.type, default: [:]][row.key] = row.operation == "delete" ? nil : row.values
        }
        for change in pairs {
            if change.operation == "delete" {
                content.pairs[change.association]?.remove(change.pair)
            } else {
                content.pairs[change.association, default: []].insert(change.pair)
            }
        }
        return content
    }
}
