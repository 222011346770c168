import API
import Delta
import Foundation
import WeirConfiguration

/// Applies an approved held set in a session of its own: to the agent's image, and by the server, which takes exactly
/// what was approved or nothing (DESIGN §8).
struct ReleaseStep: Sendable {
    let environment: RunEnvironment
    let client: APIClient
    let run: ConnectorRun
    let jobInstance: String
    let taskInstance: String

    /// - Returns: the sealed session, whose candidate is the image with the changes.
    func perform(_ set: HeldSet, _ state: ConnectorState, progress: LatestProgress) async throws -> Session {
        guard let image = try run.images.current(), image.manifest.version == state.version,
            image.manifest.fingerprint == state.fingerprint
        else {
            throw AgentError(
                .failed,
                """
                The image of connector "\(run.connector)" is not the server's version, so the approved changes cannot be \
                applied to it. Run the job again: it makes a new image, and applies what is approved then.
                """)
        }
        let session = try await SessionOpening(
            client: client, run: run, jobInstance: jobInstance, taskInstance: taskInstance
        ).open(.incremental, .delta, releases: set, base: state.version)
        guard session.state == .open else { return session }
        progress.value = API.Progress(phase: "applying approved \(set.operation)s of \(set.mapping)", rows: 0)
        let folder = run.images.preparedFolder(of: jobInstance)
        try Folders.remove(folder)
        try Folders.make(folder)
        let tables = MappedTable.all(of: run.definition)
        let work = "\(folder)/held"
        let feed = HeldFeed(client: client, tables: tables, folder: work)
        guard let changes = try await feed.write([set], .forward) else {
            throw AgentError(
                .failed,
                "The server has not all of the approved \(set.operation)s of \"\(set.mapping)\" any more; run the job again."
            )
        }
        var candidate = ImageManifest(
            session: session.id, jobInstance: jobInstance, fingerprint: state.fingerprint, files: image.manifest.files,
            cookies: image.manifest.cookies)
        var sealed: [(SealedFile, String)] = []
        for (index, file) in image.manifest.files.enumerated() {
            guard let table = tables.first(where: { $0.mapping == file.mapping }) else { continue }
            for name in [file.carried, file.source].compactMap(\.self) {
                try Folders.link("\(image.folder)/\(name)", to: "\(folder)/\(name)")
            }
            let delta: PreparationResult.File
            if let change = changes[file.mapping] {
                let result = try await table.apply(
                    change, to: "\(image.folder)/\(file.name)", in: folder,
                    memoryBudget: environment.settings.memoryBudget, writesDelta: true)
                candidate.files[index].name = "\(file.mapping).sorted.csv"
                candidate.files[index].rows = result.sorted.rows
                candidate.files[index].bytes = result.sorted.bytes
                candidate.files[index].sha256 = result.sorted.sha256 ?? ""
                candidate.files[index].root = result.digest?.root
                delta = result.delta ?? result.sorted
            } else {
                try Folders.link("\(image.folder)/\(file.name)", to: "\(folder)/\(file.name)")
                delta = try CSVWriter(
                    path: "\(folder)/\(file.mapping).sorted.delta",
                    header: ["command"] + table.columns.map(\.name), checksum: true
                ).close()
            }
            try keepList(of: &candidate.files[index], without: set, from: image, in: folder)
            sealed.append(
                (
                    SealedFile(
                        mapping: file.mapping, isEntityType: table.isEntityType, content: .delta, rows: delta.rows,
                        bytes: delta.bytes, sha256: delta.sha256 ?? "", imageRows: candidate.files[index].rows,
                        carriedRows: file.carriedRows), delta.path
                ))
        }
        for cookie in image.manifest.cookies {
            try Folders.link("\(image.folder)/\(cookie)", to: "\(folder)/\(cookie)")
        }
        try Folders.remove(work)
        try Folders.write(JSONCoding.encoder().encode(candidate), to: "\(folder)/candidate.json")
        for (file, path) in sealed {
            try await client.upload(session: session.id, file: file, path: path, leaseToken: run.leaseToken)
        }
        return try await client.seal(
            session: session.id,
            SealSession(leaseToken: run.leaseToken, files: sealed.map(\.0), roots: candidate.roots))
    }

    /// What the other sets hold stays listed beside the image.
    private func keepList(
        of file: inout ImageFile, without set: HeldSet, from image: Image, in folder: String
    ) throws {
        guard let name = file.held else { return }
        let old = try CSVReader(path: "\(image.folder)/\(name)")
        guard let place = old.index(of: "set") else { return }
        let new = try CSVWriter(path: "\(folder)/\(name)", header: old.columns)
        var rows = 0
        while let row = try old.next() {
            guard row[place] != set.id else { continue }
            try new.write(row.values)
            rows += 1
        }
        try new.close()
        file.heldRows = rows
        // Nothing is held any more: what the source has and what the server holds are one again.
        if rows == 0 {
            try Folders.remove("\(folder)/\(name)")
            if let source = file.source { try Folders.remove("\(folder)/\(source)") }
            (file.held, file.heldRows, file.source) = (nil, nil, nil)
        }
    }
}
