import API
import WeirConfiguration

/// One connector in one run: its lease, what server and agent agreed on, and the session in between.
actor ConnectorRun {
    nonisolated let connector: String
    nonisolated let images: ImageStore
    /// What the server said at the start of the run.
    nonisolated let state: ConnectorState
    /// The image that both sides hold; nil: lost, changed or never made, so that everything is exported and sent.
    nonisolated let image: Image?
    nonisolated let leaseToken: Int
    /// Whether both sides hold the image's version, but not the same rows: everything is sent, and the server compares.
    nonisolated var isDiverged: Bool {
        guard let image else { return false }
        return state.lastSession?.state == .diverged
            || image.manifest.roots.contains { mapping, root in state.roots[mapping].map { $0 != root } ?? false }
    }
    private(set) var session: String?

    init(connector: String, images: ImageStore, state: ConnectorState, image: Image?, leaseToken: Int) {
        self.connector = connector
        self.images = images
        self.state = state
        self.image = image
        self.leaseToken = leaseToken
    }

    nonisolated var definition: ConnectorDefinition { state.definition }

    func opened(_ session: String) {
        self.session = session
    }
}
