import API
import Delta
import Foundation
import Storage
import TestSupport
import WeirConfiguration

@testable import WeirSynchronization

extension World {
    /// What an exchange found: rows that its delta changes, and what the next apply binds anew.
    struct Exchanged: Equatable {
        var resources = 0
        var links = 0
    }

    private func shape(_ mapping: String) -> ImageShape {
        let columns = Content.columns[mapping] ?? ["Key1", "Key2"]
        let isPairs = Content.columns[mapping] == nil
        return ImageShape(columns: columns, keys: isPairs ? [0, 1] : [0], association: isPairs ? mapping : nil)
    }

    /// Compares the content with what is stored as an agent does, and leaves a delta for each mapping.
    func compare(_ content: Content, token: Int) async throws -> (Exchanged, deltas: [String: [UInt8]]) {
        let server = try await engine.recompute(
            RecomputeContent(connector: Company.connector, leaseToken: token), in: model)
        var found = Exchanged()
        var deltas: [String: [UInt8]] = [:]
        let images = folder.path("images")
        try FileManager.default.createDirectory(atPath: images, withIntermediateDirectories: true)
        for (mapping, digest) in content.digests {
            let image = images + "/" + mapping + ".csv"
            try Data(World.csv(content.file(mapping))).write(to: URL(fileURLWithPath: image))
            guard let held = server.mappings[mapping] else { continue }
            var buckets = Set(held.unusableBuckets)
            if held.root != digest.root {
                let bytes = try await engine.buckets(
                    ContentBuckets(connector: Company.connector, leaseToken: token, mapping: mapping), in: model)
                buckets.formUnion(digest.differences(from: Digest(bytes: bytes) ?? Digest()))
            }
            let rows = try await engine.rows(
                ContentRows(
                    connector: Company.connector, leaseToken: token, mapping: mapping, buckets: buckets.sorted()),
                in: model)
            let result = try ImageDifference(shape(mapping), buckets: buckets.sorted()).write(
                image: image, rows: rows.path, to: image + ".delta")
            deltas[mapping] = Array(try Data(contentsOf: URL(fileURLWithPath: image + ".delta")))
            if Content.columns[mapping] != nil {
                found.resources += result.total
            } else {
                found.links += result.total + held.strayLinks
            }
        }
        if found.resources == 0 {
            found.links += server.mappings.values.reduce(0) { $0 + $1.misboundPairs }
        }
        return (found, deltas)
    }

    /// Sends the deltas in a session of their own.
    func sendExchange(
        _ deltas: [String: [UInt8]], of content: Content, _ mode: SynchronizationMode, token: Int
    ) async throws -> Session {
        let session = try await open(mode, .delta, token: token)
        var seals: [SealedFile] = []
        for (mapping, bytes) in deltas.sorted(by: { $0.key < $1.key }) {
            try await send(bytes, as: mapping, to: session.id, token: token)
            seals.append(sealed(mapping, bytes, rows: World.rows(bytes), .delta))
        }
        return try await engine.seal(
            session: session.id, SealSession(leaseToken: token, files: seals, roots: content.roots), in: model)
    }

    private static func rows(_ csv: [UInt8]) -> Int {
        var rows = -1
        var isQuoted = false
        for byte in csv {
            if byte == 0x22 { isQuoted.toggle() }
            if byte == 0x0A, !isQuoted { rows += 1 }
        }
        return rows
    }

    /// Compares, and repairs what differs.
    func repair(
        _ content: Content, _ mode: SynchronizationMode = .incremental
    ) async throws -> (found: Exchanged, session: Session?) {
        let token = try await lease()
        let (found, deltas) = try await compare(content, token: token)
        guard found != Exchanged() else { return (found, nil) }
        let sealed = try await sendExchange(deltas, of: content, mode, token: token)
        return (found, try await apply(sealed.id, token: token))
    }

    func meddle(_ statements: SQL...) async throws {
        try await database.write { transaction in
            for statement in statements { try transaction.execute(statement) }
        }
    }
}
