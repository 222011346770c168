import API
import WeirConfiguration

/// One connector in one run: its lease, what server and agent agreed on, and the session in between.
actor ConnectorRun {
    nonisolated let connector: String
    nonisolated let images: ImageStore
    /// What the server said at the start of the run.
    nonisolated let state: ConnectorState
    /// The image that both sides hold; nil: lost, changed or never made, so that everything is exported.
    nonisolated let image: Image?
    /// That image, or the server's version in the form of mappings that a deployment has changed since: its rows are
    /// carried where the input has no usable ones.
    nonisolated let previous: Image?
    nonisolated let leaseToken: Int
    /// Whether both sides hold the image's version, but not, or not surely, the same rows and links.
    nonisolated var isDiverged: Bool {
        guard let image else { return false }
        return state.lastSession?.state == .diverged || state.verification?.isDrifting == true || state.hasWrongLinks
            || image.manifest.files.contains { $0.root == nil || state.roots[$0.mapping] != $0.root }
    }
    private(set) var session: String?
    /// Whether `image` is not the one on the disk any more.
    private(set) var hasOtherImage = false

    init(
        connector: String, images: ImageStore, state: ConnectorState, image: Image?, previous: Image? = nil,
        leaseToken: Int
    ) {
        self.connector = connector
        self.images = images
        self.state = state
        self.image = image
        self.previous = image ?? previous
        self.leaseToken = leaseToken
    }

    nonisolated var definition: ConnectorDefinition { state.definition }

    /// A damaged image must not become the truth that the server is repaired by, nor give the rows that are carried.
    func checkImage() throws {
        guard let previous, try !images.isWhole(previous) else { return }
        try forgetImage()
        throw AgentError(
            .failed,
            """
            \(previous.folder): a file is not what was written there; the damaged image was set aside. Run the job again: \
            it exports everything.
            """)
    }

    /// Sets a damaged image aside.
    func forgetImage() throws {
        try images.forget()
        hasOtherImage = true
    }

    /// Makes the candidate that an exchange compared the image, where the session says that the server holds the same:
    /// the image before was lost, or is not what both sides hold. Doing it twice is doing it once.
    func keepProven(_ session: Session, jobInstance: String) throws {
        guard session.state == .unchanged, let version = state.version, session.base == version,
            let candidate = try images.candidate(of: jobInstance), candidate.session == session.id,
            candidate.exchange != nil
        else { return }
        try images.replace(jobInstance: jobInstance, version: version)
        hasOtherImage = true
    }

    func opened(_ session: String) {
        self.session = session
    }
}
