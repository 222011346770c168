import WeirConfiguration

/// One navigation property of an entity type: where its links lead.
struct Navigation: Sendable, Equatable {
    var association: String
    /// The property's identifier on this side.
    var property: String
    var title: String
    var isSide1: Bool
    /// The property of this side whose value the link pairs name.
    var keyProperty: String
    var target: String

    /// The mapped navigations of an entity type, in order of its properties. An association of a type with itself
    /// gives both of its sides.
    static func all(of type: EntityType, in model: Model) -> [Navigation] {
        var found: [Navigation] = []
        for association in model.associations {
            guard let mapping = model.associationMapping(association.identifier) else { continue }
            let sides = [
                (association.property1, mapping.side1, association.property2, true),
                (association.property2, mapping.side2, association.property1, false),
            ]
            for (own, side, other, isSide1) in sides where own.entityType == type.identifier {
                let title = type.property(own.property)?.displayName ?? ""
                found.append(
                    Navigation(
                        association: association.identifier, property: own.property,
                        title: title.isEmpty ? own.property : title, isSide1: isSide1,
                        keyProperty: side.key.property, target: other.entityType))
            }
        }
        let order = type.properties.map(\.identifier)
        return found.sorted {
            (order.firstIndex(of: $0.property) ?? order.count) < (order.firstIndex(of: $1.property) ?? order.count)
        }
    }
}
