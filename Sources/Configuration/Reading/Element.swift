/// One XML element with its place. Attributes keep their order; attributes of other namespaces (`xsi:…`) are left out.
package struct Element: Sendable, Equatable {
    package struct Attribute: Sendable, Equatable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package var name: String
    package var attributes: [Attribute]
    package var children: [Element]
    /// The character data between the tags, without white space at both ends.
    package var text: String
    package var location: SourceLocation
    /// The scaffolding that generated the element, as messages name it; nil: somebody wrote it.
    package var generatedBy: String?

    package init(
        _ name: String, _ attributes: [Attribute] = [], children: [Element] = [], text: String = "",
        location: SourceLocation = SourceLocation(file: "", line: 0), generatedBy: String? = nil
    ) {
        self.name = name
        self.attributes = attributes
        self.children = children
        self.text = text
        self.location = location
        self.generatedBy = generatedBy
    }

    /// The value of an attribute, or nil where it is absent.
    package subscript(_ attribute: String) -> String? {
        attributes.first { $0.name == attribute }?.value
    }

    package func children(named name: String) -> [Element] {
        children.filter { $0.name == name }
    }

    package mutating func set(_ attribute: String, to value: String) {
        if let index = attributes.firstIndex(where: { $0.name == attribute }) {
            attributes[index].value = value
        } else {
            attributes.append(Attribute(attribute, value))
        }
    }

    package mutating func remove(_ attribute: String) {
        attributes.removeAll { $0.name == attribute }
    }

    /// How messages name the element: `EntityTypeMapping "HR_Person"`, or its name alone where it has no identifier.
    package var title: String {
        self["Identifier"].map { "\(name) \"\($0)\"" } ?? name
    }
}
