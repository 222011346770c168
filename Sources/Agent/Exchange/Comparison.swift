import API
import Delta

/// What differs between an agent's image and what the server holds, counted as the rows that a repair changes.
package struct Comparison: Sendable, Equatable {
    /// One mapping's differences.
    package struct Mapping: Sendable, Equatable, Codable {
        package var isLinks: Bool
        package var inserted: Int
        package var updated: Int
        package var deleted: Int
        /// Links that are bound anew: to or from nothing, or to other resources than their keys name.
        package var rebound: Int

        package var total: Int { inserted + updated + deleted + rebound }
    }

    /// By mapping identifier, those without difference too.
    package var mappings: [String: Mapping] = [:]
    /// Of buckets and rows that the server sent.
    package var bytesReceived = 0
    /// Of the deltas.
    package var bytesToSend = 0

    package var resources: Int { mappings.values.filter { !$0.isLinks }.reduce(0) { $0 + $1.total } }
    package var links: Int { mappings.values.filter(\.isLinks).reduce(0) { $0 + $1.total } }
    package var total: Int { resources + links }

    /// `HR: 3 resources and 0 links differed`.
    package static func sentence(_ connector: String, resources: Int, links: Int, repaired: Bool) -> String {
        "\(connector): \(resources) resources and \(links) links differed" + (repaired ? ", repaired" : "")
    }
}
