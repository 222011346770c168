/// What makes the images of two configurations comparable (DESIGN §4).
extension Model {
    /// A text that differs when a connector's mappings, formats, property types or columns, or the associations that it
    /// maps, differ, or when rows are hashed in another way. Sorted; the order of the XML, thresholds and display names
    /// change nothing. Callers hash it.
    package func fingerprintText(connector: String) -> String {
        // Digests by rules of before are of no use: a number that differs has both sides compute them anew.
        var lines = ["connector \(quoted(connector))", "row hashes 2"]
        for mapping in mappings(of: connector).sorted(by: { $0.identifier < $1.identifier }) {
            lines.append(
                "mapping \(quoted(mapping.identifier)) table \(quoted(mapping.table)) c0 \(quoted(mapping.c0))")
            let type = entityType(mapping.identifier)
            for property in mapping.properties.sorted(by: { $0.identifier < $1.identifier }) {
                let declared = type?.property(property.identifier)
                lines.append(
                    "property \(quoted(property.identifier)) from \(quoted(property.column)) primary "
                        + "\(property.isPrimaryKey) unique \(property.isUniqueKey) format \(quoted(property.format)) type "
                        + "\(declared?.type.rawValue ?? -1) column \(declared?.column ?? -1)")
            }
        }
        for mapping in associationMappings(of: connector).sorted(by: { $0.identifier < $1.identifier }) {
            lines.append(
                "association \(quoted(mapping.identifier)) table \(quoted(mapping.table)) c0 \(quoted(mapping.c0))")
            for side in [mapping.side1, mapping.side2] {
                lines.append("side \(quoted(side.key.description)) from \(quoted(side.column))")
            }
            guard let association = association(mapping.identifier) else { continue }
            let storage: String
            switch linkStorage(of: association) {
            case .column(let owner, _, let name): storage = "\(quoted(owner)) \(name)"
            case .links: storage = "links"
            }
            lines.append(
                "between \(quoted(association.property1.description)) \(association.isProperty1Collection) and "
                    + "\(quoted(association.property2.description)) \(association.isProperty2Collection) in \(storage)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// nil and the empty text differ.
    private func quoted(_ text: String?) -> String {
        text.map {
            "\"" + $0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
        }
            ?? "none"
    }
}
