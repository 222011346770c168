internal import API
internal import Crypto
internal import Foundation
internal import Storage

extension SynchronizationEngine {
    /// Takes a mapping's file. Nothing of it counts before all of it is on the disk with the right SHA-256; taking it
    /// twice is taking it once.
    ///
    /// - Throws: `checksum` when other bytes came than were announced, `storageFull`, `sessionState`, `leaseLost`.
    package func receive<Body: AsyncSequence>(
        session id: String, mapping: String, leaseToken: Int, body: Body, sha256: String
    ) async throws where Body.Element: Sequence, Body.Element.Element == UInt8 {
        let record = try await database.read { transaction in
            try SessionStore(transaction: transaction, now: .distantPast).find(id)
        }
        try await database.read { transaction in
            try LeaseRecord.require(leaseToken, of: record.connector, transaction)
        }
        try Self.checkReceiving(record)
        guard record.definition.mappings.contains(mapping) else {
            throw SynchronizationError(
                .invalidRequest,
                "Connector \"\(record.connector)\" has no mapping \"\(mapping)\"; its mappings are "
                    + record.definition.mappings.joined(separator: ", ") + ".")
        }
        let file = try ReceivedFile(folder: files.receivedFolder(of: id), name: files.received(mapping, of: id), files)
        do {
            for try await chunk in body { try file.write(chunk) }
            let received = try file.finish()
            guard received.sha256 == sha256.lowercased() else {
                throw SynchronizationError(
                    .checksum,
                    "The file of mapping \"\(mapping)\" came with SHA-256 \(received.sha256), not \(sha256); send it again."
                )
            }
            try faults(.receivedBeforeRename)
            try file.keep()
            try faults(.receivedBeforeRecord)
            let now = clock()
            try await database.write { transaction in
                try LeaseRecord.require(leaseToken, of: record.connector, transaction)
                try Self.checkReceiving(SessionStore(transaction: transaction, now: now).find(id))
                try transaction.execute(
                    """
                    INSERT INTO US_SessionFiles (Session, Mapping, Bytes, Sha256, ReceivedAt)
                    VALUES (\(id), \(mapping), \(received.byteCount), \(received.sha256), \(now.timestamp))
                    ON CONFLICT (Session, Mapping) DO UPDATE SET Bytes = excluded.Bytes, Sha256 = excluded.Sha256,
                      ReceivedAt = excluded.ReceivedAt
                    """)
            }
        } catch let error as Interruption {
            throw error
        } catch {
            file.discard()
            throw error
        }
    }

    static func checkReceiving(_ record: SessionRecord) throws {
        guard record.state == .open else {
            throw SynchronizationError(
                .sessionState,
                "Session \(record.id) of connector \"\(record.connector)\" is \(record.state.rawValue) and takes no more "
                    + "files; run the job again.")
        }
    }
}
