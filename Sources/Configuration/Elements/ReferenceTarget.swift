/// What an attribute that holds an identifier may name.
package enum ReferenceTarget: String, Sendable, Equatable, CaseIterable {
    case agent = "Agent"
    case connector = "Connector"
    case connection = "Connection"
    case entityType = "EntityType"
    case association = "EntityAssociation"
    case profile = "Profile"
    case openIdClient = "OpenIdClient"
}
