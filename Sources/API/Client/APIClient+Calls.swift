import Foundation
import WeirConfiguration

/// The calls, one method a route. Paths are the permissions' paths (DESIGN §9).
extension APIClient {
    // Connectors

    package func connectorState(_ connector: String) async throws -> ConnectorState {
        try await get("/api/Connectors/Connector/\(PathSegment.encoded(connector))")
    }

    package func connectors() async throws -> Page<Connector> {
        try await get("/api/Connectors/Connector")
    }

    package func lease(_ request: LeaseRequest) async throws -> Lease {
        try await send("POST", "/api/Connectors/SynchronizeSession/Lease", request)
    }

    package func release(_ request: LeaseRelease) async throws {
        try await post("/api/Connectors/SynchronizeSession/Lease/Release", request)
    }

    package func open(_ request: OpenSession) async throws -> Session {
        try await send("POST", "/api/Connectors/SynchronizeSession", request)
    }

    /// Sends one file; the server takes it only if its SHA-256 is the one named.
    package func upload(session: String, file: SealedFile, path: String, leaseToken: Int) async throws {
        let target = """
            \(sessionPath(session))/File/\(PathSegment.encoded(file.mapping))\
            ?leaseToken=\(leaseToken)&sha256=\(file.sha256)
            """
        _ = try await call(
            "PUT", target, body: .file(path: path, byteCount: file.bytes), timeout: .seconds(3600))
    }

    /// Sends one list of what a preparation set aside.
    package func upload(
        session: String, list: QuarantineList, path: String, byteCount: Int, sha256: String, leaseToken: Int
    ) async throws {
        let target = """
            \(sessionPath(session))/Quarantine/\(list.rawValue)?leaseToken=\(leaseToken)&sha256=\(sha256)
            """
        _ = try await call(
            "PUT", target, body: .file(path: path, byteCount: byteCount), timeout: .seconds(3600))
    }

    package func seal(session: String, _ request: SealSession) async throws -> Session {
        try await send("POST", "\(sessionPath(session))/Seal", request)
    }

    package func close(session: String, _ request: CloseSession) async throws -> Session {
        try await send("POST", "\(sessionPath(session))/Close", request)
    }

    package func abort(session: String, _ request: AbortSession) async throws -> Session {
        try await send("POST", "\(sessionPath(session))/Abort", request)
    }

    package func synchronize(session: String, _ request: SynchronizeSession) async throws -> Session {
        try await send("POST", "\(sessionPath(session))/Synchronize", request)
    }

    /// The session; with `wait`, as soon as its state or progress is another than in `seen`, at the latest after `wait`.
    package func session(_ id: String, seen: Session? = nil, wait: Duration? = nil) async throws -> Session {
        guard let wait else { return try await get(sessionPath(id)) }
        var query = "?wait=\(Int(wait.seconds))"
        if let seen {
            query += "&state=\(seen.state.rawValue)"
            if let progress = seen.progress {
                query += "&phase=\(PathSegment.encoded(progress.phase))&rows=\(progress.rows)"
            }
        }
        return try await get(sessionPath(id) + query, timeout: wait + .seconds(30))
    }

    /// What a session would change, or changed, and what became of it. Of a job the session that waits first, else its
    /// newest; of a connector likewise; without either that of all connectors.
    package func review(
        session: String? = nil, job: String? = nil, connector: String? = nil
    ) async throws -> ChangeReview {
        let query = [("session", session), ("job", job), ("connector", connector)].compactMap { name, value in
            value.map { "\(name)=\(PathSegment.encoded($0))" }
        }
        return try await get("/api/Connectors/ResourceChange/Review?" + query.joined(separator: "&"))
    }

    package func resourceChanges(
        session: String, _ filter: ChangeFilter = ChangeFilter(), pageSize: Int? = nil, continuation: String? = nil
    ) async throws -> Page<ResourceChange> {
        try await get(
            "/api/Connectors/ResourceChange" + changesQuery(session, filter, pageSize: pageSize, continuation))
    }

    package func linkChanges(
        session: String, _ filter: ChangeFilter = ChangeFilter(), pageSize: Int? = nil, continuation: String? = nil
    ) async throws -> Page<LinkChange> {
        try await get(
            "/api/Connectors/ResourceLinkChange" + changesQuery(session, filter, pageSize: pageSize, continuation))
    }

    /// What was set aside, by connector and mapping.
    package func quarantines(connector: String?) async throws -> [Quarantine] {
        let page: Page<Quarantine> = try await get(
            "/api/Connectors/RejectedRow/Summary" + (connector.map { "?connector=\(PathSegment.encoded($0))" } ?? ""))
        return page.items
    }

