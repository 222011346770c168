import API
import Foundation

/// The images of one connector: what the server holds as far as this agent knows, and candidates for it.
///
/// A version's folder and the link `current` change by renames only, so a crash leaves the one before or the one after;
/// `agree` finds out which and mends the rest (DESIGN §4, steps 0 and 6).
struct ImageStore: Sendable {
    let folder: String
    let faults: @Sendable (AgentPoint) throws -> Void

    /// - Parameter faults: called at every point; what it throws ends the change there, as if the process had died.
    init(folder: String, faults: @escaping @Sendable (AgentPoint) throws -> Void = { _ in }) {
        self.folder = folder
        self.faults = faults
    }

    func exportFolder(of jobInstance: String) -> String { "\(folder)/\(jobInstance)" }

    func preparedFolder(of jobInstance: String) -> String { "\(folder)/\(jobInstance)/prepared" }

    /// The image that `current` names, or nil: none, or one that is not whole.
    func current() throws -> Image? {
        try image(at: "\(folder)/current", manifest: "manifest.json")
    }

    /// Compares what is here with what the server has: promotes the candidate that the server committed, discards those
    /// that it will never commit, and answers with the image of the server's version; nil when it is lost.
    ///
    /// - Parameters:
    ///   - keeping: job instances whose folders are still needed: the running one, and a blocked session's.
    func agree(version: ImageVersion?, fingerprint: String, keeping: Set<String>) throws -> Image? {
        try Folders.make(folder)
        guard let version else {
            // The server has no content: whatever image is here belongs to another database. Its folder stays until the
            // next promotion, in case this is the wrong server.
            try discard(keeping: keeping)
            unlink("\(folder)/current")
            return nil
        }
        if try current()?.manifest.version != version {
            try adopt(version)
        }
        try discard(keeping: keeping)
        guard let image = try current(), image.manifest.version == version else {
            unlink("\(folder)/current")
            return nil
        }
        return image.manifest.fingerprint == fingerprint ? image : nil
    }

    /// Makes the candidate of an applied session the current version.
    func promote(jobInstance: String, version: ImageVersion) throws {
        let prepared = preparedFolder(of: jobInstance)
        guard var candidate = try manifest(at: "\(prepared)/candidate.json"), candidate.session == version.session
        else {
            return
        }
        candidate.version = version
        try install(candidate, from: prepared, version)
    }

    /// Makes a prepared image that was proven to be what the server holds the current one: the image before was lost, or
    /// is not what the server holds.
    func replace(jobInstance: String, version: ImageVersion) throws {
        let prepared = preparedFolder(of: jobInstance)
        guard var candidate = try manifest(at: "\(prepared)/candidate.json") else { return }
        candidate.version = version
        candidate.session = version.session
        try install(candidate, from: prepared, version)
        try retire()
    }

    private func install(_ manifest: ImageManifest, from prepared: String, _ version: ImageVersion) throws {
        try Folders.write(JSONCoding.encoder().encode(manifest), to: "\(prepared)/manifest.json")
        try faults(.manifestWritten)
        let name = folderName(version)
        let target = "\(folder)/\(name)"
        // Whatever has the name is moved away by one rename: a folder that is half removed would pass for the version.
        let replaced = "\(folder)/replaced-\(name)"
        if FileManager.default.fileExists(atPath: target) {
            try Folders.remove(replaced)
            try Folders.move(target, to: replaced)
            try faults(.versionMovedAway)
        }
        try Folders.move(prepared, to: target)
        try Folders.synchronize(folder)
        try faults(.versionNamed)
        try point(to: name)
        try Folders.remove(replaced)
        try faults(.versionLinked)
    }

    /// Deletes versions older than the one before the current one, and damaged ones: there is a good one again.
    func retire() throws {
        guard let image = try current(), let version = image.manifest.version else { return }
        let names = Folders.names(in: folder).compactMap { name in versionNumber(name).map { (number: $0, name: name) }
        }
        for (number, name) in names where name != image.folderName && number != version.number - 1 {
            try Folders.remove("\(folder)/\(name)")
        }
        for name in Folders.names(in: folder) where name.hasPrefix(Self.damaged) {
            try Folders.remove("\(folder)/\(name)")
        }
    }

    /// Sets a damaged image aside: it is lost, and the next run exports everything. Under another name nobody takes it for
    /// the version that was not linked yet; it stays for whoever wants to look until there is a good one.
    func forget() throws {
        let link = "\(folder)/current"
        if let name = try? FileManager.default.destinationOfSymbolicLink(atPath: link),
            FileManager.default.fileExists(atPath: "\(folder)/\(name)")
        {
            try Folders.remove("\(folder)/\(Self.damaged)\(name)")
            try Folders.move("\(folder)/\(name)", to: "\(folder)/\(Self.damaged)\(name)")
        }
        unlink(link)
        try Folders.synchronize(folder)
    }

