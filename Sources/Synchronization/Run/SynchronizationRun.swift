internal import API
internal import Foundation
internal import Storage
internal import WeirConfiguration

/// One session from its files to its outcome: staged first, then computed, checked and applied in one transaction.
struct SynchronizationRun: Sendable {
    let engine: SynchronizationEngine
    let session: String

    func execute() async throws {
        let session = session
        let record = try await engine.database.read { transaction in
            try SessionStore(transaction: transaction, now: .distantPast).find(session)
        }
        guard record.state == .applying else { return }
        try engine.faults(.runStarted)
        let (isEnded, superseded) = try await engine.database.withStaging { staging in
            // An approved change set is applied as it is: nothing is loaded or computed again.
            let staged = record.isApproved ? [:] : try await stage(record, staging)
            try engine.faults(.stagingDone)
            let now = engine.clock()
            return try await staging.write { transaction -> (Bool, [String]) in
                let store = SessionStore(transaction: transaction, now: now)
                let apply = SessionApply(
                    run: self, record: try store.find(session), staged: staged, staging: staging, store)
                let isEnded = try apply.execute()
                return (isEnded, try store.supersededNow(connector: record.connector))
            }
        }
        try engine.faults(.runCommitted)
        for id in superseded + (isEnded ? [session] : []) { engine.files.removeReceived(of: id) }
        try engine.faults(.filesRemoved)
    }

    // MARK: Staging

    private static let slice = 50_000

    private func stage(_ record: SessionRecord, _ staging: any Staging) async throws -> [String: StagedFile] {
        let session = session
        let files = try await engine.database.read { transaction in
            try SynchronizationEngine.sealedFiles(of: session, transaction)
        }
        let total = files.reduce(0) { $0 + $1.rows }
        var staged: [String: StagedFile] = [:]
        var rowsBefore = 0
        for (number, file) in files.enumerated() {
            let table = staging.table("File\(number)")
            let before = rowsBefore
            staged[file.mapping] = try await stage(file, in: table, record, staging) { rows in
                publish("loading", before + rows, total)
            }
            rowsBefore += file.rows
            try engine.faults(.fileStaged)
        }
        return staged
    }

    func publish(_ phase: String, _ rows: Int, _ total: Int?) {
        engine.watch.publish(Progress(phase: phase, rows: rows, totalRows: total), of: session)
    }

    private func stage(
        _ file: SealedFile, in table: SQL, _ record: SessionRecord, _ staging: any Staging,
        progress: @Sendable (Int) -> Void
    ) async throws -> StagedFile {
        let layout = try Self.layout(of: file, record.definition)
        let path = engine.files.received(file.mapping, of: session)
        try await staging.write { transaction in
            let text = transaction.dialect.text
            let keys = layout.columns.filter(\.isKey).map { SQL(identifier: $0.column) }.joined()
            let columns = layout.stagingColumns.map { "\(identifier: $0) \(sql: text)" as SQL }.joined()
            try transaction.execute(
                """
                CREATE TEMPORARY TABLE \(sql: table) (\(sql: columns), PRIMARY KEY (\(sql: keys)))\
                \(sql: transaction.dialect.clustered)
                """)
        }
        let source = try SentFile(path: path, layout: layout)
        var rows = 0
        var isDone = false
        while !isDone {
            (rows, isDone) = try await staging.write { transaction in
                try source.load(into: table, limit: Self.slice, transaction)
            }
            progress(rows)
        }
        guard rows == file.rows else {
            throw layout.error("has \(rows) rows, and \(file.rows) were sealed; run the job again")
        }
        return StagedFile(
            mapping: file.mapping, table: table, hasCommand: layout.hasCommand, rows: file.rows, sha256: file.sha256,
            deletesUnusable: source.deletesUnusable, exportRows: file.imageRows - file.carriedRows)
    }

    private static func layout(of file: SealedFile, _ definition: ConnectorDefinition) throws -> SentLayout {
        if let plan = definition.resourcePlans.first(where: { $0.type == file.mapping }) {
            return SentLayout(
                mapping: file.mapping,
                columns: plan.fields.map {
                    SentLayout.Column(
                        name: $0.property, column: $0.column, limit: $0.limit, isKey: $0.column == plan.key.column)
                }, ignored: plan.unstored, hasCommand: file.content == .delta, isEntityType: true)
        }
        guard let plan = definition.linkPlans.first(where: { $0.mapping == file.mapping }) else {
            throw SynchronizationError(
                .configuration,
                "Mapping \"\(file.mapping)\" has no column for its key; give the key property a TargetColumnIndex from 0 to "
                    + "127 and deploy.")
        }
        return SentLayout(
            mapping: file.mapping,
            columns: [
                SentLayout.Column(name: "Key1", column: "Key1", limit: plan.side1.keyLimit, isKey: true),
                SentLayout.Column(name: "Key2", column: "Key2", limit: plan.side2.keyLimit, isKey: true),
            ], ignored: [], hasCommand: file.content == .delta)
    }
}
