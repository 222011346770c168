import API
import Delta
import Foundation
import Jobs
import WeirConfiguration

/// Opens the session, computes what changed, sends and seals it (DESIGN §4, steps 2 to 4).
struct PrepareStep: Sendable {
    let environment: RunEnvironment
    let client: APIClient
    let run: ConnectorRun
    let jobInstance: String
    let taskInstance: String
    /// Connections whose export belongs to this run: their tables must come from it.
    let exported: Set<String>

    func perform(
        mode: SynchronizationMode, commandColumn: String, progress: LatestProgress
    ) async throws -> StepReport {
        let tables = MappedTable.all(of: run.definition)
        // Files are looked for before the session is opened: a missing one must not leave a session behind.
        let sources = try TableSources(
            environment: environment, run: run, jobInstance: jobInstance, exported: exported)
        let files = try Dictionary(
            tables.map { ($0.table, try sources.source(of: $0.table)) }, uniquingKeysWith: { first, _ in first })
        // Incremental without an image that both sides hold: everything is sent, and the server compares.
        let image = mode == .initial ? nil : run.image
        let wanted: SessionContent = mode == .incremental && image != nil && !run.isDiverged ? .delta : .full
        let session = try await open(mode, wanted)
        // A former process may have opened this task's session already, and for everything.
        let content = session.content
        await run.opened(session.id)
        guard session.state == .open else { return alreadySealed(session) }
        do {
            return try await fill(
                session, from: files, sources, tables, image: image,
                commandColumn: mode == .incremental ? commandColumn : nil,
                content: content, progress: progress)
        } catch let error as APIError where error.code == nil {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            // What will not be sealed is given up at once, not when the next run finds it.
            _ = try? await client.abort(
                session: session.id, AbortSession(leaseToken: run.leaseToken, reason: "the preparation failed"))
            throw error
        }
    }

    /// Prepares every table for an open session, and sends what is to be sent.
    private func fill(
        _ session: Session, from files: [String: TableSources.Source], _ sources: TableSources, _ tables: [MappedTable],
        image: Image?, commandColumn: String?, content: SessionContent, progress: LatestProgress
    ) async throws -> StepReport {
        let folder = run.images.preparedFolder(of: jobInstance)
        try Folders.remove(folder)
        try Folders.make(folder)
        let inputs = try await offloaded {
            try files.map { table, file in (table, try sources.transformed(table, file)) }
        }
        let input = Dictionary(uniqueKeysWithValues: inputs)
        var prepared: [(MappedTable, PreparationResult)] = []
        for table in tables {
            guard let source = input[table.table] else { preconditionFailure("every table has its source") }
            let preparation = preparation(
                table, source: source, folder: folder, image: image, content: content,
                commandColumn: commandColumn, progress: progress)
            let result = try await self.prepared(preparation)
            guard !source.isChangeFeed || result.isChangeFeed else {
                throw feedWithoutCommand(table, commandColumn ?? "")
            }
            try publishRejected(table, result)
            prepared.append((table, result))
        }
        if content == .delta, !prepared.contains(where: \.1.hasChanges) {
            let closed = try await client.close(
                session: session.id, CloseSession(leaseToken: run.leaseToken, roots: roots(prepared)))
            guard closed.state == .diverged else {
                return report(prepared, outcome: .noProcessing(remark: remark(prepared)), session: closed.id)
            }
            try write(candidate: prepared, session: closed.id, cookies: sources.cookies, into: folder)
            let everything = try await SendEverything(
                client: client, run: run, jobInstance: jobInstance, taskInstance: taskInstance
            ).perform(progress: progress)
            return report(
                prepared, outcome: .completed(remark: remark(prepared)), session: everything.id,
                log: [closed.detail ?? "the server's content differs: everything is sent"])
        }
        try write(candidate: prepared, session: session.id, cookies: sources.cookies, into: folder)
        try await send(prepared, content: content, session: session.id, progress: progress)
        return report(prepared, outcome: .completed(remark: remark(prepared)), session: session.id)
    }

