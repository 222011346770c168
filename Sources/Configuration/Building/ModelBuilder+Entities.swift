extension ModelBuilder {
    /// Entity types, then associations, then what only both together can say about columns (REFERENCE §3).
    mutating func readEntities() {
        for element in all("EntityType") { readEntityType(element) }
        model.entityTypes.sort { $0.identifier < $1.identifier }
        typeIndex = Dictionary(
            model.entityTypes.enumerated().map { ($0.element.identifier, $0.offset) },
            uniquingKeysWith: { first, _ in first })
        for element in all("EntityAssociation") { readAssociation(element) }
        model.associations.sort { $0.identifier < $1.identifier }
        for element in all("EntityType") { checkColumns(of: element) }
    }

    private mutating func readEntityType(_ element: Element) {
        let values = element.values(ElementTable.declared("EntityType"))
        let identifier = values.text("Identifier")
        guard !identifier.isEmpty else { return }
        if let problem = ReservedWords.problem(with: identifier) { error(element, "\(element.title) \(problem)") }
        guard let declaration = ElementTable.declared("EntityType").child("Property") else { return }
        var properties: [Property] = []
        var seen: [String: Element] = [:]
        for child in element.children(named: "Property") {
            let values = child.values(declaration)
            let name = values.text("Identifier")
            guard !name.isEmpty else { continue }
            let title = "Property \"\(name)\" of \(element.title)"
            if let problem = ReservedWords.problem(with: name) { error(child, "\(title) \(problem)") }
            if let first = seen[name] {
                error(child, "\(title) is declared twice: here and at \(first.location); remove one")
                continue
            }
            seen[name] = child
            let type = values.number("Type").flatMap(PropertyType.init(rawValue:)) ?? .string
            let column = values.int("TargetColumnIndex")
            properties.append(
                Property(
                    identifier: name, displayName: values.displayName, type: type, column: column < 0 ? nil : column,
                    isKey: values.bool("IsKey"), isNavigation: type == .foreignKey || (type == .int64 && column >= 128))
            )
        }
        if !properties.contains(where: \.isKey) {
            error(
                element, "\(element.title) has no property with IsKey=\"true\"; mark the one that identifies a resource"
            )
        }
        guard typeIndex.updateValue(0, forKey: identifier) == nil else { return }
        model.entityTypes.append(
            EntityType(identifier: identifier, displayName: values.displayName, properties: properties))
    }

    private mutating func readAssociation(_ element: Element) {
        let values = element.values(ElementTable.declared("EntityAssociation"))
        let identifier = values.text("Identifier")
        guard let property1 = values.binding("Property1"), let property2 = values.binding("Property2") else { return }
        let ends = [("Property1", property1), ("Property2", property2)]
        for (name, binding) in ends { markNavigation(binding, named: name, by: element) }
        if property1 == property2 {
            error(element, "\(element.title) names \(property1) twice; Property2 is the way back, another property")
        }
        if index.find("EntityAssociation", identifier) != element { return }
        let association = EntityAssociation(
            identifier: identifier, displayName: values.displayName, property1: property1, property2: property2,
            isProperty1Collection: values.bool("IsProperty1Collection"),
            isProperty2Collection: values.bool("IsProperty2Collection"))
        model.associations.append(association)
        for (_, binding) in ends where associationsByEnd[binding] == nil { associationsByEnd[binding] = association }
    }

    private mutating func markNavigation(_ binding: PropertyBinding, named name: String, by element: Element) {
        guard let type = typeIndex[binding.entityType] else {
            error(
                element,
                "\(element.title) names the EntityType \"\(binding.entityType)\" in \(name), which does not exist"
                    + NearestName.suggestion(
                        binding.entityType, among: index.identifiers("EntityType"), otherwise: "declare it"))
            return
        }
        let properties = model.entityTypes[type].properties
        guard let property = properties.firstIndex(where: { $0.identifier == binding.property }) else {
            error(
                element,
                "\(element.title) names \(binding) in \(name), but EntityType \"\(binding.entityType)\" has no such "
                    + "property"
                    + NearestName.suggestion(
                        binding.property, among: properties.map(\.identifier), otherwise: "declare it"))
            return
        }
        if let other = associationsByEnd[binding], other.identifier != element["Identifier"] {
            error(
                element,
                "\(element.title) names \(binding) in \(name), which EntityAssociation \"\(other.identifier)\" already "
                    + "uses; give each association its own properties")
        }
        if properties[property].isKey {
            error(
                element,
                "\(element.title) names \(binding) in \(name), which is a key (IsKey); a navigation cannot be one")
        }
        model.entityTypes[type].properties[property].isNavigation = true
    }

    private mutating func checkColumns(of element: Element) {
        guard let type = element["Identifier"].flatMap({ typeIndex[$0] }).map({ model.entityTypes[$0] }) else { return }
        let places = Dictionary(
            element.children(named: "Property").map { ($0["Identifier"] ?? "", $0) },
            uniquingKeysWith: { first, _ in first })
        var owners: [Int: String] = [:]
        for property in type.properties {
            guard let place = places[property.identifier] else { continue }
            let title = "Property \"\(property.identifier)\" of \(element.title)"
            checkKind(of: property, in: type, title: title, at: place)
            guard let column = property.column else { continue }
            if let owner = owners[column] {
                error(
                    place,
                    "\(title) has TargetColumnIndex \(column), which Property \"\(owner)\" already has; "
                        + "use a free index")
            }
            owners[column] = owners[column] ?? property.identifier
        }
    }

    private mutating func checkKind(of property: Property, in type: EntityType, title: String, at place: Element) {
        let binding = PropertyBinding(entityType: type.identifier, property: property.identifier)
        if property.isNavigation {
            guard let association = associationsByEnd[binding] else {
                if property.isKey {
                    error(place, "\(title) is a navigation and a key (IsKey); a navigation cannot be one")
                }
                notice(place, "\(title) is a navigation that no EntityAssociation names; it stays empty")
                return
            }
            let isCollection =
                association.property1 == binding ? association.isProperty1Collection : association.isProperty2Collection
            if isCollection, let column = property.column {
                error(
                    place,
                    "\(title) has TargetColumnIndex \(column), but EntityAssociation \"\(association.identifier)\" makes "
                        + "it a collection, which no column holds; remove the index")
            }
            return
        }
        switch (property.type, property.column) {
        case (.binary, let column?):
            error(place, "\(title) is Binary and has TargetColumnIndex \(column); binary values have none, remove it")
        case (_, let column?) where column >= 128:
            error(
                place,
                "\(title) has TargetColumnIndex \(column), which is for navigations; a scalar uses 0 to 127, a "
                    + "navigation needs an EntityAssociation")
        case (.binary, nil):
            break
        case (_, nil):
            if property.isKey {
                error(place, "\(title) is a key and has no TargetColumnIndex; give it one from 0 to 127")
            } else {
                notice(place, "\(title) has no TargetColumnIndex and no EntityAssociation; it stays empty")
            }
        case (_, _?):
            break
        }
    }
}
