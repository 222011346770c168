extension ModelBuilder {
    /// `EntityPropertyExpression` and `MenuItem`.
    mutating func readExpressions() {
        for element in all("EntityPropertyExpression") { readExpression(element) }
        model.expressions.sort { $0.identifier < $1.identifier }
    }

    private mutating func readExpression(_ element: Element) {
        let values = element.values(ElementTable.declared("EntityPropertyExpression"))
        let (type, property) = (values.text("EntityType"), values.text("Property"))
        let (expression, binding) = (values["Expression"], values["Binding"])
        if (expression == nil) == (binding == nil) {
            let found = expression == nil ? "neither Expression nor Binding" : "Expression and Binding"
            error(element, "\(element.title) has \(found); give it exactly one")
        }
        if let known = entityType(type), property != "InternalDisplayName", !property.isEmpty {
            if known.property(property) == nil {
                error(
                    element,
                    "\(element.title) computes Property \"\(property)\", which EntityType \"\(type)\" does not have"
                        + NearestName.suggestion(
                            property, among: known.properties.map(\.identifier) + ["InternalDisplayName"],
                            otherwise: "declare it"))
            }
            if entityTypeMapping(type)?.properties.contains(where: { $0.identifier == property }) == true {
                error(
                    element,
                    "\(element.title) computes Property \"\(property)\", which EntityTypeMapping \"\(type)\" fills from a "
                        + "file; only synchronizations write mapped properties, remove one of the two")
            }
        }
        notice(element, "\(element.title) is not evaluated by this version; the property stays empty")
        model.expressions.append(
            EntityPropertyExpression(
                identifier: values.text("Identifier"), entityType: type, property: property, expression: expression,
                binding: binding, priority: values.int("Priority")))
    }

    mutating func readMenu() {
        var pending = all("MenuItem")
        while !pending.isEmpty {
            let element = pending.removeFirst()
            pending += element.children(named: "MenuItem")
            guard let type = element["EntityType"], !type.isEmpty else { continue }
            let identifier = element["Identifier"] ?? "Nav_\(type)"
            model.menuItems.append(
                MenuItem(
                    identifier: identifier,
                    displayName: element["DisplayName_L1"] ?? entityType(type)?.displayName ?? identifier,
                    entityType: type))
        }
        model.menuItems.sort { ($0.identifier, $0.entityType) < ($1.identifier, $1.entityType) }
    }
}
