import API
import Foundation
import WeirConfiguration

/// What a verification of one connector came to.
package struct VerificationReport: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        case equal
        /// Both sides differ, and nobody asked to repair it.
        case drift
        case repaired
        /// A safeguard holds the repair, or the connector waits for a decision; the text says which and what to do.
        case blocked(String)
        /// A safeguard holds a part of the repair, the rest is done (ThresholdScope Operation, DESIGN §8).
        case held(String)
    }

    package var connector: String
    package var outcome: Outcome
    package var resources: Int
    package var links: Int
    /// Whether both sides computed their digests anew.
    package var isDeep: Bool
    package var comparison: Comparison
    package var version: ImageVersion?
    package var verifiedAt: Date?
    package var session: String?
    /// What whoever asked should know besides.
    package var notices: [String]

    /// `HR: 3 resources and 0 links differed, repaired`.
    package var sentence: String {
        Comparison.sentence(connector, resources: resources, links: links, repaired: outcome == .repaired)
    }
}

/// Compares one connector's image with what the server holds, and repairs what differs where asked (DESIGN §6).
///
/// Equal roots are equal content as both sides kept it. Any difference is looked at deep, so that its counts are exact;
/// `isDeep` does so without one, which finds what plain SQL changed. A repair is an ordinary session: safeguards may hold
/// it, and its image is promoted when the server has applied it.
struct ConnectorVerification: Sendable {
    let client: APIClient
    let run: ConnectorRun
    let jobInstance: String
    /// Names the folder too: a job may verify between its preparation and its apply.
    let taskInstance: String
    let memoryBudget: Int

    func perform(isDeep: Bool, repairs: Bool, progress: LatestProgress) async throws -> VerificationReport {
        guard run.state.version != nil else {
            throw AgentError(
                .failed,
                """
                Connector "\(run.connector)" was never synchronized, so there is nothing to verify. Run its \
                Initial or Complete job first.
                """)
        }
        if repairs, let resumed = try await resume(progress) { return resumed }
        try checkLive()
        guard let image = run.image else { throw imageLost }
        let roots = image.manifest.roots
        let mappings =
            run.definition.entityTypeMappings.map(\.identifier)
            + run.definition.associationMappings.map(\.identifier)
        let isEqual =
            !run.isDiverged && mappings.allSatisfy { roots[$0] != nil && roots[$0] == run.state.roots[$0] }
        if !isDeep, isEqual {
            let kept = try await record(Comparison(), roots: roots, isDeep: false)
            return report(.equal, Comparison(), isDeep: false, verifiedAt: kept.checkedAt)
        }
        return try await lookDeep(image, repairs: repairs, progress)
    }

    private func lookDeep(
        _ image: Image, repairs: Bool, _ progress: LatestProgress
    ) async throws -> VerificationReport {
        progress.value = API.Progress(phase: "reading the image", rows: 0)
        guard try await offloaded({ try run.images.isWhole(image) }) else {
            try await run.forgetImage()
            throw imageLost
        }
        try run.images.link(image, jobInstance: taskInstance)
        let folder = run.images.preparedFolder(of: taskInstance)
        let images = try await ComparedImage.all(of: image.manifest, in: folder, MappedTable.all(of: run.definition))
        let exchange = Exchange(client: client, run: run, folder: folder)
        let found = try await exchange.compare(images, progress: progress)
        let roots = Exchange.roots(images)
        guard found.comparison.total > 0 else {
            let kept = try await record(found.comparison, roots: roots, isDeep: true)
            return report(.equal, found.comparison, isDeep: true, verifiedAt: kept.checkedAt)
        }
        guard repairs else {
            _ = try await record(found.comparison, roots: roots, isDeep: true)
            return report(.drift, found.comparison, isDeep: true, verifiedAt: run.state.verifiedAt)
        }
        if let since = run.state.blockedSince {
            _ = try await record(found.comparison, roots: roots, isDeep: true)
            return report(
                .blocked(
                    """
                    Connector "\(run.connector)" is blocked since \(since.formatted(.iso8601)) by session \
                    \(run.state.blockedSession?.id ?? "?"), so nothing is repaired: look at its changes (weir changes \
                    --session \(run.state.blockedSession?.id ?? "?")), resume or reject that run, and verify again.
                    """), found.comparison, isDeep: true, verifiedAt: run.state.verifiedAt)
        }
        return try await repair(image, found, exchange, progress)
    }