    package func rejectedRows(
        connector: String, mapping: String, continuation: String? = nil
    ) async throws -> Page<RejectedRow> {
        try await get(quarantinePath("", connector, mapping) + continuationQuery(continuation))
    }

    package func carriedRows(
        connector: String, mapping: String, continuation: String? = nil
    ) async throws -> Page<CarriedRow> {
        try await get(quarantinePath("/Carried", connector, mapping) + continuationQuery(continuation))
    }

    /// The rejected rows as a CSV file with header line; nil: of every connector, of every mapping.
    package func rejectedRowsCSV(connector: String?, mapping: String?) async throws -> Data {
        try await call(
            "GET", quarantinePath("", connector, mapping) + "&format=csv", body: .none, timeout: .seconds(600)
        ).body
    }

    private func quarantinePath(_ list: String, _ connector: String?, _ mapping: String?) -> String {
        let given = [("connector", connector), ("mapping", mapping)].compactMap { name, value in
            value.map { "&\(name)=\(PathSegment.encoded($0))" }
        }
        return "/api/Connectors/RejectedRow\(list)?\(given.joined().dropFirst())"
    }

    // Jobs

    package func jobDefinition(_ job: String, instance: String? = nil) async throws -> JobDefinition {
        let chosen = instance.map { "&instance=\(PathSegment.encoded($0))" } ?? ""
        return try await get("/api/Jobs/Task?job=\(PathSegment.encoded(job))" + chosen)
    }

    /// The jobs of an agent, with their newest instances: what its scheduler needs.
    package func schedules(agent: String) async throws -> [JobSummary] {
        try await get("/api/Jobs/Task/Schedules?agent=\(PathSegment.encoded(agent))")
    }

    package func change(jobInstance id: String, _ change: JobInstanceChange) async throws -> RunStatus {
        try await send("PATCH", "/api/Jobs/JobInstance/\(id)", change)
    }

    package func change(taskInstance id: String, _ change: TaskInstanceChange) async throws -> RunStatus {
        try await send("PATCH", "/api/Jobs/TaskInstance/\(id)", change)
    }

    /// Has the server execute a server-side task.
    package func run(taskInstance id: String) async throws -> ServerTaskOutcome {
        try await send("PATCH", "/api/Jobs/TaskInstance/\(id)/Run", [String: String](), timeout: .seconds(3600))
    }

    package func jobInstance(_ id: String) async throws -> JobInstance {
        try await get("/api/Jobs/JobInstance/\(id)")
    }

    /// The agent's long poll; nil when nothing came within `wait`.
    package func nextRequestedJob(agent: String, installation: String, wait: Duration) async throws -> RequestedJob? {
        try await getIfAny(
            """
            /api/Jobs/JobInstance/Next?agent=\(PathSegment.encoded(agent))\
            &installation=\(PathSegment.encoded(installation))&wait=\(Int(wait.seconds))
            """,
            timeout: wait + .seconds(30))
    }

    package func approve(_ request: ApproveSession) async throws -> Session {
        try await send("POST", "/api/Jobs/RunJob/Repair", request)
    }

    package func reject(_ request: RejectSession) async throws -> Session {
        try await send("POST", "/api/Jobs/RunJob/Repair/Reject", request)
    }

    // Configuration

    package func deploy(_ request: DeployConfiguration) async throws -> DeploymentReport {
        let path = request.simulateOnly ? "/api/Configuration/Query/Plan" : "/api/Configuration/Deploy"
        return try await send("POST", path, request, timeout: .seconds(600))
    }

    /// What is deployed, as XML files; with `scaffolding` also what the scaffoldings generated.
    package func configuration(scaffolding: Bool) async throws -> [ConfigurationFile] {
        let page: Page<ConfigurationFile> = try await get(
            "/api/Configuration?scaffolding=\(scaffolding)", timeout: .seconds(600))
        return page.items
    }

    private func sessionPath(_ id: String) -> String { "/api/Connectors/SynchronizeSession/\(PathSegment.encoded(id))" }

    private func changesQuery(
        _ session: String, _ filter: ChangeFilter, pageSize: Int?, _ token: String?
    ) -> String {
        let values = [
            ("session", session), ("mapping", filter.mapping), ("operation", filter.operation),
            ("cause", filter.cause?.rawValue), ("key", filter.key), ("pageSize", pageSize.map { "\($0)" }),
            ("continuationToken", token),
        ]
        return "?"
            + values.compactMap { name, value in value.map { "\(name)=\(PathSegment.encoded($0))" } }
            .joined(separator: "&")
    }

    private func continuationQuery(_ token: String?) -> String {
        token.map { "&continuationToken=\(PathSegment.encoded($0))" } ?? ""
    }
}
