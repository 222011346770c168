/// Finding things in a model. Identifiers are compared exactly, connections without regard to case.
extension Model {
    package func agent(_ identifier: String) -> AgentDeclaration? { agents.first { $0.identifier == identifier } }

    package func connector(_ identifier: String) -> Connector? { connectors.first { $0.identifier == identifier } }

    package func connection(_ identifier: String) -> Connection? {
        connections.first { $0.identifier.lowercased() == identifier.lowercased() }
    }

    package func entityType(_ identifier: String) -> EntityType? { entityTypes.first { $0.identifier == identifier } }

    package func association(_ identifier: String) -> EntityAssociation? {
        associations.first { $0.identifier == identifier }
    }

    package func entityTypeMapping(_ identifier: String) -> EntityTypeMapping? {
        entityTypeMappings.first { $0.identifier == identifier }
    }

    package func associationMapping(_ identifier: String) -> EntityAssociationMapping? {
        associationMappings.first { $0.identifier == identifier }
    }

    package func job(_ identifier: String) -> Job? { jobs.first { $0.identifier == identifier } }

    package func profile(_ identifier: String) -> Profile? { profiles.first { $0.identifier == identifier } }

    package func openIdClient(_ identifier: String) -> OpenIdClient? {
        openIdClients.first { $0.identifier == identifier }
    }

    package func connections(of connector: String) -> [Connection] {
        connections.filter { $0.connector == connector }
    }

    /// The entity type mappings of a connector, by identifier.
    package func mappings(of connector: String) -> [EntityTypeMapping] {
        entityTypeMappings.filter { $0.connector == connector }
    }

    package func associationMappings(of connector: String) -> [EntityAssociationMapping] {
        associationMappings.filter { $0.connector == connector }
    }
}