    /// A session that somebody left open is given up first: this run holds the lease.
    private func open(_ mode: SynchronizationMode, _ content: SessionContent) async throws -> Session {
        let request = OpenSession(
            connector: run.connector, mode: mode, content: content,
            base: content == .delta ? run.image?.manifest.version : run.state.version,
            fingerprint: run.state.fingerprint, leaseToken: run.leaseToken, jobInstance: jobInstance,
            taskInstance: taskInstance)
        do {
            return try await client.open(request)
        } catch let error as APIError where error.code == .sessionLive {
            guard let left = try await client.connectorState(run.connector).lastSession, !left.state.isFinal else {
                throw error
            }
            _ = try await client.abort(
                session: left.id,
                AbortSession(leaseToken: run.leaseToken, reason: "left behind by an interrupted run"))
            return try await client.open(request)
        }
    }

    /// A former process sealed the session and ended before it could say so.
    private func alreadySealed(_ session: Session) -> StepReport {
        switch session.state {
        case .unchanged: StepReport(outcome: .noProcessing(), session: session.id)
        case .sealed, .applying, .applied, .blocked, .planned: StepReport(outcome: .completed(), session: session.id)
        case .open, .diverged, .stale, .failed, .rejected, .superseded, .abandoned, .cancelled:
            StepReport(
                outcome: .error(session.detail ?? "the session \(session.id) ended as \(session.state.rawValue)"),
                session: session.id)
        }
    }

    private func preparation(
        _ table: MappedTable, source: TableSources.Source, folder: String, image: Image?, content: SessionContent,
        commandColumn: String?, progress: LatestProgress
    ) -> Preparation {
        Preparation(
            name: table.mapping, input: source.path, columns: table.columns, keys: table.keys, kind: table.kind,
            checkedColumns: table.checkedColumns, writesRejected: table.checkedColumns.isEmpty,
            writesDelta: content == .delta, previous: image?.path(of: table.mapping), commandColumn: commandColumn,
            outputDirectory: folder, memoryBudget: environment.settings.memoryBudget, digests: true, checksums: true,
            maximumRejectedPercentage: table.maximumRejectedPercentage,
            progress: { progress.value = API.Progress(phase: "\($0.phase.rawValue) \(table.mapping)", rows: $0.rows) })
    }

    private func prepared(_ preparation: Preparation) async throws -> PreparationResult {
        do {
            return try await offloaded { try prepare(preparation) }
        } catch let error as DeltaError where error.code == .columnMissing {
            throw AgentError(
                .failed,
                """
                \(error). Mend the source, or correct the columns of the mapping "\(preparation.name)" and deploy.
                """)
        } catch let error as DeltaError where error.code == .previousCorrupt || error.code == .previousUnreadable {
            // The image is damaged: without it everything is sent, which needs a session of that content.
            try run.images.forget()
            throw AgentError(
                .failed, "\(error) The damaged image was set aside; run the job again: it sends everything.")
        }
    }

    /// Rejected rows stay where a person finds them, whatever becomes of this run's folder: `Temp/Rejected`.
    private func publishRejected(_ table: MappedTable, _ result: PreparationResult) throws {
        guard table.checkedColumns.isEmpty else { return }
        let path = rejectedPath(table)
        try Folders.remove(path)
        guard result.rejected > 0, let file = result.rejectedRows else { return }
        try Folders.make((path as NSString).deletingLastPathComponent)
        try Folders.write(try Folders.read(file.path) ?? Data(), to: path)
    }

    private func rejectedPath(_ table: MappedTable) -> String {
        "\(environment.workspace.tempFolder)/Rejected/\(table.mapping).rejected.csv"
    }

    private func feedWithoutCommand(_ table: MappedTable, _ column: String) -> AgentError {
        AgentError(
            .failed,
            """
            The table "\(table.table)" holds changes only, but has no column "\(column)" that says which. Correct \
            PathIncremental, or ColumnName of the task.
            """)
    }

