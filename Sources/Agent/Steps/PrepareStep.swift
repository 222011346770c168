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
    /// Nothing of what waits on the server may give way to it.
    var isSimulation = false

    func perform(
        mode: SynchronizationMode, commandColumn: String, progress: LatestProgress
    ) async throws -> StepReport {
        let tables = MappedTable.all(of: run.definition)
        // Files are looked for before the session is opened: a missing one must not leave a session behind.
        let sources = try TableSources(
            environment: environment, run: run, jobInstance: jobInstance, exported: exported)
        let files = try Dictionary(
            tables.map { ($0.table, try sources.source(of: $0.table)) }, uniquingKeysWith: { first, _ in first })
        // The server compares where nothing of it is known: the first load, and content without version. Everything else
        // sends what differs, found from an image that both sides hold, or by an exchange.
        let content: SessionContent = mode == .initial || run.state.version == nil ? .full : .delta
        let session = try await SessionOpening(
            client: client, run: run, jobInstance: jobInstance, taskInstance: taskInstance, isSimulation: isSimulation
        ).open(mode, content)
        await run.opened(session.id)
        guard session.state == .open else { return try await alreadySealed(session, tables) }
        do {
            return try await fill(
                session, from: files, sources, tables, mode: mode, commandColumn: commandColumn, progress: progress)
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
        mode: SynchronizationMode, commandColumn: String, progress: LatestProgress
    ) async throws -> StepReport {
        let folder = run.images.preparedFolder(of: jobInstance)
        try Folders.remove(folder)
        try Folders.make(folder)
        let inputs = try await offloaded {
            try files.map { table, file in (table, try sources.transformed(table, file)) }
        }
        var work = Work(
            input: Dictionary(uniqueKeysWithValues: inputs), folder: folder,
            commandColumn: mode == .incremental ? commandColumn : nil)
        if mode != .initial { work.previous = run.previous }
        // A former process may have opened this task's session already, and for everything.
        work.isExchange = session.content == .delta && (mode == .complete || run.image == nil || run.isDiverged)
        work.writesDelta = session.content == .delta && !work.isExchange
        let prepared: [(MappedTable, PreparationResult)]
        do {
            prepared = try await self.prepared(tables, &work, progress)
        } catch let error as DeltaError where error.isOfImage {
            try await run.forgetImage()
            guard !work.input.values.contains(where: \.isChangeFeed) else {
                throw AgentError(
                    .failed,
                    "\(error) The damaged image was set aside; run the job again: it exports everything.")
            }
            work.previous = nil
            work.writesDelta = false
            work.isExchange = session.content == .delta
            prepared = try await self.prepared(tables, &work, progress)
        }
        work.quarantine = try await quarantine(prepared, work, session: session.id)
        if work.isExchange { return try await exchange(session, prepared, sources, work, progress) }
        if session.content == .delta, !prepared.contains(where: \.1.hasChanges) {
            return try await close(session, prepared, sources, work, progress)
        }
        try write(candidate: prepared, work, session: session.id, cookies: sources.cookies)
        try await send(prepared, work.quarantine, content: session.content, session: session.id, progress: progress)
        return report(prepared, outcome: .completed(remark: remark(prepared)), session: session.id)
    }

    /// What the tables are prepared from.
    private struct Work {
        var input: [String: TableSources.Source]
        var folder: String
        var commandColumn: String?
        /// Whose rows are compared with, and carried where the input has no usable ones.
        var previous: Image?
        /// Mappings for which the server's rows took its place.
        var onServerRows: Set<String> = []
        var writesDelta = false
        /// What is sent is found by comparing with the server, not with `previous`.
        var isExchange = false
        /// What was set aside, as the open session knows it.
        var quarantine: SentQuarantine?
    }

    private func quarantine(
        _ prepared: [(MappedTable, PreparationResult)], _ work: Work, session: String
    ) async throws -> SentQuarantine {
        try await QuarantineReport(client: client, leaseToken: run.leaseToken, folder: work.folder)
            .send(prepared, session: session)
    }

    private func prepared(
        _ tables: [MappedTable], _ work: inout Work, _ progress: LatestProgress
    ) async throws -> [(MappedTable, PreparationResult)] {
        var prepared: [(MappedTable, PreparationResult)] = []
        var isRecounted = false
        for table in tables {
            guard let source = work.input[table.table] else { preconditionFailure("every table has its source") }
            guard !source.isChangeFeed || work.commandColumn != nil else { throw feedForEverything(table) }
            var preparation = preparation(table, source: source, work, progress)
            var result = try await self.prepared(preparation)
            guard !source.isChangeFeed || result.isChangeFeed else {
                throw feedWithoutCommand(table, work.commandColumn ?? "")
            }
            if work.isExchange, run.image == nil, result.isChangeFeed {
                // Everything was exported, as changes: they stand on nothing, and what they do not name is gone.
                guard source.isExported, !source.isChangeFeed else {
                    throw feedWithoutImage(table, work.commandColumn ?? "")
                }
                preparation.previous = nil
                preparation.feedBase = nil
                preparation.isCompleteFeed = true
                result = try await self.prepared(preparation)
            }
            if work.isExchange, preparation.previous == nil {
                work.onServerRows.insert(table.mapping)
                try await checkRows(table, result)
                if result.rejected > 0 {
                    // What is carried for rejected rows is known to the server alone, once it has looked at what it holds:
                    // a pair that SQL took away while its link stands would be carried for gone.
                    if !isRecounted {
                        _ = try await client.recompute(
                            RecomputeContent(connector: run.connector, leaseToken: run.leaseToken))
                        isRecounted = true
                    }
                    preparation.previous = try await serverRows(of: table, work.folder)
                    result = try await self.prepared(preparation)
                    try Folders.remove(preparation.previous ?? "")
                }
            }
            try publishRejected(table, result)
            prepared.append((table, result))
        }
        return prepared
    }

    /// The same that `prepare` checks where it has an image: an empty file is more likely cut than true.
    private func checkRows(_ table: MappedTable, _ result: PreparationResult) async throws {
        guard result.rowsRead == 0 else { return }
        let path = try await serverRows(of: table, run.images.preparedFolder(of: jobInstance))
        let isEmpty = try CSVReader(path: path).next() == nil
        try Folders.remove(path)
        guard !isEmpty else { return }
        throw AgentError(
            .failed,
            """
            The table "\(table.table)" has no rows, but the server has some of \(table.mapping); was its export cut \
            short?
            """)
    }

    /// All rows of a mapping as the server holds them, in the form of an image.
    private func serverRows(of table: MappedTable, _ folder: String) async throws -> String {
        let path = "\(folder)/\(table.mapping).server.csv"
        _ = try await client.rows(
            ContentRows(
                connector: run.connector, leaseToken: run.leaseToken, mapping: table.mapping,
                buckets: Array(0..<Digest.bucketCount), withValues: true),
            to: path)
        return path
    }

    /// There is nothing to send, if the server holds the same rows.
    private func close(
        _ session: Session, _ prepared: [(MappedTable, PreparationResult)], _ sources: TableSources, _ work: Work,
        _ progress: LatestProgress
    ) async throws -> StepReport {
        let closed = try await client.close(
            session: session.id,
            CloseSession(leaseToken: run.leaseToken, roots: roots(prepared), quarantine: work.quarantine))
        guard closed.state == .diverged else {
            return report(prepared, outcome: .noProcessing(remark: remark(prepared)), session: closed.id)
        }
        try write(candidate: prepared, work, session: closed.id, cookies: sources.cookies)
        let (repair, found) = try await RepairCandidate(
            client: client, run: run, jobInstance: jobInstance, taskInstance: taskInstance
        ).perform(progress: progress) { try await quarantine(prepared, work, session: $0) }
        let log = [closed.detail ?? "the server's content differs"] + Exchange.log(found)
        return report(
            prepared,
            outcome: repair.state == .unchanged
                ? .noProcessing(remark: remark(prepared)) : .completed(remark: remark(prepared)),
            session: repair.id, log: log)
    }

    /// Sends what differs from what the server holds.
    private func exchange(
        _ session: Session, _ prepared: [(MappedTable, PreparationResult)], _ sources: TableSources, _ work: Work,
        _ progress: LatestProgress
    ) async throws -> StepReport {
        if standsOnImage(prepared, work) { try await run.checkImage() }
        let images = prepared.map(ComparedImage.init)
        let exchange = Exchange(client: client, run: run, folder: work.folder)
        let found = try await exchange.compare(images, progress: progress)
        try write(candidate: prepared, work, session: session.id, cookies: sources.cookies)
        var log = Exchange.log(found.comparison)
        log.append(
            "compared with the server: \(found.comparison.bytesReceived) bytes received, "
                + "\(found.comparison.bytesToSend) to send")
        guard found.comparison.total > 0 else {
            let closed = try await client.close(
                session: session.id,
                CloseSession(
                    leaseToken: run.leaseToken, roots: Exchange.roots(images), quarantine: work.quarantine))
            guard closed.state == .unchanged else {
                throw AgentError(.failed, closed.detail ?? "the session ended as \(closed.state.rawValue)")
            }
            try await run.keepProven(closed, jobInstance: jobInstance)
            return report(
                prepared, outcome: .noProcessing(remark: remark(prepared)), session: closed.id, log: log)
        }
        _ = try await exchange.send(found, work.quarantine, session: session.id, progress: progress)
        return report(
            prepared, outcome: .completed(remark: remark(prepared)), session: session.id, log: log)
    }

    /// Whether rows of the image before went into the prepared one.
    private func standsOnImage(_ prepared: [(MappedTable, PreparationResult)], _ work: Work) -> Bool {
        work.previous != nil
            && prepared.contains { table, result in
                !work.onServerRows.contains(table.mapping) && (result.isChangeFeed || result.carried > 0)
            }
    }

    /// A former process sealed or closed the session and ended before it could say so.
    private func alreadySealed(_ session: Session, _ tables: [MappedTable]) async throws -> StepReport {
        let recalled = QuarantineReport.recalled(
            tables, in: run.images.preparedFolder(of: jobInstance), published: rejectedPath)
        let counters = recalled.map { ["rejected": $0.rows] } ?? [:]
        switch session.state {
        case .unchanged:
            // It may have ended between the server's answer and the promotion of what was proven equal.
            try await run.keepProven(session, jobInstance: jobInstance)
            return StepReport(
                outcome: .noProcessing(remark: recalled?.remark), counters: counters, session: session.id)
        case .sealed, .applying, .applied, .blocked, .planned:
            return StepReport(
                outcome: .completed(remark: recalled?.remark), counters: counters, session: session.id)
        case .open, .diverged, .stale, .failed, .rejected, .superseded, .abandoned, .cancelled:
            return StepReport(
                outcome: .error(session.detail ?? "the session \(session.id) ended as \(session.state.rawValue)"),
                session: session.id)
        }
    }

    private func preparation(
        _ table: MappedTable, source: TableSources.Source, _ work: Work, _ progress: LatestProgress
    ) -> Preparation {
        Preparation(
            name: table.mapping, input: source.path, columns: table.columns, keys: table.keys, kind: table.kind,
            checkedColumns: table.checkedColumns, writesNamedKeys: run.state.quarantined.contains(table.mapping),
            writesDelta: work.writesDelta,
            previous: work.previous?.path(of: table.mapping),
            feedBase: work.previous?.sourcePath(of: table.mapping), commandColumn: work.commandColumn,
            outputDirectory: work.folder, memoryBudget: environment.settings.memoryBudget, digests: true,
            checksums: true,
            maximumRejectedPercentage: table.maximumRejectedPercentage,
            progress: { progress.value = API.Progress(phase: "\($0.phase.rawValue) \(table.mapping)", rows: $0.rows) })
    }

    private func prepared(_ preparation: Preparation) async throws -> PreparationResult {
        do {
            return try await offloaded(preparation)
        } catch let error as DeltaError where error.code == .columnMissing {
            throw AgentError(
                .failed,
                """
                \(error). Mend the source, or correct the columns of the mapping "\(preparation.name)" and deploy.
                """)
        }
    }

    /// Rejected rows stay where a person finds them, whatever becomes of this run's folder: `Temp/Rejected`.
    private func publishRejected(_ table: MappedTable, _ result: PreparationResult) throws {
        let path = rejectedPath(table)
        try Folders.remove(path)
        guard result.rejectedHere > 0, let file = result.rejectedRows else { return }
        try Folders.make((path as NSString).deletingLastPathComponent)
        try Folders.write(try Folders.read(file.path) ?? Data(), to: path)
    }

    private func rejectedPath(_ table: MappedTable) -> String {
        "\(environment.workspace.tempFolder)/Rejected/\(table.mapping).rejected.csv"
    }

    private func feedForEverything(_ table: MappedTable) -> AgentError {
        let connection = table.table.prefix { $0 != "_" }
        return AgentError(
            .failed,
            """
            The table "\(table.table)" holds changes only, and the modes Complete and Initial need everything. Set \
            IgnoreCookieFile="true" on the ExportTask of the connection "\(connection)" in this job, or run the \
            connector's incremental job.
            """)
    }

    private func feedWithoutCommand(_ table: MappedTable, _ column: String) -> AgentError {
        AgentError(
            .failed,
            """
            The table "\(table.table)" holds changes only, but has no column "\(column)" that says which. Correct \
            PathIncremental, or ColumnName of the task.
            """)
    }

    private func feedWithoutImage(_ table: MappedTable, _ column: String) -> AgentError {
        AgentError(
            .failed,
            """
            The table "\(table.table)" has a column "\(column)", so it holds changes, and the image that they change is \
            lost. Have the connection export everything, or put a file with all rows and without that column there.
            """)
    }

    private func write(
        candidate prepared: [(MappedTable, PreparationResult)], _ work: Work, session: String,
        cookies: [String: [UInt8]]
    ) throws {
        let folder = work.folder
        let names = cookies.keys.sorted()
        for name in names { try Folders.write(Data(cookies[name] ?? []), to: "\(folder)/\(name)") }
        let manifest = ImageManifest(
            session: session, jobInstance: jobInstance, fingerprint: run.state.fingerprint,
            files: prepared.map { table, result in
                ImageFile(
                    mapping: table.mapping, name: "\(table.mapping).sorted.csv", rows: result.sorted.rows,
                    bytes: result.sorted.bytes, sha256: result.sorted.sha256 ?? "", carriedRows: result.carried,
                    carried: result.carriedRows.map { _ in "\(table.mapping).carried.csv" },
                    root: result.digest?.root, isFromFeed: result.isChangeFeed)
            }.sorted { $0.mapping < $1.mapping },
            cookies: names, exchange: work.isExchange ? ImageManifest.Exchanged(taskInstance: taskInstance) : nil,
            standsOnImage: standsOnImage(prepared, work))
        try Folders.write(JSONCoding.encoder().encode(manifest), to: "\(folder)/candidate.json")
    }

    private func send(
        _ prepared: [(MappedTable, PreparationResult)], _ quarantine: SentQuarantine?, content: SessionContent,
        session: String, progress: LatestProgress
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
            session: session,
            SealSession(
                leaseToken: run.leaseToken, files: files, roots: roots(prepared), quarantine: quarantine))
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
        let rejected = prepared.filter { $0.1.rejectedHere > 0 }
        guard !rejected.isEmpty else { return nil }
        return rejected.map { table, result in
            QuarantineReport.sentence(result.rejectedHere, of: table, in: rejectedPath(table))
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
            counters["rejected", default: 0] += result.rejectedHere
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

extension DeltaError {
    /// The image of the last version cannot be used, whatever the input is like.
    fileprivate var isOfImage: Bool { code == .previousCorrupt || code == .previousUnreadable }
}
