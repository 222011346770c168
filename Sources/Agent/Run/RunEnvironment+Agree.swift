import API

extension RunEnvironment {
    /// Step 0 of DESIGN §4: version, fingerprint and what is pending of a connector.
    func agree(on connector: String, leaseToken: Int, for jobInstance: String) async throws -> ConnectorRun {
        let state = try await client.connectorState(connector)
        let images = ImageStore(folder: workspace.collect(connector), faults: faults)
        var keeping: Set<String> = [jobInstance]
        if let last = state.lastSession, !last.state.isFinal, let waiting = last.jobInstance { keeping.insert(waiting) }
        if let waiting = state.blockedSession?.jobInstance { keeping.insert(waiting) }
        keeping.formUnion(state.waiting.compactMap(\.jobInstance))
        for session in [state.lastSession, state.blockedSession].compactMap({ $0 }) + state.waiting
        where !session.state.isFinal {
            if let candidate = try images.candidate(session: session.id) { keeping.insert(candidate.jobInstance) }
        }
        try await Promotion(client: client, images: images, state: state, memoryBudget: settings.memoryBudget)
            .completePending()
        let image = try images.agree(version: state.version, fingerprint: state.fingerprint, keeping: keeping)
        return ConnectorRun(
            connector: connector, images: images, state: state, image: image, previous: try images.current(),
            leaseToken: leaseToken)
    }
}