    private func write(
        candidate prepared: [(MappedTable, PreparationResult)], session: String, cookies: [String: [UInt8]],
        into folder: String
    ) throws {
        let names = cookies.keys.sorted()
        for name in names { try Folders.write(Data(cookies[name] ?? []), to: "\(folder)/\(name)") }
        let manifest = ImageManifest(
            session: session, jobInstance: jobInstance, fingerprint: run.state.fingerprint,
            files: prepared.map { table, result in
                ImageFile(
                    mapping: table.mapping, name: "\(table.mapping).sorted.csv", rows: result.sorted.rows,
                    bytes: result.sorted.bytes, sha256: result.sorted.sha256 ?? "", carriedRows: result.carried,
                    carried: result.carriedRows.map { _ in "\(table.mapping).carried.csv" },
                    root: result.digest?.root)
            }.sorted { $0.mapping < $1.mapping },
            cookies: names)
        try Folders.write(JSONCoding.encoder().encode(manifest), to: "\(folder)/candidate.json")
    }

    private func send(
        _ prepared: [(MappedTable, PreparationResult)], content: SessionContent, session: String,
        progress: LatestProgress
    ) async throws {
        var files: [SealedFile] = []
        for (table, result) in prepared {
            let file = content == .delta ? result.delta ?? result.sorted : result.sorted
            let sealed = SealedFile(
                mapping: table.mapping, isEntityType: table.isEntityType, content: content, rows: file.rows,
                bytes: file.bytes, sha256: file.sha256 ?? "", imageRows: result.sorted.rows,
                carriedRows: result.carried)
            try await client.upload(session: session, file: sealed, path: file.path, leaseToken: run.leaseToken)
            files.append(sealed)
            progress.value = API.Progress(phase: "sending \(table.mapping)", rows: file.rows, totalRows: file.rows)
        }
        _ = try await client.seal(
            session: session, SealSession(leaseToken: run.leaseToken, files: files, roots: roots(prepared)))
    }

    private func roots(_ prepared: [(MappedTable, PreparationResult)]) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: prepared.compactMap { table, result in
                result.digest.map { (table.mapping, $0.root) }
            })
    }

    // MARK: What is told

    /// Rejected rows make the job end in warning; null keys and duplicates are only counted (DESIGN §12).
    private func remark(_ prepared: [(MappedTable, PreparationResult)]) -> String? {
        let rejected = prepared.filter { $0.0.checkedColumns.isEmpty && $0.1.rejected > 0 }
        guard !rejected.isEmpty else { return nil }
        return rejected.map { table, result in
            let rows = result.rejected == 1 ? "1 rejected row" : "\(result.rejected) rejected rows"
            return "\(rows) of \(table.table): see \(rejectedPath(table))"
        }.joined(separator: "; ")
    }

    private func report(
        _ prepared: [(MappedTable, PreparationResult)], outcome: StepOutcome, session: String,
        log: [String] = []
    ) -> StepReport {
        var counters: [String: Int] = [:]
        var log = log
        for (table, result) in prepared {
            counters["rows", default: 0] += result.rowsRead
            counters["rejected", default: 0] += table.checkedColumns.isEmpty ? result.rejected : 0
            counters["null keys", default: 0] += result.nullKeys
            counters["duplicates", default: 0] += result.duplicates
            counters["inserted", default: 0] += result.inserted
            counters["updated", default: 0] += result.updated
            counters["deleted", default: 0] += result.deleted
            log.append(
                """
                \(table.mapping): \(result.rowsRead) rows, \(result.kept) kept, \(result.nullKeys) without key, \
                \(result.duplicates) duplicates, \(result.rejected) rejected; \(result.inserted) inserted, \
                \(result.updated) updated, \(result.deleted) deleted, \(result.unchanged) unchanged
                """)
        }
        return StepReport(outcome: outcome, counters: counters.filter { $0.value != 0 }, session: session, log: log)
    }
}
