import Synchronization

/// When this process last started each job by its schedule, in seconds since 1970: the server hears of a start a moment
/// later, and its clock may differ.
final class ServedSchedules: Sendable {
    private let times = Mutex<[String: Int]>([:])

    subscript(job: String) -> Int? {
        get { times.withLock { $0[job] } }
        set { times.withLock { $0[job] = newValue } }
    }
}
