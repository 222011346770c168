extension ModelBuilder {
    /// `EntityAssociationMapping`, its sides brought into the association's order (REFERENCE §4).
    mutating func readAssociationMappings() {
        var seen: [String: Element] = [:]
        for element in all("EntityAssociationMapping") {
            guard let mapping = readAssociationMapping(element) else { continue }
            if let first = seen[mapping.identifier] {
                // Two that both write the Identifier have been reported with the other identifiers.
                if element["Identifier"] == nil || first["Identifier"] == nil {
                    error(
                        element,
                        "EntityAssociation \"\(mapping.identifier)\" is mapped twice: here and at \(Self.place(first)); "
                            + "remove one")
                }
                continue
            }
            seen[mapping.identifier] = element
            model.associationMappings.append(mapping)
        }
        model.associationMappings.sort { $0.identifier < $1.identifier }
    }

    private mutating func readAssociationMapping(_ element: Element) -> EntityAssociationMapping? {
        let values = element.values(ElementTable.declared("EntityAssociationMapping"))
        let connector = values.text("Connector")
        guard let key1 = values.binding("EntityPropertyMapping1"), let key2 = values.binding("EntityPropertyMapping2")
        else { return nil }
        let written1 = EntityAssociationMapping.Side(column: values.text("Column1"), key: key1)
        let written2 = EntityAssociationMapping.Side(column: values.text("Column2"), key: key2)
        for (number, side) in [(1, written1), (2, written2)] {
            checkKey(side.key, named: "EntityPropertyMapping\(number)", connector: connector, element)
        }
        let table = ConnectionTableName.canonical(values.text("ConnectionTable"))
        checkTable(table, connector: connector, element)
        guard let association = association(of: element, written1.key, written2.key) else { return nil }

        let types = (association.property1.entityType, association.property2.entityType)
        let isExchanged = types.0 != types.1 && key1.entityType == types.1 && key2.entityType == types.0
        let (side1, side2) = isExchanged ? (written2, written1) : (written1, written2)
        guard side1.key.entityType == types.0, side2.key.entityType == types.1 else {
            error(
                element,
                "\(element.title) maps keys of \(key1.entityType) and \(key2.entityType), but EntityAssociation "
                    + "\"\(association.identifier)\" is between \(types.0) and \(types.1); correct EntityPropertyMapping1 "
                    + "and 2")
            return nil
        }
        var thresholds = values.thresholds()
        thresholds.maximumInserted = max(thresholds.maximumInserted, values.int("MaximumLinkInsertedLines"))
        thresholds.maximumDeleted = max(thresholds.maximumDeleted, values.int("MaximumLinkDeletedLines"))
        thresholds.percentageInserted = max(
            thresholds.percentageInserted, values.int("MaxLinkPercentageInsertedLines"))
        thresholds.percentageDeleted = max(thresholds.percentageDeleted, values.int("MaxLinkPercentageDeletedLines"))
        checkBothSpellings(element)
        return EntityAssociationMapping(
            identifier: association.identifier, connector: connector, table: table, c0: values["C0"], side1: side1,
            side2: side2, thresholds: thresholds, percentageRejectedRows: values.int("MaxPercentageRejectedRows"))
    }

    private mutating func checkBothSpellings(_ element: Element) {
        let spellings = [
            ("MaximumInsertedLines", "MaximumLinkInsertedLines"), ("MaximumDeletedLines", "MaximumLinkDeletedLines"),
            ("MaxPercentageInsertedLines", "MaxLinkPercentageInsertedLines"),
            ("MaxPercentageDeletedLines", "MaxLinkPercentageDeletedLines"),
        ]
        for (plain, link) in spellings {
            guard let one = element[plain], let other = element[link], one != other else { continue }
            error(
                element, "\(element.title) has \(plain)=\"\(one)\" and \(link)=\"\(other)\", the same limit; keep one")
        }
    }

    /// The association that the Identifier names, or the only one between the two entity types.
    private mutating func association(
        of element: Element, _ key1: PropertyBinding, _ key2: PropertyBinding
    ) -> EntityAssociation? {
        if let identifier = element["Identifier"], !identifier.isEmpty {
            return model.associations.first { $0.identifier == identifier }
        }
        let wanted = [key1.entityType, key2.entityType].sorted()
        let candidates = model.associations.filter {
            [$0.property1.entityType, $0.property2.entityType].sorted() == wanted
        }
        let between = "between \(key1.entityType) and \(key2.entityType)"
        switch candidates.count {
        case 1: return candidates.first
        case 0:
            error(
                element,
                "EntityAssociationMapping has no Identifier, and there is no EntityAssociation \(between); declare it")
        default:
            let names = candidates.map { "\"\($0.identifier)\"" }.joined(separator: ", ")
            error(
                element,
                "EntityAssociationMapping has no Identifier, and \(candidates.count) associations are \(between): "
                    + "\(names); name one in Identifier")
        }
        return nil
    }

    /// The key must be a primary or unique key of a mapping of the same connector: digests are over pairs of keys that
    /// both sides know (DESIGN §6).
    private mutating func checkKey(
        _ key: PropertyBinding, named name: String, connector: String, _ element: Element
    ) {
        guard let type = entityType(key.entityType) else {
            error(
                element,
                "\(element.title) names the EntityType \"\(key.entityType)\" in \(name), which does not exist"
                    + NearestName.suggestion(
                        key.entityType, among: index.identifiers("EntityType"), otherwise: "declare it"))
            return
        }
        guard type.property(key.property) != nil else {
            error(
                element,
                "\(element.title) names \(key) in \(name), but EntityType \"\(key.entityType)\" has no such property"
                    + NearestName.suggestion(
                        key.property, among: type.properties.map(\.identifier), otherwise: "declare it"))
            return
        }
        guard let mapping = entityTypeMapping(key.entityType) else {
            error(
                element,
                "\(element.title) names \(key) in \(name), but EntityType \"\(key.entityType)\" has no "
                    + "EntityTypeMapping; add one to Connector \"\(connector)\"")
            return
        }
        guard mapping.connector == connector else {
            error(
                element,
                "\(element.title) names \(key) in \(name), whose mapping belongs to Connector \"\(mapping.connector)\"; "
                    + "both ends must belong to mappings of its own Connector \"\(connector)\"")
            return
        }
        guard
            mapping.properties.contains(where: { $0.identifier == key.property && ($0.isPrimaryKey || $0.isUniqueKey) })
        else {
            error(
                element,
                "\(element.title) names \(key) in \(name), which is no key of its mapping; mark it IsUniqueKey in "
                    + "EntityTypeMapping \"\(key.entityType)\", or name its primary key")
            return
        }
    }
}
