import API

/// Has the server apply a session, and promotes its image once it has (DESIGN §4, steps 5 and 6).
struct SessionApplying: Sendable {
    let client: APIClient
    let run: ConnectorRun
    let jobInstance: String
    let memoryBudget: Int

    /// How often a server may give the session back before the apply counts as failed.
    private static let mostRequests = 5

    /// Waits for the end of the session's run, and promotes the image of one that was applied. Asks once, and again each time
    /// that the server, having died in the middle of the apply, put the session back: it wrote nothing of it then.
    func apply(
        _ id: String, _ request: SynchronizeSession, _ progress: LatestProgress
    ) async throws -> Session {
        var session = try await client.session(id)
        var requests = 0
        while true {
            if session.waitsForRequest {
                guard requests < Self.mostRequests else { throw givenBack(session) }
                requests += 1
                session = try await client.synchronize(session: id, request)
                // Waiting changes nothing about a session that has not begun.
                if session.waitsForRequest { throw notBegun(session) }
            } else if session.state == .applying {
                progress.value = session.progress
                session = try await client.session(id, seen: session, wait: .seconds(20))
            } else {
                break
            }
        }
        if session.state == .applied {
            try await Promotion(client: client, images: run.images, state: run.state, memoryBudget: memoryBudget)
                .promote(session, jobInstance: jobInstance)
        }
        return session
    }

    private func givenBack(_ session: Session) -> AgentError {
        AgentError(
            .failed,
            """
            The server gave session \(session.id) of connector "\(run.connector)" back \(Self.mostRequests) times without \
            applying it. \(session.detail ?? "See its log.") Mend that, and run the job again.
            """)
    }

    private func notBegun(_ session: Session) -> AgentError {
        AgentError(
            .failed,
            """
            The server does not apply session \(session.id) of connector "\(run.connector)", which is \
            \(session.state.rawValue) still. Reject it with weir reject --session \(session.id), and run the job again.
            """)
    }
}

extension Session {
    /// Sealed, or approved and put back by a server that died: asking (again) applies it.
    fileprivate var waitsForRequest: Bool {
        state == .sealed || (state.waitsForDecision && approvedBy != nil)
    }
}
