import Foundation
import WeirConfiguration

/// What an agent must know of a connector before it synchronizes it: `GET /api/Connectors/Connector/{identifier}`.
package struct ConnectorState: Sendable, Equatable, Codable {
    package var definition: ConnectorDefinition
    /// Hash of the connector's mappings, formats and property types (DESIGN §4), 64 hex digits.
    package var fingerprint: String
    /// nil until a session was applied.
    package var version: ImageVersion?
    /// Digest roots by mapping identifier, as far as the server keeps them.
    package var roots: [String: String]
    package var lastSession: Session?
    /// Set while a blocked session waits for a decision.
    package var blockedSince: Date?
    /// The sessions that wait for a decision, the oldest first: what was prepared for them is kept.
    package var waiting: [Session]
    /// What thresholds hold while the rest is applied, as far as it is open.
    package var held: [HeldSet]
    /// When server and agent last proved to hold the same; nil: never.
    package var verifiedAt: Date?
    /// What the last comparison found; nil: there was none.
    package var verification: Verification?
    /// Whether the server knows of links that are bound to nothing, or otherwise than their keys say. Equal roots are no
    /// proof then: the next apply binds them anew.
    package var hasWrongLinks: Bool
    /// The session that waits for a decision; once it is approved, its job instance or any later run applies it.
    package var blockedSession: Session?

    package init(
        definition: ConnectorDefinition, fingerprint: String, version: ImageVersion? = nil,
        roots: [String: String] = [:], lastSession: Session? = nil, blockedSince: Date? = nil,
        waiting: [Session] = [], held: [HeldSet] = [], verifiedAt: Date? = nil, verification: Verification? = nil,
        hasWrongLinks: Bool = false, blockedSession: Session? = nil
    ) {
        self.definition = definition
        self.fingerprint = fingerprint
        self.version = version
        self.roots = roots
        self.lastSession = lastSession
        self.blockedSince = blockedSince
        self.waiting = waiting
        self.held = held
        self.verifiedAt = verifiedAt
        self.verification = verification
        self.hasWrongLinks = hasWrongLinks
        self.blockedSession = blockedSession
    }
}

extension ConnectorState {
    /// What somebody approved as a whole and no run has applied: a run's own, else what is blocked, else a simulation.
    package func approved(for jobInstance: String) -> Session? {
        let approved = waiting.filter { $0.approvedBy != nil }
        return approved.first { $0.jobInstance == jobInstance } ?? approved.first { $0.state == .blocked }
            ?? approved.first
    }
}

/// The part of the model that one connector needs.
package struct ConnectorDefinition: Sendable, Equatable, Codable {
    package var connector: Connector
    package var connections: [Connection]
    package var entityTypes: [EntityType]
    package var associations: [EntityAssociation]
    package var entityTypeMappings: [EntityTypeMapping]
    package var associationMappings: [EntityAssociationMapping]

    package init(
        connector: Connector, connections: [Connection], entityTypes: [EntityType],
        associations: [EntityAssociation], entityTypeMappings: [EntityTypeMapping],
        associationMappings: [EntityAssociationMapping]
    ) {
        self.connector = connector
        self.connections = connections
        self.entityTypes = entityTypes
        self.associations = associations
        self.entityTypeMappings = entityTypeMappings
        self.associationMappings = associationMappings
    }
}

/// Which content of a connector somebody holds. Number and session are both compared: a restored database that has
/// grown to the same number is not mistaken (DESIGN §4).
package struct ImageVersion: Sendable, Equatable, Hashable, Codable, CustomStringConvertible {
    package var number: Int
    /// The session that made it (GUID).
    package var session: String

    package init(number: Int, session: String) {
        self.number = number
        self.session = session
    }

    package var description: String { "\(number) (\(session))" }
}