    private static let damaged = "damaged-"

    /// Whether the image's files are what was written, byte by byte.
    func isWhole(_ image: Image) throws -> Bool {
        try image.manifest.files.allSatisfy { file in
            try file.sha256.isEmpty || Folders.sha256(of: "\(image.folder)/\(file.name)") == file.sha256
        }
    }

    /// A candidate with an image's own files and cookies, linked so that nothing is copied.
    func link(_ image: Image, jobInstance: String) throws {
        let prepared = preparedFolder(of: jobInstance)
        try Folders.remove(prepared)
        try Folders.make(prepared)
        let names =
            image.manifest.files.flatMap { [$0.name, $0.carried, $0.held, $0.source].compactMap { $0 } }
            + image.manifest.cookies
        for name in names { try Folders.link("\(image.folder)/\(name)", to: "\(prepared)/\(name)") }
    }

    /// The candidate that a job instance prepared, if it got that far.
    func candidate(of jobInstance: String) throws -> ImageManifest? {
        try manifest(at: "\(preparedFolder(of: jobInstance))/candidate.json")
    }

    /// A candidate for a session, of whatever job instance.
    func candidate(session: String) throws -> ImageManifest? {
        for name in Folders.names(in: folder) {
            if let found = try manifest(at: "\(preparedFolder(of: name))/candidate.json"), found.session == session {
                return found
            }
        }
        return nil
    }

    /// After a crash between the server's commit and `current`: the version's folder may be a candidate still, renamed and
    /// not linked, or about to take the place of another image of that version.
    private func adopt(_ version: ImageVersion) throws {
        let name = folderName(version)
        if let found = try manifest(at: "\(folder)/\(name)/manifest.json"), found.version == version {
            return try point(to: name)
        }
        if let found = try candidate(session: version.session) {
            return try promote(jobInstance: found.jobInstance, version: version)
        }
        for instance in Folders.names(in: folder) {
            let prepared = preparedFolder(of: instance)
            if let found = try manifest(at: "\(prepared)/manifest.json"), found.version == version {
                return try install(found, from: prepared, version)
            }
        }
    }

    private func point(to name: String) throws {
        let temporary = "\(folder)/current.\(getpid()).tmp"
        unlink(temporary)
        guard symlink(name, temporary) == 0, rename(temporary, "\(folder)/current") == 0 else {
            throw Folders.failure("linked", "\(folder)/current")
        }
        try Folders.synchronize(folder)
    }

    /// Removes the folders of runs that nobody needs any more, and versions that are too old.
    private func discard(keeping: Set<String>) throws {
        for name in Folders.names(in: folder)
        where name != "current" && !keeping.contains(name) && versionNumber(name) == nil
            && !name.hasPrefix(Self.damaged)
        {
            try Folders.remove("\(folder)/\(name)")
        }
        try retire()
    }

    /// An image whose files are all there with their sizes.
    private func image(at path: String, manifest name: String) throws -> Image? {
        guard let manifest = try manifest(at: "\(path)/\(name)") else { return nil }
        for file in manifest.files where Folders.size(of: "\(path)/\(file.name)") != file.bytes { return nil }
        for cookie in manifest.cookies where Folders.size(of: "\(path)/\(cookie)") == nil { return nil }
        let target = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) ?? path
        return Image(folder: "\(folder)/\(target)", folderName: target, manifest: manifest)
    }

    /// nil when there is none, or when it is not one: then the image counts as lost and everything is sent.
    private func manifest(at path: String) throws -> ImageManifest? {
        guard let data = try Folders.read(path) else { return nil }
        return try? JSONCoding.decoder().decode(ImageManifest.self, from: data)
    }

    private func folderName(_ version: ImageVersion) -> String { "\(version.number)-\(version.session)" }

    /// Version folders are `<number>-<session>`; job instances are GUIDs, which no number and hyphen of that length are.
    private func versionNumber(_ name: String) -> Int? {
        guard name.count > 36, let hyphen = name.firstIndex(of: "-") else { return nil }
        return name[name.index(after: hyphen)...].count == 36 ? Int(name[..<hyphen]) : nil
    }
}

/// The rows of a committed version.
struct Image: Sendable, Equatable {
    let folder: String
    let folderName: String
    let manifest: ImageManifest

    func path(of mapping: String) -> String? {
        manifest.files.first { $0.mapping == mapping }.map { "\(folder)/\($0.name)" }
    }

    /// What the changes of a feed are applied to; nil: the image itself.
    func sourcePath(of mapping: String) -> String? {
        manifest.files.first { $0.mapping == mapping }?.source.map { "\(folder)/\($0)" }
    }
}
