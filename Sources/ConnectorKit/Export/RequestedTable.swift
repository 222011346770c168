import WeirConfiguration

/// A table that mappings read, with the columns that they use.
package struct RequestedTable: Sendable, Equatable {
    /// The CSV file's name without `.csv`.
    package var name: String
    /// Sorted, each once.
    package var columns: [String]
    /// The mappings' `C0`, sorted, each once; what they mean is the package's matter.
    package var c0: [String]

    package init(name: String, columns: [String], c0: [String] = []) {
        self.name = name
        self.columns = columns
        self.c0 = c0
    }

    /// The tables of a connection: `<identifier>` and `<identifier>_…`, by name. Identifiers of connections hold no
    /// `_` and have no case (REFERENCE §2).
    package static func tables(of connection: String, in model: Model) -> [RequestedTable] {
        var columns: [String: Set<String>] = [:]
        var c0: [String: Set<String>] = [:]
        func add(_ table: String, _ used: [String], _ mark: String?) {
            let owner = table.prefix { $0 != "_" }
            guard owner.lowercased() == connection.lowercased() else { return }
            columns[table, default: []].formUnion(used)
            c0[table, default: []].formUnion(mark.map { [$0] } ?? [])
        }
        for mapping in model.entityTypeMappings {
            add(mapping.table, mapping.properties.map(\.column), mapping.c0)
        }
        for mapping in model.associationMappings {
            add(mapping.table, [mapping.side1.column, mapping.side2.column], mapping.c0)
        }
        return columns.keys.sorted().map { name in
            RequestedTable(name: name, columns: (columns[name] ?? []).sorted(), c0: (c0[name] ?? []).sorted())
        }
    }
}
