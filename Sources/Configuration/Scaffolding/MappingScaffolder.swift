/// ConnectorMappings: the connection and the mappings of an entity type whose CSV file, named after it, has the property
/// identifiers as columns (REFERENCE §6).
struct MappingScaffolder {
    private let scaffolding: Element
    private let model: Model
    private let connector: String
    private let type: EntityType
    private let key: Property
    /// Entity types that are mapped in the connector, this scaffolding's and the others' included.
    private let mapped: Set<String>

    /// `others` are all ConnectorMappings of the configuration.
    static func generate(
        _ scaffolding: Element, others: [Element], _ model: Model
    ) -> (elements: [Element], problems: [Problem]) {
        guard let connector = scaffolding["Connector"], let name = scaffolding["EntityType"],
            let type = model.entityType(name), model.connector(connector) != nil
        else { return ([], []) }
        var problems: [Problem] = []
        func report(_ element: Element, _ message: String) {
            problems.append(Problem(.error, at: element.location, message))
        }
        for child in scaffolding.children(named: "ExcludedProperty") {
            guard let excluded = child["Property"], type.property(excluded) == nil else { continue }
            report(
                child,
                "ExcludedProperty of ConnectorMappings names \"\(excluded)\", which EntityType \"\(name)\" does not have"
                    + NearestName.suggestion(
                        excluded, among: type.properties.map(\.identifier), otherwise: "remove it"))
        }
        let excluded = Set(scaffolding.children(named: "ExcludedProperty").compactMap { $0["Property"] })
        var kept = type
        kept.properties.removeAll { excluded.contains($0.identifier) }
        guard let key = kept.properties.first(where: { $0.isKey && $0.column != nil }) else {
            report(
                scaffolding,
                "ConnectorMappings of EntityType \"\(name)\" finds no property with IsKey=\"true\" that is not excluded; "
                    + "leave one in")
            return ([], problems)
        }
        let mapped =
            model.mappings(of: connector).map(\.identifier)
            + others.filter { $0["Connector"] == connector }.compactMap { $0["EntityType"] }
        let scaffolder = MappingScaffolder(
            scaffolding: scaffolding, model: model, connector: connector, type: kept, key: key, mapped: Set(mapped))
        return (scaffolder.connection() + [scaffolder.mapping()] + scaffolder.associationMappings(), problems)
    }

    /// The connection bears the connector's identifier; one that somebody wrote is used.
    private func connection() -> [Element] {
        if model.connection(connector)?.connector == connector { return [] }
        return [
            Element(
                "Connection",
                [
                    Element.Attribute("Identifier", connector), Element.Attribute("DisplayName_L1", connector),
                    Element.Attribute("Connector", connector),
                    Element.Attribute("Package", scaffolding["Package"] ?? "Usercube.CSV@0000001"),
                ])
        ]
    }

    private func mapping() -> Element {
        let scalars = type.properties.filter { !$0.isNavigation && $0.type != .binary && $0.column != nil }
        return Element(
            "EntityTypeMapping",
            [
                Element.Attribute("Identifier", type.identifier), Element.Attribute("Connector", connector),
                Element.Attribute("ConnectionTable", type.identifier),
            ],
            children: scalars.map { property in
                var attributes = [
                    Element.Attribute("Identifier", property.identifier),
                    Element.Attribute("ConnectionColumn", property.identifier),
                ]
                if property == key { attributes.append(Element.Attribute("IsPrimaryKey", "true")) }
                return Element("Property", attributes)
            })
    }

    /// Mono-valued navigations are columns of the entity type's file. A collection has a file of its own, named
    /// `<entity type>_<property>`, unless the way back is mono-valued and so in the other entity type's file.
    private func associationMappings() -> [Element] {
        model.associations.flatMap { association -> [Element] in
            let ends = [
                (
                    own: association.property1, isCollection: association.isProperty1Collection,
                    other: association.property2
                ),
                (
                    own: association.property2, isCollection: association.isProperty2Collection,
                    other: association.property1
                ),
            ]
            let isManyToMany = association.isProperty1Collection && association.isProperty2Collection
            for (position, end) in ends.enumerated() {
                guard end.own.entityType == type.identifier, type.property(end.own.property) != nil,
                    mapped.contains(end.other.entityType), let otherKey = otherKey(end.other.entityType),
                    !end.isCollection || (isManyToMany && position == 0)
                else { continue }
                let table = end.isCollection ? "\(type.identifier)_\(end.own.property)" : type.identifier
                let mine = (column: key.identifier, key: "\(type.identifier):\(key.identifier)")
                let theirs = (column: end.own.property, key: "\(end.other.entityType):\(otherKey)")
                let sides = position == 0 ? [mine, theirs] : [theirs, mine]
                return [
                    Element(
                        "EntityAssociationMapping",
                        [
                            Element.Attribute("Identifier", association.identifier),
                            Element.Attribute("Connector", connector), Element.Attribute("ConnectionTable", table),
                            Element.Attribute("Column1", sides[0].column),
                            Element.Attribute("EntityPropertyMapping1", sides[0].key),
                            Element.Attribute("Column2", sides[1].column),
                            Element.Attribute("EntityPropertyMapping2", sides[1].key),
                        ])
                ]
            }
            return []
        }
    }

    /// The primary key of a mapping that somebody wrote, else the key that this scaffolding would choose.
    private func otherKey(_ entityType: String) -> String? {
        if entityType == type.identifier { return key.identifier }
        return model.entityTypeMapping(entityType)?.properties.first(where: \.isPrimaryKey)?.identifier
            ?? model.entityType(entityType)?.properties.first { $0.isKey && $0.column != nil }?.identifier
    }
}
