import API
import HTTPTypes
import WeirConfiguration
import WeirSynchronization

/// What an agent must know of the connectors before it synchronizes them.
struct ConnectorsFeature: Sendable {
    let engine: SynchronizationEngine

    var routes: [Route] {
        [
            .asking(.get, "/api/Connectors/Connector", needs: "/Connectors/Connector/Query", "The connectors.") {
                call -> Page<Connector>? in
                Page(items: call.model.connectors)
            },
            .asking(
                .get, "/api/Connectors/Connector/{identifier}", needs: "/Connectors/Connector/Query",
                "A connector's definition, version, fingerprint and last session."
            ) { call -> ConnectorState? in
                let connector = try call.model.requiredConnector(call.path("identifier"))
                return try await engine.state(of: connector.identifier, in: call.model)
            },
        ]
    }
}

extension Model {
    func requiredConnector(_ identifier: String) throws -> Connector {
        guard let connector = connector(identifier) else {
            throw ServerError(
                .notFound,
                "There is no connector \"\(identifier)\" in the deployed configuration; see GET /api/Connectors/Connector."
            )
        }
        return connector
    }
}
