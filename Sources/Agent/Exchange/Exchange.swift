import API
import Delta
import Foundation
import WeirConfiguration

/// Finds what differs between images and what the server holds, and sends that alone (DESIGN §6).
///
/// The server computes its digests anew first; of the buckets that differ it tells hash and key of their rows, which are
/// merged with the image into a delta beside it. The delta goes the way of every other: a session and its safeguards.
struct Exchange: Sendable {
    let client: APIClient
    let run: ConnectorRun
    /// Where the deltas are written.
    let folder: String

    /// What was found, and the deltas that repair it.
    struct Found: Sendable {
        var comparison: Comparison
        var files: [(image: ComparedImage, delta: PreparationResult.File)]
    }

    // MARK: Comparing

    /// - Throws: `leaseLost`, `sessionLive`; AgentError when the server's version is another than at the run's start.
    func compare(_ images: [ComparedImage], progress: LatestProgress) async throws -> Found {
        progress.value = API.Progress(phase: "verifying", rows: 0)
        let server = try await client.recompute(
            RecomputeContent(connector: run.connector, leaseToken: run.leaseToken))
        guard server.version == run.state.version else {
            throw AgentError(
                .failed,
                "The content of connector \"\(run.connector)\" was changed by another run meanwhile; run this again.")
        }
        var found = Found(comparison: Comparison(), files: [])
        for image in images {
            let held = server.mappings[image.table.mapping]
            let (difference, received) = try await difference(of: image, held, progress)
            found.comparison.bytesReceived += received
            found.comparison.mappings[image.table.mapping] = Comparison.Mapping(
                isLinks: !image.table.isEntityType, inserted: difference.inserted, updated: difference.updated,
                deleted: difference.deleted, rebound: held?.strayLinks ?? 0)
            found.files.append((image, difference.delta))
        }
        // While resources differ, what their keys name is not known: their repair binds it, and nothing is counted.
        if found.comparison.resources == 0 {
            for (mapping, held) in server.mappings {
                found.comparison.mappings[mapping]?.rebound += held.misboundPairs
            }
        }
        found.comparison.bytesToSend =
            found.comparison.total == 0 ? 0 : found.files.reduce(0) { $0 + $1.delta.bytes }
        return found
    }

    private func difference(
        of image: ComparedImage, _ held: RecomputedContent.Mapping?, _ progress: LatestProgress
    ) async throws -> (ImageDifference.Result, received: Int) {
        let mapping = image.table.mapping
        progress.value = API.Progress(phase: "comparing \(mapping)", rows: 0, totalRows: image.rows)
        var buckets = held?.unusableBuckets ?? []
        var received = 0
        if held?.root != image.digest.root {
            let bytes = try await client.buckets(
                ContentBuckets(connector: run.connector, leaseToken: run.leaseToken, mapping: mapping))
            received += bytes.count
            guard let digest = Digest(bytes: bytes) else {
                throw AgentError(
                    .failed,
                    """
                    The server's digest of "\(mapping)" has \(bytes.count) bytes, not 65,536; agent and server are of \
                    versions that do not fit.
                    """)
            }
            buckets = Set(buckets).union(image.digest.differences(from: digest)).sorted()
        }
        let asked = buckets.filter((0..<Digest.bucketCount).contains)
        let rows = asked.isEmpty ? nil : "\(folder)/\(mapping).server.csv"
        if let rows {
            received += try await client.rows(
                ContentRows(
                    connector: run.connector, leaseToken: run.leaseToken, mapping: mapping, buckets: asked),
                to: rows)
        }
        let path = "\(folder)/\(mapping).sorted.delta"
        let result = try await offloaded {
            try ImageDifference(image.table.shape, buckets: asked).write(image: image.path, rows: rows, to: path)
        }
        if let rows { try Folders.remove(rows) }
        return (result, received)
    }

    // MARK: Sending

    /// Sends what was found in an open session, and seals it with the images' roots.
    ///
    /// - Parameter quarantine: what the preparation set aside; nil: there was none, what is listed stays.
    func send(
        _ found: Found, _ quarantine: SentQuarantine? = nil, session: String, progress: LatestProgress
    ) async throws -> Session {
        var files: [SealedFile] = []
        for (image, delta) in found.files {
            let sealed = SealedFile(
                mapping: image.table.mapping, isEntityType: image.table.isEntityType, content: .delta,
                rows: delta.rows, bytes: delta.bytes, sha256: delta.sha256 ?? "", imageRows: image.rows,
                carriedRows: image.carriedRows)
            try await client.upload(session: session, file: sealed, path: delta.path, leaseToken: run.leaseToken)
            files.append(sealed)
            progress.value = API.Progress(
                phase: "sending \(image.table.mapping)", rows: delta.rows, totalRows: delta.rows)
        }
        return try await client.seal(
            session: session,
            SealSession(
                leaseToken: run.leaseToken, files: files, roots: Self.roots(found.files.map(\.image)),
                quarantine: quarantine))
    }

    static func roots(_ images: [ComparedImage]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: images.map { ($0.table.mapping, $0.digest.root) })
    }

    /// One line a mapping that differs.
    static func log(_ comparison: Comparison) -> [String] {
        comparison.mappings.sorted { $0.key < $1.key }.filter { $0.value.total > 0 }.map { mapping, counted in
            let rebound = counted.rebound > 0 ? ", \(counted.rebound) bound anew" : ""
            return """
                \(mapping): on the server \(counted.inserted) rows are missing, \(counted.updated) are others, \
                \(counted.deleted) are too many\(rebound)
                """
        }
    }
}
