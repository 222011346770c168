extension Element {
    /// Reads attributes by their declaration: canonical values, with the table's defaults. A value of the wrong type,
    /// which the structure check reported, reads as the default.
    struct Values {
        let element: Element
        let declaration: ElementDeclaration

        /// nil where the attribute is absent or empty and has no default.
        subscript(_ name: String) -> String? {
            guard let attribute = declaration.attribute(name) else { return element[name] }
            if let raw = element[name], !raw.isEmpty, let value = attribute.type.canonical(raw) { return value }
            return attribute.defaultValue
        }

        func text(_ name: String) -> String { self[name] ?? "" }

        func bool(_ name: String) -> Bool { self[name] == "true" }

        func int(_ name: String) -> Int { self[name].flatMap { Int($0) } ?? 0 }

        func double(_ name: String) -> Double? { self[name].flatMap { Double($0) } }

        func binding(_ name: String) -> PropertyBinding? { self[name].flatMap { PropertyBinding(text: $0) } }

        /// The number of an enumeration's value.
        func number(_ name: String) -> Int? {
            guard case .enumeration(let cases) = declaration.attribute(name)?.type else { return nil }
            return cases.first { $0.name == self[name] }?.number
        }

        /// DisplayName_L1, or the identifier.
        var displayName: String { self["DisplayName_L1"] ?? text("Identifier") }
    }

    func values(_ declaration: ElementDeclaration) -> Values { Values(element: self, declaration: declaration) }
}
