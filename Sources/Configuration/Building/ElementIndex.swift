/// The top-level elements by kind and identifier.
struct ElementIndex {
    private var byKind: [String: [String: Element]] = [:]

    /// Identifiers that every configuration has without declaring them (REFERENCE §2).
    static let builtInProfile = "Administrator"

    mutating func insert(_ element: Element, as identifier: String) -> Element? {
        if let first = byKind[element.name]?[identifier] { return first }
        byKind[element.name, default: [:]][identifier] = element
        return nil
    }

    func find(_ kind: String, _ identifier: String) -> Element? { byKind[kind]?[identifier] }

    func holds(_ target: ReferenceTarget, _ identifier: String) -> Bool {
        byKind[target.rawValue]?[identifier] != nil
            || (target == .profile && identifier == Self.builtInProfile)
    }

    func identifiers(_ kind: String) -> [String] {
        (byKind[kind]?.keys.sorted() ?? [])
            + (kind == ReferenceTarget.profile.rawValue ? [Self.builtInProfile] : [])
    }
}
