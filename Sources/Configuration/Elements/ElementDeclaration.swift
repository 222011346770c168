/// One element of the element table: everything that parsing, validation, canonical form and the XSD know about it.
package struct ElementDeclaration: Sendable, Equatable {
    package enum Usage: Sendable, Equatable {
        case used
        /// Accepted with any attributes and children, stored, exported again, never resolved (REFERENCE §18).
        case kept
        /// Generates others when it is deployed (REFERENCE §6).
        case scaffolding
        /// A task that this version runs.
        case executedTask
        /// A task that ends as skipped, with that reason (REFERENCE §5).
        case skippedTask
    }

    package let name: String
    package let usage: Usage
    package let attributes: [AttributeDeclaration]
    package let children: [ElementDeclaration]
    /// Attributes and children that are not declared are accepted too.
    package let acceptsAnything: Bool
    /// The attributes that identify an item among its kind; empty: `Identifier`, or all of them.
    package let identity: [String]
    /// Whether exchanging two children means something.
    package let childOrderMatters: Bool
    private let attributesByName: [String: AttributeDeclaration]

    init(
        _ name: String, _ usage: Usage = .used, _ attributes: [AttributeDeclaration],
        children: [ElementDeclaration] = [], acceptsAnything: Bool = false, identity: [String] = [],
        childOrderMatters: Bool = false
    ) {
        self.name = name
        self.usage = usage
        self.attributes = attributes
        self.children = children
        self.acceptsAnything = acceptsAnything
        self.identity = identity
        self.childOrderMatters = childOrderMatters
        attributesByName = Dictionary(attributes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package func attribute(_ name: String) -> AttributeDeclaration? {
        attributesByName[name]
    }

    package func child(_ name: String) -> ElementDeclaration? {
        children.first { $0.name == name }
    }

    package var isTask: Bool { usage == .executedTask || usage == .skippedTask }
}
