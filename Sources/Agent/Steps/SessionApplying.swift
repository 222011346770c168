import API

/// Has the server apply a session, and promotes its image once it has (DESIGN §4, steps 5 and 6).
struct SessionApplying: Sendable {
    let client: APIClient
    let run: ConnectorRun
    let jobInstance: String
    let memoryBudget: Int

    /// Waits for the end of the session's run, and promotes the image of one that was applied.
    func apply(
        _ id: String, _ request: SynchronizeSession, _ progress: LatestProgress
    ) async throws -> Session {
        var session = try await client.session(id)
        if session.state.waitsForDecision { session = try await client.synchronize(session: id, request) }
        while session.state == .applying || session.waitsForRequest {
            // Sealed again: the server died in the middle of the apply and wrote nothing of it.
            if session.state != .applying { session = try await client.synchronize(session: id, request) }
            progress.value = session.progress
            session = try await client.session(id, seen: session, wait: .seconds(20))
        }
        if session.state == .applied {
            try await Promotion(client: client, images: run.images, state: run.state, memoryBudget: memoryBudget)
                .promote(session, jobInstance: jobInstance)
        }
        return session
    }
}

extension Session {
    /// Sealed, or approved and put back by a server that died: asking (again) applies it.
    fileprivate var waitsForRequest: Bool {
        state == .sealed || (state.waitsForDecision && approvedBy != nil)
    }
}
