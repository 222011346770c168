import Foundation

/// What was found when a connector's content was last compared with its agent's image (DESIGN §6).
package struct Verification: Sendable, Equatable, Codable {
    package var checkedAt: Date
    /// Both sides computed their digests anew from what they hold; else the kept roots were compared.
    package var isDeep: Bool
    /// Rows that a repair inserts, updates or deletes on the server.
    package var resources: Int
    /// Pairs that a repair inserts or deletes, and links that it binds anew.
    package var links: Int
    /// When both sides were proven equal again; nil: they never differed, or still do.
    package var repairedAt: Date?
    /// The session that repairs what was found.
    package var session: String?

    package init(
        checkedAt: Date, isDeep: Bool, resources: Int, links: Int, repairedAt: Date? = nil, session: String? = nil
    ) {
        self.checkedAt = checkedAt
        self.isDeep = isDeep
        self.resources = resources
        self.links = links
        self.repairedAt = repairedAt
        self.session = session
    }

    /// Whether both sides differed and nobody has repaired it yet.
    package var isDrifting: Bool { resources + links > 0 && repairedAt == nil }
}

/// How a connector's stored content stands with its agent's image.
package struct VerificationState: Sendable, Equatable, Codable {
    /// When both sides last proved to hold the same; nil: never.
    package var verifiedAt: Date?
    /// What the last comparison found; nil: there was none.
    package var last: Verification?

    package init(verifiedAt: Date?, last: Verification?) {
        self.verifiedAt = verifiedAt
        self.last = last
    }
}

/// `POST /api/Connectors/SynchronizeSession/Verification`: has the server compute a connector's digests anew from the
/// stored columns, look at the links that the columns and UR_ResourceLinks hold, and keep what it finds.
package struct RecomputeContent: Sendable, Equatable, Codable {
    package var connector: String
    package var leaseToken: Int

    package init(connector: String, leaseToken: Int) {
        self.connector = connector
        self.leaseToken = leaseToken
    }
}

/// What a connector's stored content is now, by mapping identifier.
package struct RecomputedContent: Sendable, Equatable, Codable {
    /// nil until a session was applied.
    package var version: ImageVersion?
    package var mappings: [String: Mapping]

    package init(version: ImageVersion?, mappings: [String: Mapping]) {
        self.version = version
        self.mappings = mappings
    }

    package struct Mapping: Sendable, Equatable, Codable {
        /// The digest's root.
        package var root: String
        package var rows: Int
        /// Buckets that hold rows whose key no file can hold (NULL, empty, too long, not UTF-8): they are to be looked
        /// at whatever their digest says. Ascending.
        package var unusableBuckets: [Int]
        /// Links to or from nothing, which no pair can stand for; the next apply removes them.
        package var strayLinks: Int
        /// Pairs that are bound to other resources than their keys name; the next apply binds them anew.
        package var misboundPairs: Int

        package init(
            root: String, rows: Int, unusableBuckets: [Int] = [], strayLinks: Int = 0, misboundPairs: Int = 0
        ) {
            self.root = root
            self.rows = rows
            self.unusableBuckets = unusableBuckets
            self.strayLinks = strayLinks
            self.misboundPairs = misboundPairs
        }
    }
}

/// `POST /api/Connectors/SynchronizeSession/Verification/Buckets`: the kept digest of a mapping, 64 KiB
/// (`Digest.bytes`).
package struct ContentBuckets: Sendable, Equatable, Codable {
    package var connector: String
    package var leaseToken: Int
    package var mapping: String

    package init(connector: String, leaseToken: Int, mapping: String) {
        self.connector = connector
        self.leaseToken = leaseToken
        self.mapping = mapping
    }
}

/// `POST /api/Connectors/SynchronizeSession/Verification/Rows`: the stored rows of some buckets, as CSV in the order of
/// their keys.
///
/// The first column is `hash` (32 hex digits), then follow the key's property (`Key1,Key2` for pairs) or, with values,
/// all mapped properties. A row whose key no file can hold has an empty one, and is left out with values.
package struct ContentRows: Sendable, Equatable, Codable {
    package var connector: String
    package var leaseToken: Int
    package var mapping: String
    /// 0 to 4095.
    package var buckets: [Int]
    package var withValues: Bool

    package init(connector: String, leaseToken: Int, mapping: String, buckets: [Int], withValues: Bool = false) {
        self.connector = connector
        self.leaseToken = leaseToken
        self.mapping = mapping
        self.buckets = buckets
        self.withValues = withValues
    }
}

/// `POST /api/Connectors/SynchronizeSession/Verification/Result`: what a comparison found.
package struct VerificationResult: Sendable, Equatable, Codable {
    package var connector: String
    package var leaseToken: Int
    package var isDeep: Bool
    package var resources: Int
    package var links: Int
    /// The image's roots by mapping identifier: the server compares them itself before it says that both sides are
    /// equal.
    package var roots: [String: String]
    /// The session that is about to repair what was found.
    package var session: String?

    package init(
        connector: String, leaseToken: Int, isDeep: Bool, resources: Int, links: Int, roots: [String: String],
        session: String? = nil
    ) {
        self.connector = connector
        self.leaseToken = leaseToken
        self.isDeep = isDeep
        self.resources = resources
        self.links = links
        self.roots = roots
        self.session = session
    }
}
