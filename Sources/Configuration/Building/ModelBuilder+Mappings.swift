extension ModelBuilder {
    /// `EntityTypeMapping` (REFERENCE §4, §13).
    mutating func readMappings() {
        for element in all("EntityTypeMapping") { readMapping(element) }
        model.entityTypeMappings.sort { $0.identifier < $1.identifier }
        mappingIndex = Dictionary(
            model.entityTypeMappings.enumerated().map { ($0.element.identifier, $0.offset) },
            uniquingKeysWith: { first, _ in first })
    }

    private mutating func readMapping(_ element: Element) {
        let declaration = ElementTable.declared("EntityTypeMapping")
        let values = element.values(declaration)
        let identifier = values.text("Identifier")
        guard !identifier.isEmpty, let child = declaration.child("Property") else { return }
        if index.find("EntityTypeMapping", identifier) != element { return }
        let type = entityType(identifier)
        var properties: [PropertyMapping] = []
        var seen: [String: Element] = [:]
        for property in element.children(named: "Property") {
            let values = property.values(child)
            let name = values.text("Identifier")
            guard !name.isEmpty else { continue }
            if let first = seen[name] {
                error(
                    property,
                    "Property \"\(name)\" of \(element.title) is mapped twice: here and at \(first.location); remove one"
                )
                continue
            }
            seen[name] = property
            let isMapped = checkMapped(name, of: type, property, in: element)
            let mapping = PropertyMapping(
                identifier: name, column: values.text("ConnectionColumn"), isPrimaryKey: values.bool("IsPrimaryKey"),
                isUniqueKey: values.bool("IsUniqueKey"), format: values["Format"])
            if isMapped { properties.append(mapping) }
        }
        checkKeys(of: element)
        let table = ConnectionTableName.canonical(values.text("ConnectionTable"))
        checkTable(table, connector: values.text("Connector"), element)
        model.entityTypeMappings.append(
            EntityTypeMapping(
                identifier: identifier, connector: values.text("Connector"), table: table, c0: values["C0"],
                properties: properties.sorted { $0.identifier < $1.identifier }, thresholds: values.thresholds(),
                safeguards: Safeguards(
                    maximumEmptiedValues: values.int("MaximumEmptiedValues"),
                    percentageEmptiedValues: values.int("MaxPercentageEmptiedValues"),
                    minimumPercentageRows: values.int("MinPercentageRows"),
                    percentageChurnedKeys: values.int("MaxPercentageChurnedKeys")),
                percentageRejectedRows: values.int("MaxPercentageRejectedRows")))
    }

    /// Whether the property can hold a value of a file.
    private mutating func checkMapped(
        _ name: String, of type: EntityType?, _ element: Element, in mapping: Element
    ) -> Bool {
        guard let type else { return true }
        let title = "Property \"\(name)\" of \(mapping.title)"
        guard let property = type.property(name) else {
            error(
                element,
                "\(title) does not exist in its entity type"
                    + NearestName.suggestion(name, among: type.properties.map(\.identifier), otherwise: "declare it"))
            return true
        }
        if property.isNavigation {
            error(element, "\(title) is a navigation; map it with an EntityAssociationMapping")
            return false
        }
        if property.type == .binary {
            notice(element, "\(title) is Binary; binary values are not synchronized by this version")
            return false
        }
        if property.column == nil {
            error(element, "\(title) has no column in its entity type; give the property a TargetColumnIndex there")
        }
        return true
    }

    private mutating func checkKeys(of element: Element) {
        let children = element.children(named: "Property")
        func isTrue(_ child: Element, _ name: String) -> Bool {
            child[name].flatMap { ValueType.bool.canonical($0) } == "true"
        }
        let primary = children.filter { isTrue($0, "IsPrimaryKey") }
        if primary.isEmpty {
            error(
                element,
                "\(element.title) has no IsPrimaryKey property; mark the column that identifies a "
                    + Self.noun(element["Identifier"] ?? ""))
        } else if primary.count > 1 {
            let names = primary.map { "\"\($0["Identifier"] ?? "")\" (\($0.location))" }.joined(separator: ", ")
            error(element, "\(element.title) has \(primary.count) IsPrimaryKey properties, \(names); keep one")
        }
        let unique = children.filter { isTrue($0, "IsUniqueKey") && !isTrue($0, "IsPrimaryKey") }
        if unique.count > 3 {
            error(
                element,
                "\(element.title) has \(unique.count) IsUniqueKey properties besides the primary key; three are the most"
            )
        }
        let duplicates = Dictionary(grouping: primary + unique) { $0["ConnectionColumn"] ?? "" }
        for (column, keys) in duplicates.sorted(by: { $0.key < $1.key }) where keys.count > 1 && !column.isEmpty {
            notice(element, "\(element.title) has \(keys.count) keys on the column \"\(column)\"")
        }
    }

    /// `person` for `HR_Person`.
    private static func noun(_ identifier: String) -> String {
        let last = identifier.split(separator: "_").last.map(String.init) ?? ""
        return last.isEmpty ? "resource" : last.lowercased()
    }

    /// A table that no connection of the connector writes is a notice: a script may write it.
    mutating func checkTable(_ table: String, connector: String, _ element: Element) {
        guard !table.isEmpty, model.connectors.contains(where: { $0.identifier == connector }) else { return }
        let connections = model.connections.filter { $0.connector == connector }
        let isWritten = connections.contains { connection in
            Packages.find(connection.package)?.mayWrite(table: table, connection: connection.identifier) ?? true
        }
        guard !isWritten else { return }
        notice(
            element,
            "\(element.title) reads the ConnectionTable \"\(table)\", which belongs to no connection of Connector "
                + "\"\(connector)\""
                + NearestName.suggestion(
                    table, among: connections.map(\.identifier), otherwise: "a script must write \(table).csv"))
    }
}
