import API
import Foundation
import WeirConfiguration

/// Compares the prepared image with the server's rows and sends what differs, in a new session, after its changes were
/// found to stand on other rows than the server holds. At most once a candidate (DESIGN §6).
struct RepairCandidate: Sendable {
    let client: APIClient
    let run: ConnectorRun
    let jobInstance: String
    let taskInstance: String

    /// - Parameter quarantine: sends what was set aside to the new session; a repair outside of a preparation sets nothing
    ///   aside.
    /// - Returns: the sealed session, whose candidate is the image; or an unchanged one, when nothing differs after all.
    func perform(
        progress: LatestProgress, quarantine: (_ session: String) async throws -> SentQuarantine? = { _ in nil }
    ) async throws -> (session: Session, found: Comparison) {
        let folder = run.images.preparedFolder(of: jobInstance)
        guard var candidate = try run.images.candidate(of: jobInstance) else {
            throw AgentError(.failed, "\(folder): the prepared image is gone; run the job again.")
        }
        if candidate.standsOnImage == true { try await run.checkImage() }
        let session = try await SessionOpening(
            client: client, run: run, jobInstance: jobInstance, taskInstance: taskInstance
        ).open(.incremental, .delta)
        await run.opened(session.id)
        guard session.state == .open else {
            try await run.keepProven(session, jobInstance: jobInstance)
            return (session, Comparison())
        }
        candidate.session = session.id
        candidate.exchange = ImageManifest.Exchanged(taskInstance: taskInstance)
        try Folders.write(JSONCoding.encoder().encode(candidate), to: "\(folder)/candidate.json")
        let images = try await ComparedImage.all(of: candidate, in: folder, MappedTable.all(of: run.definition))
        let exchange = Exchange(client: client, run: run, folder: folder)
        let found = try await exchange.compare(images, progress: progress)
        let sent = try await quarantine(session.id)
        guard found.comparison.total > 0 else {
            let closed = try await client.close(
                session: session.id,
                CloseSession(leaseToken: run.leaseToken, roots: Exchange.roots(images), quarantine: sent))
            try await run.keepProven(closed, jobInstance: jobInstance)
            return (closed, found.comparison)
        }
        return (try await exchange.send(found, sent, session: session.id, progress: progress), found.comparison)
    }
}
