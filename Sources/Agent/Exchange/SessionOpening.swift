import API
import WeirConfiguration

/// Opens sessions of one run's connector.
struct SessionOpening: Sendable {
    let client: APIClient
    let run: ConnectorRun
    let jobInstance: String
    let taskInstance: String
    var isSimulation = false

    /// A session that somebody left open is given up first: this run holds the lease. A verification leaves one that waits
    /// to be applied alone: it is somebody's work, which a repair of what was before would undo.
    ///
    /// Changes stand on the server's version: either the image is of that version, or what is sent is found by comparing
    /// with it.
    ///
    /// - Parameters:
    ///   - isVerification: the rows are those of the image, not of the source.
    ///   - releases: the approved held set that the session applies; a task instance opens one session for each.
    /// - Throws: `AgentError` with `busy` when a verification finds a session that waits to be applied.
    func open(
        _ mode: SynchronizationMode, _ content: SessionContent, isVerification: Bool = false,
        releases: HeldSet? = nil, base: ImageVersion? = nil
    ) async throws -> Session {
        let request = OpenSession(
            connector: run.connector, mode: mode, content: content, base: base ?? run.state.version,
            fingerprint: run.state.fingerprint, leaseToken: run.leaseToken, jobInstance: jobInstance,
            taskInstance: releases.map { "\(taskInstance) \($0.id)" } ?? taskInstance, releases: releases?.id,
            isVerification: isVerification)
        do {
            return try await client.open(request)
        } catch let error as APIError where error.code == .sessionLive {
            guard let left = try await client.connectorState(run.connector).lastSession, !left.state.isFinal else {
                throw error
            }
            if isSimulation, left.state == .sealed, !left.isSimulation { throw inTheWay(left) }
            if isVerification, left.state == .sealed { throw waiting(left) }
            _ = try await client.abort(
                session: left.id,
                AbortSession(leaseToken: run.leaseToken, reason: "left behind by an interrupted run"))
            return try await client.open(request)
        }
    }

    /// A simulation changes nothing, so that what was prepared for a run stays.
    private func inTheWay(_ session: Session) -> AgentError {
        AgentError(
            .busy,
            """
            Session \(session.id) of connector "\(run.connector)" was prepared and waits to be applied, so that nothing can be \
            simulated: apply it with a job's SynchronizeTask (weir invoke-job -j JOB -c SynchronizeTask), or run the job \
            without --simulate, which takes its place.
            """)
    }

    private func waiting(_ session: Session) -> AgentError {
        let mend =
            session.jobInstance == jobInstance
            ? """
            This job prepared it: give the VerifySynchronizationTask a level before its preparation, or after its \
            SynchronizeTask.
            """
            : """
            Run the connector's job, or weir prepare-synchronization again and a job's SynchronizeTask: that gives the \
            session up, prepares anew, and repairs what differs.
            """
        return AgentError(
            .busy,
            """
            Connector "\(run.connector)" differs, and nothing was repaired: session \(session.id) was prepared and waits to \
            be applied. \(mend)
            """)
    }
}
