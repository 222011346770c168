extension DeployedItem {
    init(_ element: Element) {
        self.init(
            kind: element.name, identity: Self.identity(of: element), xml: CanonicalXML.text(element),
            origin: element.generatedBy == nil ? .written : .scaffolded)
    }

    /// The identifier; the declared identifying attributes; else all attributes.
    static func identity(of element: Element) -> String {
        guard let declaration = ElementTable.declaration(of: element.name) else { return "" }
        if !declaration.identity.isEmpty {
            let values = declaration.identity.compactMap { element[$0] }.filter { !$0.isEmpty }
            return values.isEmpty ? element.name : values.joined(separator: "/")
        }
        if let identifier = element["Identifier"], !identifier.isEmpty { return identifier }
        return CanonicalXML.canonical(element, declaration).attributes.map { "\($0.name)=\($0.value)" }
            .joined(separator: ", ")
    }

    /// The items of elements, sorted by key. Association mappings get their association's name and the order of its
    /// sides from the model, so that what may be left out or exchanged changes nothing. Kept elements may share an
    /// identifier; they are told apart by their text.
    static func items(of elements: [Element], model: Model) -> [DeployedItem] {
        let mappings = Dictionary(
            model.associationMappings.map { ($0.identifier, $0) }, uniquingKeysWith: { first, _ in first })
        let plain = elements.map { DeployedItem(normalized($0, mappings)) }
        let shared = Dictionary(grouping: plain, by: \.key).filter { Set($0.value.map(\.xml)).count > 1 }
        var items: Set<DeployedItem> = []
        for var item in plain {
            if shared[item.key] != nil, ElementTable.declaration(of: item.kind)?.usage == .kept {
                item.identity += " #\(StableHash.text(item.xml))"
            }
            items.insert(item)
        }
        return items.sorted { ($0.key, $0.xml) < ($1.key, $1.xml) }
    }

    private static func normalized(
        _ element: Element, _ mappings: [String: EntityAssociationMapping]
    ) -> Element {
        guard element.name == "EntityAssociationMapping" else { return element }
        let mapping: EntityAssociationMapping?
        if let identifier = element["Identifier"], !identifier.isEmpty {
            mapping = mappings[identifier]
        } else {
            let values = element.values(ElementTable.declared(element.name))
            let connector = values.text("Connector")
            let written = [values.text("EntityPropertyMapping1"), values.text("EntityPropertyMapping2")].sorted()
            mapping = mappings.values.first { mapping in
                mapping.connector == connector
                    && written == [mapping.side1.key.description, mapping.side2.key.description].sorted()
            }
        }
        guard let mapping else { return element }
        var element = element
        element.set("Identifier", to: mapping.identifier)
        element.set("Column1", to: mapping.side1.column)
        element.set("Column2", to: mapping.side2.column)
        element.set("EntityPropertyMapping1", to: mapping.side1.key.description)
        element.set("EntityPropertyMapping2", to: mapping.side2.key.description)
        return element
    }
}
