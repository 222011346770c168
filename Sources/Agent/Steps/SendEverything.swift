import API
import Foundation
import WeirConfiguration

/// Sends the prepared image whole, in a new session, after its changes were found to stand on other rows than the
/// server holds. The server compares, and the same safeguards watch (DESIGN §6).
struct SendEverything: Sendable {
    let client: APIClient
    let run: ConnectorRun
    let jobInstance: String
    let taskInstance: String

    /// - Returns: the sealed session, whose candidate is the image.
    func perform(progress: LatestProgress) async throws -> Session {
        let folder = run.images.preparedFolder(of: jobInstance)
        guard var candidate = try run.images.candidate(of: jobInstance) else {
            throw AgentError(.failed, "\(folder): the prepared image is gone; run the job again.")
        }
        let session = try await client.open(
            OpenSession(
                connector: run.connector, mode: .incremental, content: .full, base: run.image?.manifest.version,
                fingerprint: run.state.fingerprint, leaseToken: run.leaseToken, jobInstance: jobInstance,
                taskInstance: taskInstance))
        await run.opened(session.id)
        guard session.state == .open else { return session }
        candidate.session = session.id
        try Folders.write(JSONCoding.encoder().encode(candidate), to: "\(folder)/candidate.json")
        let entities = Set(run.definition.entityTypeMappings.map(\.identifier))
        var files: [SealedFile] = []
        for file in candidate.files {
            let sealed = SealedFile(
                mapping: file.mapping, isEntityType: entities.contains(file.mapping), content: .full, rows: file.rows,
                bytes: file.bytes, sha256: file.sha256, imageRows: file.rows, carriedRows: file.carriedRows)
            try await client.upload(
                session: session.id, file: sealed, path: "\(folder)/\(file.name)", leaseToken: run.leaseToken)
            files.append(sealed)
            progress.value = API.Progress(phase: "sending \(file.mapping)", rows: file.rows, totalRows: file.rows)
        }
        return try await client.seal(
            session: session.id,
            SealSession(leaseToken: run.leaseToken, files: files, roots: candidate.roots))
    }
}
