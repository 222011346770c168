import Foundation

/// `POST /api/Connectors/SynchronizeSession/Lease`: takes or renews the right to synchronize a connector.
///
/// One lease for all jobs and agents: 30 s, renewed every 10 s. The same installation takes its own back at once
/// (two of its processes keep each other out with a lock file); anybody else gets 409 `lease-held`.
package struct LeaseRequest: Sendable, Equatable, Codable {
    package var connector: String
    /// `Work/installation-id` of the agent.
    package var installation: String
    package var agent: String
    package var jobInstance: String
    /// The token to renew; nil takes the lease.
    package var token: Int?

    package init(connector: String, installation: String, agent: String, jobInstance: String, token: Int? = nil) {
        self.connector = connector
        self.installation = installation
        self.agent = agent
        self.jobInstance = jobInstance
        self.token = token
    }
}

/// A granted lease. The token grows with every taking: a late holder's calls are refused by it (DESIGN §1.11).
package struct Lease: Sendable, Equatable, Codable {
    package var connector: String
    package var token: Int
    package var agent: String
    package var jobInstance: String
    package var expiresAt: Date

    package init(connector: String, token: Int, agent: String, jobInstance: String, expiresAt: Date) {
        self.connector = connector
        self.token = token
        self.agent = agent
        self.jobInstance = jobInstance
        self.expiresAt = expiresAt
    }
}

/// `POST /api/Connectors/SynchronizeSession/Lease/Release`.
package struct LeaseRelease: Sendable, Equatable, Codable {
    package var connector: String
    package var token: Int

    package init(connector: String, token: Int) {
        self.connector = connector
        self.token = token
    }
}
