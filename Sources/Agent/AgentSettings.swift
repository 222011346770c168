import API
import ConnectorKit

/// What an agent needs of `appsettings.json` and `appsettings.agent.json` (REFERENCE §9).
package struct AgentSettings: Sendable {
    package var agentIdentifier: String
    /// `Temp`: `ExportOutput/` and `JobLogs/`.
    package var tempFolder: String
    /// `Work`: `Collect/`, `ExportCookies/`, `installation-id`.
    package var workFolder: String
    /// Client ids and their clear secrets.
    package var clients: [String: String]
    package var defaultClient: String?
    package var sourcesRootPaths: [String]
    /// One section per connection identifier.
    package var connections: [String: SettingValue]
    package var maximumTaskBatchSize: Int
    /// Bytes that preparing one file may use (DESIGN §5).
    package var memoryBudget: Int

    package init(
        agentIdentifier: String, tempFolder: String = "../Temp", workFolder: String = "../Work",
        clients: [String: String] = [:], defaultClient: String? = nil, sourcesRootPaths: [String] = [],
        connections: [String: SettingValue] = [:], maximumTaskBatchSize: Int = 5, memoryBudget: Int = 160 << 20
    ) {
        self.agentIdentifier = agentIdentifier
        self.tempFolder = tempFolder
        self.workFolder = workFolder
        self.clients = clients
        self.defaultClient = defaultClient
        self.sourcesRootPaths = sourcesRootPaths
        self.connections = connections
        self.maximumTaskBatchSize = maximumTaskBatchSize
        self.memoryBudget = memoryBudget
    }

    /// The settings of a connection; none when it has no section.
    func section(of connection: String) -> SettingValue {
        let key = connections.keys.first { $0.lowercased() == connection.lowercased() }
        return key.flatMap { connections[$0] } ?? .object([:])
    }

    /// The credentials of a task's OpenIdClient, or of the default one.
    package func credentials(of client: String?) throws -> Credentials {
        guard let name = client ?? defaultClient else {
            throw AgentError(
                .usage,
                """
                appsettings.agent.json names no OpenId:DefaultOpenIdClient; add it, with the client's clear secret \
                under OpenId:OpenIdClients.
                """)
        }
        guard let secret = clients[name] else {
            throw AgentError(
                .usage,
                """
                appsettings.agent.json has no secret for the client "\(name)"; add it under OpenId:OpenIdClients, or \
                as environment variable OpenId__OpenIdClients__\(name).
                """)
        }
        return Credentials(clientId: name, secret: secret)
    }
}
