import Foundation

/// What one preparation set aside, told with the seal or the close of its session (DESIGN §5). The server's list of the
/// connector is replaced by it in the same transaction, so that a mended row clears itself. Of a mapping that was read from
/// a feed, what was listed before stays, unless the feed names its key and has a row that can be used.
package struct SentQuarantine: Sendable, Equatable, Codable {
    /// The mappings with rejected rows or carried keys, and those that were read from a feed; none: all rows were taken.
    package var tables: [SentQuarantineTable]
    /// SHA-256 of the sent list of rejected rows, 64 hex digits; nil: there are none.
    package var rejectedSha256: String?
    /// Likewise of the carried keys.
    package var carriedSha256: String?
    /// Likewise of the keys that feeds named and could use.
    package var namedSha256: String?

    package init(
        tables: [SentQuarantineTable], rejectedSha256: String? = nil, carriedSha256: String? = nil,
        namedSha256: String? = nil
    ) {
        self.tables = tables
        self.rejectedSha256 = rejectedSha256
        self.carriedSha256 = carriedSha256
        self.namedSha256 = namedSha256
    }
}

/// How much one mapping's preparation set aside. The lists may be shorter than that: they are bounded.
package struct SentQuarantineTable: Sendable, Equatable, Codable {
    package var mapping: String
    /// The CSV file's name without `.csv`.
    package var table: String
    package var rejected: Int
    package var carried: Int
    /// The file names only what changed: what was set aside before stays listed, but for the sent named keys.
    package var isFeed: Bool

    package init(mapping: String, table: String, rejected: Int, carried: Int, isFeed: Bool = false) {
        self.mapping = mapping
        self.table = table
        self.rejected = rejected
        self.carried = carried
        self.isFeed = isFeed
    }
}

/// The lists of a preparation: `PUT /api/Connectors/SynchronizeSession/{id}/Quarantine/{list}`.
package enum QuarantineList: String, Sendable, Equatable, Codable, CaseIterable {
    case rejected, carried
    /// Keys that a feed named, with a row that could be used. Of a pair that belongs to one of its sides, the other key is
    /// empty: all pairs of that side are meant.
    case named

    /// The columns of the sent CSV file, in this order.
    package var columns: [String] {
        switch self {
        case .rejected: ["mapping", "file", "line", "offset", "reason", "key", "raw"]
        case .carried: ["mapping", "key1", "key2", "reason"]
        case .named: ["mapping", "key1", "key2"]
        }
    }
}

/// What the server lists of one mapping: `GET /api/Connectors/RejectedRow/Summary`.
package struct Quarantine: Sendable, Equatable, Codable {
    package var connector: String
    package var mapping: String
    package var table: String
    /// Rejected rows of the last preparation, and how many of them are listed.
    package var rejected: Int
    package var listedRejected: Int
    /// Rows that are shown as of the last good run because of them, and how many of them are listed.
    package var carried: Int
    package var listedCarried: Int
    /// The session whose preparation it was, and its job instance.
    package var session: String
    package var jobInstance: String
    package var seenAt: Date
    /// Since when the oldest listed row is rejected.
    package var since: Date?

    package init(
        connector: String, mapping: String, table: String, rejected: Int, listedRejected: Int, carried: Int,
        listedCarried: Int, session: String, jobInstance: String, seenAt: Date, since: Date?
    ) {
        self.connector = connector
        self.mapping = mapping
        self.table = table
        self.rejected = rejected
        self.listedRejected = listedRejected
        self.carried = carried
        self.listedCarried = listedCarried
        self.session = session
        self.jobInstance = jobInstance
        self.seenAt = seenAt
        self.since = since
    }
}

/// A row that was set aside: `GET /api/Connectors/RejectedRow`.
package struct RejectedRow: Sendable, Equatable, Codable {
    package var id: Int
    package var connector: String
    package var mapping: String
    /// The readable copy that it stands in; its lines are those of the source.
    package var file: String
    /// From 1.
    package var line: Int
    /// Where the row starts in that file, in bytes from 0.
    package var offset: Int
    package var reason: String
    /// nil: not readable.
    package var key: String?
    /// The row's text. What is no text stands as U+FFFD, U+0000 as ␀, a carriage return as ␍.
    package var raw: String
    /// The characters of the whole text, where `raw` is its beginning.
    package var rawLength: Int
    /// When it was rejected first; it is since then.
    package var firstSeenAt: Date

    package init(
        id: Int, connector: String, mapping: String, file: String, line: Int, offset: Int, reason: String,
        key: String?, raw: String, rawLength: Int, firstSeenAt: Date
    ) {
        self.id = id
        self.connector = connector
        self.mapping = mapping
        self.file = file
        self.line = line
        self.offset = offset
        self.reason = reason
        self.key = key
        self.raw = raw
        self.rawLength = rawLength
        self.firstSeenAt = firstSeenAt
    }
}

/// A resource, or with two keys a link pair, that is shown as of the last good run because the file has no usable row for
/// it: `GET /api/Connectors/RejectedRow/Carried`.
package struct CarriedRow: Sendable, Equatable, Codable {
    package var id: Int
    package var connector: String
    package var mapping: String
    package var key: String
    /// The second key of a link pair.
    package var key2: String?
    package var reason: String
    package var since: Date

    package init(
        id: Int, connector: String, mapping: String, key: String, key2: String?, reason: String, since: Date
    ) {
        self.id = id
        self.connector = connector
        self.mapping = mapping
        self.key = key
        self.key2 = key2
        self.reason = reason
        self.since = since
    }
}