    /// What was prepared and waits for nobody is of no use any more.
    func discard(after report: VerificationReport) throws {
        if case .blocked = report.outcome, report.session != nil { return }
        try Folders.remove(run.images.exportFolder(of: taskInstance))
    }

    // MARK: Repairing

    private func repair(
        _ image: Image, _ found: Exchange.Found, _ exchange: Exchange, _ progress: LatestProgress
    ) async throws -> VerificationReport {
        let roots = Exchange.roots(found.files.map(\.image))
        let session: Session
        do {
            session = try await SessionOpening(
                client: client, run: run, jobInstance: jobInstance, taskInstance: taskInstance
            ).open(.incremental, .delta, isVerification: true)
        } catch let error as AgentError where error.code == .busy {
            _ = try await record(found.comparison, roots: roots, isDeep: true)
            throw error
        }
        guard session.state == .open else { return try await finish(session, found.comparison, progress) }
        do {
            return try await send(found, image, exchange, roots, in: session, progress)
        } catch {
            // What is not applied yet must not be applied by whoever comes next.
            await client.giveUp(session.id, run.leaseToken, because: "the repair was interrupted")
            throw error
        }
    }

    private func send(
        _ found: Exchange.Found, _ image: Image, _ exchange: Exchange, _ roots: [String: String], in session: Session,
        _ progress: LatestProgress
    ) async throws -> VerificationReport {
        var candidate = image.manifest
        candidate.version = nil
        candidate.session = session.id
        candidate.jobInstance = taskInstance
        candidate.exchange = ImageManifest.Exchanged(taskInstance: taskInstance, isVerification: true)
        try Folders.write(JSONCoding.encoder().encode(candidate), to: "\(exchange.folder)/candidate.json")
        _ = try await record(
            found.comparison, roots: roots, isDeep: true, session: session.id)
        let sealed = try await exchange.send(found, session: session.id, progress: progress)
        try Task.checkCancellation()
        return try await finish(sealed, found.comparison, progress)
    }

    /// Has the server apply the repair, and says what became of it.
    private func finish(
        _ session: Session, _ comparison: Comparison, _ progress: LatestProgress
    ) async throws -> VerificationReport {
        let ended = try await SessionApplying(
            client: client, run: run, jobInstance: jobInstance, memoryBudget: memoryBudget
        ).apply(
            session.id, SynchronizeSession(leaseToken: run.leaseToken, taskInstance: taskInstance), progress)
        switch ended.state {
        case .applied where !ended.held.isEmpty:
            return report(
                .held(
                    """
                    A part of the repair is held: \(ended.held.map { $0.detail ?? $0.summary }.joined(separator: "; ")). \
                    Look at it with weir changes --session \(ended.id); once it is approved, the connector's next run \
                    applies it.
                    """), comparison, isDeep: true, version: ended.result, verifiedAt: run.state.verifiedAt,
                session: ended.id)
        case .applied:
            return report(
                .repaired, comparison, isDeep: true, version: ended.result, verifiedAt: ended.endedAt,
                session: ended.id)
        case .blocked:
            return report(
                .blocked(
                    """
                    \(ended.detail ?? "A safeguard holds the repair.") Look at its changes with weir changes --session \
                    \(ended.id), approve or reject them, and run this again.
                    """), comparison, isDeep: true, verifiedAt: run.state.verifiedAt, session: ended.id)
        case .open, .sealed, .applying, .planned, .diverged, .stale, .failed, .rejected, .superseded, .unchanged,
            .abandoned, .cancelled:
            throw AgentError(
                .failed,
                ended.detail ?? "The repair's session \(ended.id) ended as \(ended.state.rawValue); verify again.")
        }
    }

