import API

/// A task instance that asks for a session to be applied: whether it may, and whether its job may let the session pass its
/// thresholds (DESIGN §4, §8). Pure.
struct SessionApplicant: Sendable {
    /// The task's identifier.
    var task: String
    /// That the task synchronizes or verifies.
    var connector: String
    /// A VerifySynchronizationTask: it applies the repair that was made for it, and forces nothing.
    var verifies: Bool
    /// The instance of its job.
    var run: JobInstance
    /// The job instance that the session belongs to; nil: no job's, a tool prepared it.
    var owner: JobInstance?

    /// - Parameter isOpener: whether the session was opened for this task instance.
    /// - Throws: `invalidRequest` for a session that is not the task's, `jobState` for a run that has ended or a simulation
    ///   that would apply something, `jobRunning` for a session of a run that goes on.
    func check(_ session: Session, isOpener: Bool) throws {
        guard session.connector == connector else {
            throw ServerError(
                .invalidRequest,
                "Session \(session.id) is of connector \"\(session.connector)\", and the task \"\(task)\" is of "
                    + "\"\(connector)\"; name a task instance of the session's connector.")
        }
        if run.isSimulation, !session.isSimulation || session.approvedBy != nil { throw refusal(ofSimulation: session) }
        // A repair forces nothing, and a tool may go on with what its job left behind.
        if verifies { return try checkRepair(session, isOpener: isOpener) }
        guard !run.state.isFinal else {
            throw ServerError(
                .jobState,
                "The job instance \(run.id) has ended as \(run.state.rawValue), so that it applies nothing any more; run "
                    + "the job \"\(run.job)\" again.")
        }
        // What was approved was looked at: whichever run of the connector comes next applies it.
        if session.approvedBy != nil { return }
        guard !session.isVerification else {
            throw ServerError(
                .invalidRequest,
                "Session \(session.id) is a repair, which the verification that found it applies: run weir verify --repair "
                    + "--connector \(connector).")
        }
        if !isOwner(of: session) { try checkForeign(session) }
    }

    /// Whether the task's ForceSynchronization and a launch that was forced speak for the session: the run prepared it, an
    /// earlier run of the same job did, or a tool did for whichever job applies it.
    func mayForce(_ session: Session) -> Bool {
        !verifies && (isOwner(of: session) || owner == nil || owner?.job == run.job)
    }

    /// Whether the run takes the session over, so that it waits for a decision, and is looked at, as the run's own. One
    /// that was approved stays whose it is.
    func adopts(_ session: Session) -> Bool { !verifies && session.approvedBy == nil && !isOwner(of: session) }

    private func isOwner(of session: Session) -> Bool { session.jobInstance == run.id }

    private func checkRepair(_ session: Session, isOpener: Bool) throws {
        guard session.isVerification, isOpener else {
            throw ServerError(
                .invalidRequest,
                "Session \(session.id) is no repair of the task \"\(task)\"; name the task instance of a SynchronizeTask."
            )
        }
    }

    private func checkForeign(_ session: Session) throws {
        if session.isSimulation {
            throw ServerError(
                .invalidRequest,
                "Session \(session.id) is a simulation by job instance \(session.jobInstance ?? "?"), which alone goes on "
                    + "with it; run the job \"\(run.job)\" from its preparation.")
        }
        guard let owner, !owner.state.isFinal else { return }
        throw ServerError(
            .jobRunning,
            "Session \(session.id) belongs to instance \(owner.id) of the job \"\(owner.job)\", which is "
                + "\(owner.state.rawValue); wait for its end, or have that job go on.")
    }

    private func refusal(ofSimulation session: Session) -> ServerError {
        ServerError(
            .jobState,
            "The job instance \(run.id) is a simulation, which does not apply session \(session.id) of connector "
                + "\"\(connector)\". To apply it run weir invoke-job -j \(run.job) -c SynchronizeTask; to simulate what the "
                + "source holds, run the job from its preparation.")
    }
}
