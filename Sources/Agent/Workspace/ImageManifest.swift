import API

/// What an image is: beside its files as `candidate.json` until the server has committed it, as `manifest.json` after.
package struct ImageManifest: Sendable, Equatable, Codable {
    /// nil in a candidate.
    package var version: ImageVersion?
    package var session: String
    package var jobInstance: String
    /// That of the connector's mappings when it was prepared.
    package var fingerprint: String
    /// Sorted by mapping.
    package var files: [ImageFile]
    /// Cookies of the connections' change feeds, files beside the images; they advance with the version only.
    package var cookies: [String]
    /// Set in a candidate that is sent as what differs from the server's rows: both sides must be equal after its apply.
    package var exchange: Exchanged?
    /// Set in a candidate that took rows of the image before it (a change feed, carried rows): it is as true as that one.
    package var standsOnImage: Bool?

    /// How a candidate was compared with the server.
    package struct Exchanged: Sendable, Equatable, Codable {
        /// The task instance that opened the session.
        package var taskInstance: String
        /// It repairs what a verification found; its image is that of the version before.
        package var isVerification: Bool

        package init(taskInstance: String, isVerification: Bool = false) {
            self.taskInstance = taskInstance
            self.isVerification = isVerification
        }
    }

    package init(
        version: ImageVersion? = nil, session: String, jobInstance: String, fingerprint: String, files: [ImageFile],
        cookies: [String] = [], exchange: Exchanged? = nil, standsOnImage: Bool? = nil
    ) {
        self.version = version
        self.session = session
        self.jobInstance = jobInstance
        self.fingerprint = fingerprint
        self.files = files
        self.cookies = cookies
        self.exchange = exchange
        self.standsOnImage = standsOnImage
    }

    /// By mapping; those that are not known are left out.
    var roots: [String: String] {
        Dictionary(uniqueKeysWithValues: files.compactMap { file in file.root.map { (file.mapping, $0) } })
    }
}

/// One mapping's rows as the server holds them.
package struct ImageFile: Sendable, Equatable, Codable {
    package var mapping: String
    package var name: String
    package var rows: Int
    package var bytes: Int
    package var sha256: String
    /// Rows that stand for rejected rows or held changes, and where they are listed.
    package var carriedRows: Int
    package var carried: String?
    /// Of the rows' digest (DESIGN §6); nil in images that were made before there were digests.
    package var root: String?
    /// Whether the rows came from a change feed, which does not say again what it has said.
    package var isFromFeed: Bool?
    /// The rows with which this image differs from what the source has, because the server holds changes (DESIGN §8),
    /// and where they are listed.
    package var heldRows: Int?
    package var held: String?
    /// The rows as the source has them, where changes of a feed are held: what its next changes are applied to.
    package var source: String?

    package init(
        mapping: String, name: String, rows: Int, bytes: Int, sha256: String, carriedRows: Int = 0,
        carried: String? = nil, root: String? = nil, isFromFeed: Bool? = nil
    ) {
        self.mapping = mapping
        self.name = name
        self.rows = rows
        self.bytes = bytes
        self.sha256 = sha256
        self.carriedRows = carriedRows
        self.carried = carried
        self.root = root
        self.isFromFeed = isFromFeed
    }
}