    /// Goes on with a repair that this job instance, or a tool that was ended, had sent: approved meanwhile, or cut short.
    private func resume(_ progress: LatestProgress) async throws -> VerificationReport? {
        let waiting = run.state.blockedSession ?? run.state.lastSession
        guard let waiting, let candidate = try run.images.candidate(session: waiting.id) else {
            return resumedAfterCommit()
        }
        guard let exchange = candidate.exchange, exchange.isVerification else { return nil }
        let found = run.state.verification
        var comparison = Comparison()
        comparison.mappings = waiting.counters.mapValues {
            Comparison.Mapping(
                isLinks: $0.isLinks, inserted: $0.inserted, updated: $0.updated, deleted: $0.deleted, rebound: 0)
        }
        switch waiting.state {
        case .sealed, .applying: break
        case .blocked:
            guard waiting.approvedBy != nil else { return nil }
        case .open, .applied, .planned, .diverged, .stale, .failed, .rejected, .superseded, .unchanged, .abandoned,
            .cancelled:
            return nil
        }
        let own = ConnectorVerification(
            client: client, run: run, jobInstance: waiting.jobInstance ?? jobInstance,
            taskInstance: exchange.taskInstance, memoryBudget: memoryBudget)
        var report = try await own.finish(waiting, comparison, progress)
        report.resources = found?.resources ?? report.resources
        report.links = found?.links ?? report.links
        return report
    }

    /// A former process of this job instance ended after the server had applied its repair.
    private func resumedAfterCommit() -> VerificationReport? {
        guard let last = run.state.lastSession, last.jobInstance == jobInstance, last.state == .applied,
            let found = run.state.verification, found.session == last.id
        else { return nil }
        var report = report(.repaired, Comparison(), isDeep: true, verifiedAt: run.state.verifiedAt, session: last.id)
        report.resources = found.resources
        report.links = found.links
        return report
    }

    // MARK: What is told

    private func record(
        _ comparison: Comparison, roots: [String: String], isDeep: Bool, session: String? = nil
    ) async throws -> Verification {
        try await client.record(
            VerificationResult(
                connector: run.connector, leaseToken: run.leaseToken, isDeep: isDeep,
                resources: comparison.resources, links: comparison.links, roots: roots, session: session))
    }

    private func report(
        _ outcome: VerificationReport.Outcome, _ comparison: Comparison, isDeep: Bool, version: ImageVersion? = nil,
        verifiedAt: Date?, session: String? = nil
    ) -> VerificationReport {
        VerificationReport(
            connector: run.connector, outcome: outcome, resources: comparison.resources, links: comparison.links,
            isDeep: isDeep, comparison: comparison, version: version ?? run.state.version, verifiedAt: verifiedAt,
            session: session, notices: notices)
    }

    /// A session that waits: its changes are in neither side's content.
    private var notices: [String] {
        var notices: [String] = []
        if let blocked = run.state.blockedSession {
            let decision = blocked.approvedBy.map { "was approved by \($0) and is applied by the connector's next run" }
            notices.append(
                "\(run.connector): session \(blocked.id) \(decision ?? "waits for a decision"); its changes are not applied."
            )
        } else if let last = run.state.lastSession, !last.state.isFinal {
            notices.append(
                "\(run.connector): session \(last.id) is \(last.state.rawValue), left by a run that was interrupted; its "
                    + "changes are not applied.")
        }
        return notices
    }

    /// The lease is held, yet the server still applies what another run asked for.
    private func checkLive() throws {
        guard let last = run.state.lastSession, last.state == .applying else { return }
        throw AgentError(
            .busy,
            "Session \(last.id) of connector \"\(run.connector)\" is being applied; wait for its end and verify then.")
    }

    private var imageLost: AgentError {
        AgentError(
            .failed,
            """
            This agent holds no image of connector "\(run.connector)" at the server's version \
            \(run.state.version?.description ?? "none"), because it is lost or damaged, another installation synchronized \
            last, or a deployment changed the mappings. Run the connector's incremental or Complete job: it exports \
            everything and repairs what differs.
            """)
    }
}
