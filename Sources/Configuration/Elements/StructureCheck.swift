/// Holds elements against the element table: unknown names, missing attributes, values of the wrong type.
///
/// What it lets through, `known`, still may have had problems inside; the building goes on with it, so that all
/// problems of a deployment are said at once.
struct StructureCheck {
    private(set) var known: [Element] = []
    private(set) var problems: [Problem] = []
    /// Kept elements by name: where the first one is, and how many there are.
    private var kept: [String: (location: SourceLocation, count: Int)] = [:]

    static func check(_ elements: [Element]) -> StructureCheck {
        var check = StructureCheck()
        for element in elements {
            guard let declaration = ElementTable.declaration(of: element.name) else {
                check.report(
                    element,
                    "<\(element.name)> is no known element"
                        + NearestName.suggestion(element.name, among: ElementTable.names, otherwise: "remove it"))
                continue
            }
            check.visit(element, declaration, in: nil)
            check.known.append(element)
        }
        for (name, first) in check.kept.sorted(by: { $0.key < $1.key }) {
            let times = first.count == 1 ? "once" : "\(first.count) times"
            check.problems.append(
                Problem(.notice, at: first.location, "\(name) is kept, not used (it stands \(times) in the folder)"))
        }
        return check
    }

    private mutating func visit(_ element: Element, _ declaration: ElementDeclaration, in parent: Element?) {
        if declaration.usage == .kept, parent == nil, !(element.name == "MenuItem" && element["EntityType"] != nil) {
            kept[element.name] = kept[element.name].map { ($0.location, $0.count + 1) } ?? (element.location, 1)
        }
        attributes(of: element, declaration, in: parent)
        if !element.text.isEmpty, !declaration.acceptsAnything {
            report(element, "\(element.title) holds text; remove it, all values are attributes")
        }
        for child in element.children {
            if let known = declaration.child(child.name) {
                visit(child, known, in: element)
            } else if !declaration.acceptsAnything {
                report(
                    child,
                    "<\(child.name)> is no known child of \(element.title)"
                        + NearestName.suggestion(
                            child.name, among: declaration.children.map(\.name), otherwise: "remove it"))
            }
        }
    }

    private mutating func attributes(of element: Element, _ declaration: ElementDeclaration, in parent: Element?) {
        let title = parent.map { "\(element.title) of \($0.title)" } ?? element.title
        for attribute in element.attributes {
            guard let known = declaration.attribute(attribute.name) else {
                if !declaration.acceptsAnything {
                    report(
                        element,
                        "\(title) has the unknown attribute \(attribute.name)"
                            + NearestName.suggestion(
                                attribute.name, among: declaration.attributes.map(\.name), otherwise: "remove it"))
                }
                continue
            }
            guard known.type.canonical(attribute.value) == nil else { continue }
            report(
                element,
                "\(title) has \(attribute.name)=\"\(shown(attribute, known))\"; it must be "
                    + known.type.title + reason(attribute.value, known.type))
        }
        for required in declaration.attributes where required.isRequired && (element[required.name] ?? "").isEmpty {
            report(element, "\(title) has no \(required.name); add the attribute")
        }
    }

    /// A secret's hash is not repeated in messages.
    private func shown(_ attribute: Element.Attribute, _ declaration: AttributeDeclaration) -> String {
        declaration.type == .sha256 ? "…" : attribute.value
    }

    private func reason(_ value: String, _ type: ValueType) -> String {
        guard type == .cron, let problem = CronSyntax.problem(in: value) else { return "" }
        return " (\(problem))"
    }

    private mutating func report(_ element: Element, _ message: String) {
        problems.append(Problem(.error, at: element.location, message))
    }
}
