package import API
package import WeirConfiguration

extension ConnectorDefinition {
    /// The part of `model` that the connector needs.
    ///
    /// - Throws: `notFound` when the configuration has no such connector.
    package init(of connector: String, in model: Model) throws {
        guard let declaration = model.connector(connector) else {
            throw SynchronizationError(
                .notFound, "There is no connector \"\(connector)\" in the deployed configuration; deploy it first.")
        }
        let mappings = model.mappings(of: connector)
        let associationMappings = model.associationMappings(of: connector)
        let associations = Set(associationMappings.map(\.identifier))
        let types = Set(mappings.map(\.identifier)).union(
            associationMappings.flatMap { [$0.side1.key.entityType, $0.side2.key.entityType] })
        self.init(
            connector: declaration,
            connections: model.connections(of: connector),
            entityTypes: model.entityTypes.filter { types.contains($0.identifier) },
            associations: model.associations.filter { associations.contains($0.identifier) },
            entityTypeMappings: mappings,
            associationMappings: associationMappings)
    }

    /// Identifiers of all mappings: of entity types, then of associations.
    var mappings: [String] { entityTypeMappings.map(\.identifier) + associationMappings.map(\.identifier) }

    var resourcePlans: [ResourcePlan] {
        entityTypeMappings.sorted { $0.identifier < $1.identifier }.compactMap { mapping in
            entityTypes.first { $0.identifier == mapping.identifier }.flatMap {
                ResourcePlan(mapping: mapping, type: $0)
            }
        }
    }

    var linkPlans: [LinkPlan] {
        associationMappings.sorted { $0.identifier < $1.identifier }.compactMap { mapping in
            LinkPlan(mapping: mapping, definition: self)
        }
    }
}
