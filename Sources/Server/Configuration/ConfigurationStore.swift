import API
import Foundation
import Storage
import WeirConfiguration

/// The deployed configuration, in the database: items, and a revision that every request compares, so that what another
/// process deploys reaches this one (DESIGN §11).
package actor ConfigurationStore {
    private let database: any Database
    private var known: (revision: Int, model: Model)?

    package init(database: any Database) {
        self.database = database
    }

    /// The model as of now; read again only when the revision has changed.
    package func model() async throws -> Model {
        try await current().model
    }

    /// The model with its revision; 0: nothing has been deployed.
    package func current() async throws -> (revision: Int, model: Model) {
        let revision = try await database.read { try Self.revision($0) }
        if let known, known.revision == revision { return known }
        // Revision and items of one snapshot: a deployment between the two reads is not mixed in.
        let (read, items) = try await database.read { transaction in
            (try Self.revision(transaction), try Self.items(transaction))
        }
        let fresh = (revision: read, model: try Self.model(of: items))
        if (known?.revision ?? -1) < read { known = fresh }
        return fresh
    }

    package func items() async throws -> [DeployedItem] {
        try await database.read { try Self.items($0) }
    }

    static func model(of items: [DeployedItem]) throws -> Model {
        do {
            return try Model(items: items)
        } catch let problem as WeirConfiguration.Problem {
            throw ServerError(
                .configuration, "The stored configuration (UC_Items) is damaged: \(problem); deploy it again.")
        }
    }

    static func revision(_ transaction: any Transaction) throws -> Int {
        try transaction.count("SELECT coalesce(max(Revision), 0) FROM UC_Revisions")
    }

    static func items(_ transaction: any Transaction) throws -> [DeployedItem] {
        try transaction.rows("SELECT Kind, Identity, Origin, Content FROM UC_Items ORDER BY Kind, Identity").map {
            row in
            let origin = try row.string("Origin")
            return DeployedItem(
                kind: try row.string("Kind"), identity: try row.string("Identity"), xml: try row.string("Content"),
                origin: DeployedItem.Origin(rawValue: origin) ?? .written)
        }
    }
}
