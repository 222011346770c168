import API

/// What a run tells whoever watches it: the tool draws it, the service logs it.
package enum RunEvent: Sendable, Equatable {
    /// The run waits; the text says for whom.
    case waiting(String)
    case started(job: String, instance: String, continues: Bool)
    case task(id: String, order: Int, state: RunState, message: String?)
    case progress(task: String, Progress)
    case line(task: String, String)
    /// The server is away; the instance stays as it was recorded, and the job's next run goes on with it.
    case interrupted(job: String)
}
