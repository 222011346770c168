/// Every element that a configuration may hold: one table that drives reading, validation, suggestions, canonical form
/// and the XSD.
package enum ElementTable {
    /// The declared top-level elements, by name.
    package static let declarations: [String: ElementDeclaration] = Dictionary(
        uniqueKeysWithValues: (entities + connectors + jobs + tasks + access + scaffoldings + kept).map {
            ($0.name, $0)
        })

    /// All names, sorted: what suggestions choose from.
    package static let names: [String] = declarations.keys.sorted()

    /// The declaration of a top-level element; names that a wildcard of REFERENCE §18 covers are kept elements.
    package static func declaration(of name: String) -> ElementDeclaration? {
        declarations[name] ?? (isKeptByPattern(name) ? keptElement(name) : nil)
    }

    static func keptElement(_ name: String) -> ElementDeclaration {
        ElementDeclaration(name, .kept, [], acceptsAnything: true, childOrderMatters: true)
    }

    /// A declared top-level element; the table is written here, so its names are known.
    static func declared(_ name: String) -> ElementDeclaration {
        guard let found = declarations[name] else { preconditionFailure("the element table has no \(name)") }
        return found
    }
}
