/// What differs between two versions of an item, in words for the plan's lines.
enum ItemDifference {
    static func describe(_ old: DeployedItem, _ new: DeployedItem) throws -> [String] {
        guard let before = try ConfigurationFolder.elements(of: [old]).first,
            let after = try ConfigurationFolder.elements(of: [new]).first
        else { return ["content"] }
        return describe(before, after, ElementTable.declaration(of: new.kind), prefix: "")
    }

    private static func describe(
        _ old: Element, _ new: Element, _ declaration: ElementDeclaration?, prefix: String
    ) -> [String] {
        var lines: [String] = []
        for name in Set((old.attributes + new.attributes).map(\.name)).sorted() where old[name] != new[name] {
            let attribute = declaration?.attribute(name)
            if attribute?.type == .sha256 {
                lines.append("\(prefix)\(name) changed")
            } else {
                lines.append("\(prefix)\(name) \(shown(old[name], attribute)) → \(shown(new[name], attribute))")
            }
        }
        if old.text != new.text { lines.append("\(prefix)text changed") }
        return lines + children(old, new, declaration, prefix: prefix)
    }

    private static func children(
        _ old: Element, _ new: Element, _ declaration: ElementDeclaration?, prefix: String
    ) -> [String] {
        let (before, after) = (named(old.children), named(new.children))
        let (beforeNames, afterNames) = (before.map(\.name), after.map(\.name))
        let removed = beforeNames.filter { !afterNames.contains($0) }.map { "\(prefix)\($0) removed" }
        var lines: [String] = []
        for (name, child) in after {
            guard let match = before.first(where: { $0.name == name }) else {
                lines.append("\(prefix)\(name) added")
                continue
            }
            lines += describe(match.child, child, declaration?.child(child.name), prefix: "\(prefix)\(name) ")
        }
        let common = Set(beforeNames).intersection(afterNames)
        if beforeNames.filter(common.contains) != afterNames.filter(common.contains) {
            lines.append("\(prefix)order of the children changed")
        }
        return removed + lines
    }

    /// Children by a name of their own: `Property "LastName"`, or their whole content where they have no identifier.
    private static func named(_ children: [Element]) -> [(name: String, child: Element)] {
        var counts: [String: Int] = [:]
        return children.map { child in
            let key = ["Identifier", "Permission", "ParentTask", "EntityType"].compactMap { child[$0] }.first
            let title = key.map { "\(child.name) \"\($0)\"" } ?? child.name
            counts[title, default: 0] += 1
            let number = counts[title] ?? 1
            return (number == 1 ? title : "\(title) (\(number))", child)
        }
    }

    private static func shown(_ value: String?, _ attribute: AttributeDeclaration?) -> String {
        guard let value = value ?? attribute?.defaultValue else { return "none" }
        switch attribute?.type {
        case .int, .double, .bool, .enumeration, .flags: return value
        case .string, .binding, .cron, .date, .sha256, .package, nil: return "\"\(value)\""
        }
    }
}
