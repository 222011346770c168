/// A whole configuration, resolved: every reference in it names something that is in it.
///
/// Made by the validation from XML elements; the server, the agent and the tools read nothing else.
/// Lists are sorted by identifier, so that the order of the XML changes nothing.
package struct Model: Sendable, Equatable, Codable {
    package var agents: [AgentDeclaration] = []
    package var connectors: [Connector] = []
    package var connections: [Connection] = []
    package var entityTypes: [EntityType] = []
    package var associations: [EntityAssociation] = []
    package var entityTypeMappings: [EntityTypeMapping] = []
    package var associationMappings: [EntityAssociationMapping] = []
    package var jobs: [Job] = []
    package var profiles: [Profile] = []
    package var accessControlRules: [AccessControlRule] = []
    package var accessControlPermissions: [AccessControlPermission] = []
    package var assignedProfiles: [AssignedProfile] = []
    package var openIdClients: [OpenIdClient] = []
    package var menuItems: [MenuItem] = []
    package var expressions: [EntityPropertyExpression] = []

    package init() {}
}

/// `Agent`: the process beside the managed systems (REFERENCE §4).
package struct AgentDeclaration: Sendable, Equatable, Codable {
    package var identifier: String
    package var displayName: String
    package var uri: String?

    package init(identifier: String, displayName: String, uri: String? = nil) {
        self.identifier = identifier
        self.displayName = displayName
        self.uri = uri
    }
}

/// `MenuItem` that names an entity type: a line of the left menu.
package struct MenuItem: Sendable, Equatable, Codable {
    package var identifier: String
    package var displayName: String
    package var entityType: String

    package init(identifier: String, displayName: String, entityType: String) {
        self.identifier = identifier
        self.displayName = displayName
        self.entityType = entityType
    }
}

/// `EntityPropertyExpression`: a computed property; kept, not evaluated yet (REFERENCE §18).
package struct EntityPropertyExpression: Sendable, Equatable, Codable {
    package var identifier: String
    package var entityType: String
    package var property: String
    package var expression: String?
    package var binding: String?
    package var priority: Int

    package init(
        identifier: String, entityType: String, property: String, expression: String? = nil,
        binding: String? = nil, priority: Int = 0
    ) {
        self.identifier = identifier
        self.entityType = entityType
        self.property = property
        self.expression = expression
        self.binding = binding
        self.priority = priority
    }
}
