/// The one spelling of an element: attributes sorted, defaults left out, booleans and enumerations by name, children
/// sorted where their order means nothing.
package enum CanonicalXML {
    package static func text(_ element: Element) -> String {
        guard let declaration = ElementTable.declaration(of: element.name) else { return print(element, indent: "") }
        return print(canonical(element, declaration), indent: "")
    }

    /// The element in canonical form.
    package static func canonical(_ element: Element, _ declaration: ElementDeclaration) -> Element {
        var result = element
        result.attributes = element.attributes.compactMap { canonical($0, of: element, declaration) }
            .sorted { $0.name < $1.name }
        result.children = element.children.map { child in
            guard let known = declaration.child(child.name) else {
                return canonical(child, ElementTable.keptElement(child.name))
            }
            return canonical(child, known)
        }
        if !declaration.childOrderMatters {
            result.children = result.children.map { ($0, print($0, indent: "")) }.sorted { $0.1 < $1.1 }.map(\.0)
        }
        return result
    }

    /// Other spellings of an attribute's name, by element.
    private static let aliases: [String: [String: String]] = [
        "EntityAssociationMapping": [
            "MaximumLinkInsertedLines": "MaximumInsertedLines", "MaximumLinkDeletedLines": "MaximumDeletedLines",
            "MaxLinkPercentageInsertedLines": "MaxPercentageInsertedLines",
            "MaxLinkPercentageDeletedLines": "MaxPercentageDeletedLines",
        ],
        "Step": ["Task": "Identifier"],
    ]

    private static func canonical(
        _ attribute: Element.Attribute, of element: Element, _ declaration: ElementDeclaration
    ) -> Element.Attribute? {
        var name = attribute.name
        if let alias = aliases[element.name]?[name] {
            if element[alias] != nil { return nil }
            name = alias
        }
        guard let known = declaration.attribute(name) else { return attribute }
        if attribute.value.isEmpty, known.reference != nil { return nil }
        var value = known.type.canonical(attribute.value) ?? attribute.value
        switch (element.name, name) {
        case ("EntityTypeMapping", "ConnectionTable"), ("EntityAssociationMapping", "ConnectionTable"),
            ("Transformation", "Table"):
            value = ConnectionTableName.canonical(value)
        case ("Connection", "Package"), ("ConnectorMappings", "Package"):
            value = Packages.canonical(value)
        case ("Entry", "Permission"), ("AccessControlPermission", "Identifier"):
            value = Permissions.normalized(value)
        default:
            break
        }
        if value == known.defaultValue { return nil }
        return Element.Attribute(name, value)
    }

    /// The element as XML, two spaces a level, without a line break at the end.
    static func print(_ element: Element, indent: String) -> String {
        var text = "\(indent)<\(element.name)"
        for attribute in element.attributes {
            text += " \(attribute.name)=\"\(escaped(attribute.value))\""
        }
        if element.children.isEmpty, element.text.isEmpty { return text + " />" }
        text += ">" + escaped(element.text)
        guard !element.children.isEmpty else { return text + "</\(element.name)>" }
        for child in element.children { text += "\n" + print(child, indent: indent + "  ") }
        return text + "\n\(indent)</\(element.name)>"
    }

    /// Line breaks and tabs as references, since a parser would read them as spaces in an attribute.
    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "\t", "\n", "\r": text += "&#\(scalar.value);"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
