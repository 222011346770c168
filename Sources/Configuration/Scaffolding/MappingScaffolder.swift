/// ConnectorMappings: the connection and the mappings of an entity type whose CSV file has the property identifiers as
/// columns (REFERENCE §6).
enum MappingScaffolder {
    static func generate(_ scaffolding: Element, _ model: Model) -> (elements: [Element], problems: [Problem]) {
        (
            [],
            [
                Problem(
                    .error, at: scaffolding.location,
                    "ConnectorMappings is not supported by this version; write the Connection, EntityTypeMapping and "
                        + "EntityAssociationMapping elements by hand")
            ]
        )
    }
}
