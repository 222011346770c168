import API
import Delta
import Foundation

/// Makes the candidate of an applied session the current image (DESIGN §4, step 6): as the server holds it, that is
/// without the changes that a threshold holds (§8).
struct Promotion: Sendable {
    let client: APIClient
    let images: ImageStore
    let state: ConnectorState
    let memoryBudget: Int

    func promote(_ session: Session, jobInstance: String) async throws {
        guard let version = session.result else { return }
        let candidate = try images.candidate(session: session.id)
        if let candidate { try await carry(session, into: candidate) }
        try images.promote(jobInstance: candidate?.jobInstance ?? jobInstance, version: version)
        try images.retire()
    }

    /// After a crash between the server's commit and the promotion: the candidate that waits is completed from the
    /// server's answer, so that it can be adopted.
    func completePending() async throws {
        guard let version = state.version, try images.current()?.manifest.version != version,
            let candidate = try images.candidate(session: version.session),
            // Another one is not adopted: its image counts as lost.
            candidate.fingerprint == state.fingerprint
        else { return }
        try await carry(try await client.session(version.session), into: candidate)
    }

    /// Gives the candidate the rows that the server kept, and notes them in its manifest. Doing it twice is doing it once.
    private func carry(_ session: Session, into candidate: ImageManifest) async throws {
        guard !session.held.isEmpty else { return }
        let folder = images.preparedFolder(of: candidate.jobInstance)
        let tables = MappedTable.all(of: state.definition)
        let work = "\(folder)/held"
        try Folders.remove(work)
        let feed = HeldFeed(client: client, tables: tables, folder: work)
        guard let files = try await feed.write(session.held, .back) else {
            // Somebody decided, and the rows are gone: without them this is not the server's content.
            return try Folders.remove("\(folder)/candidate.json")
        }
        var carried = candidate
        for (index, file) in candidate.files.enumerated() {
            guard let held = files[file.mapping], let table = tables.first(where: { $0.mapping == file.mapping }) else {
                continue
            }
            let path = "\(folder)/\(file.name)"
            if file.isFromFeed == true {
                carried.files[index].source = try keepSource(of: file, in: folder)
            }
            let result = try await table.apply(
                held, to: path, in: work, memoryBudget: memoryBudget, writesDelta: false)
            try Folders.move(result.sorted.path, to: path)
            try Folders.move(held.list, to: "\(folder)/\(file.mapping).held.csv")
            carried.files[index].rows = result.sorted.rows
            carried.files[index].bytes = result.sorted.bytes
            carried.files[index].sha256 = result.sorted.sha256 ?? ""
            carried.files[index].root = result.digest?.root
            carried.files[index].heldRows = held.rows
            carried.files[index].held = "\(file.mapping).held.csv"
        }
        try Folders.write(JSONCoding.encoder().encode(carried), to: "\(folder)/candidate.json")
        try Folders.remove(work)
    }

    /// The next changes of a feed are changes of what the source has, not of what the server holds.
    private func keepSource(of file: ImageFile, in folder: String) throws -> String {
        let name = "\(file.mapping).source.csv"
        let path = "\(folder)/\(name)"
        // There after a crash: then the image may have been rewritten already.
        if !FileManager.default.fileExists(atPath: path) {
            try Folders.remove("\(path).part")
            try Folders.link("\(folder)/\(file.name)", to: "\(path).part")
            try Folders.move("\(path).part", to: path)
        }
        return name
    }
}
