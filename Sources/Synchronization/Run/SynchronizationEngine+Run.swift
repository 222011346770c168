internal import API
internal import Foundation
internal import Storage

extension SynchronizationEngine {
    /// Runs that may be at work at once, one a connector at most.
    private static let width = 4

    /// Executes the sessions that were asked to be applied, until the calling task is cancelled.
    ///
    /// At its start it puts back what a dead process left in `applying`: asking again does it once. A cancelled run
    /// is rolled back and put back at the next start.
    package func run() async throws {
        let work = watch.changes(of: SessionWatch.work)
        try await recover()
        try await withThrowingTaskGroup(of: String.self) { group in
            var running: Set<String> = []
            group.addTask { await Self.firstSignal(of: work) }
            func startWaiting() async throws {
                for id in try await waiting() where running.count < Self.width && !running.contains(id) {
                    running.insert(id)
                    group.addTask {
                        try await execute(id)
                        return id
                    }
                }
            }
            try await startWaiting()
            while let ended = try await group.next() {
                if Task.isCancelled { break }
                if running.remove(ended) == nil { group.addTask { await Self.firstSignal(of: work) } }
                try await startWaiting()
            }
            group.cancelAll()
        }
    }

    private static func firstSignal(of work: AsyncStream<Void>) async -> String {
        for await _ in work { break }
        return SessionWatch.work
    }

    /// Sessions to run, the oldest first.
    private func waiting() async throws -> [String] {
        try await database.read { transaction in
            try transaction.rows(
                "SELECT Id FROM US_Sessions WHERE State = \(SessionState.applying.rawValue) ORDER BY Sequence"
            ).map { try $0.string("Id") }
        }
    }

    /// Puts interrupted sessions back, and removes files of sessions that ended or were forgotten without doing so.
    func recover() async throws {
        let now = clock()
        let claimed = watch.claimed
        try await database.write { transaction in
            let store = SessionStore(transaction: transaction, now: now)
            let ids = try transaction.rows(
                "SELECT Id FROM US_Sessions WHERE State = \(SessionState.applying.rawValue) ORDER BY Sequence"
            ).map { try $0.string("Id") }
            for id in ids where !claimed.contains(id) {
                try store.move(
                    store.find(id), .interrupt,
                    detail:
                        "The server ended while the session was applied, and wrote nothing of it; run the job again.")
            }
        }
        files.removeRows()
        let kept = files.sessions()
        let (ended, forgotten) = try await database.read { transaction in
            let ended = try kept.filter { id in
                try transaction.exists("SELECT 1 FROM US_Sessions WHERE Id = \(id) AND EndedAt IS NOT NULL")
            }
            let forgotten = try kept.filter { id in
                try !transaction.exists("SELECT 1 FROM US_Sessions WHERE Id = \(id)")
            }
            return (ended, forgotten)
        }
        for id in ended { files.removeReceived(of: id) }
        // Only what is named like a session: the folder may hold what somebody put there.
        for id in forgotten where UUID(uuidString: id) != nil { files.remove(id) }
    }

    /// Runs one session to an outcome that is recorded. An injected fault passes: a dead process records nothing.
    func execute(_ id: String) async throws {
        defer {
            watch.unclaim(id)
            watch.publish(nil, of: id)
        }
        do {
            try await SynchronizationRun(engine: self, session: id).execute()
        } catch let error as Interruption {
            throw error
        } catch is CancellationError {
            return
        } catch let error as Divergence {
            try await recordFailure(of: id, error, as: .diverge)
        } catch {
            try await recordFailure(of: id, error, as: .fail)
        }
    }

    /// A database that is full or busy may take the record of the failure later: this goes on trying, so that nobody
    /// waits for a session that nobody runs.
    private func recordFailure(
        of id: String, _ error: any Error, as event: SessionLife.Event
    ) async throws {
        while true {
            do {
                let now = clock()
                let isEnded = try await database.write { transaction in
                    let store = SessionStore(transaction: transaction, now: now)
                    let record = try store.find(id)
                    guard record.state == .applying else { return record.endedAt != nil }
                    let isTransient = (error as? StorageError)?.isTransient ?? false
                    // What somebody approved is not thrown away because a disk was full.
                    let event = record.isApproved && isTransient ? .interrupt : event
                    return try store.move(record, event, detail: Self.detail(of: error)).endedAt != nil
                }
                if isEnded { files.removeReceived(of: id) }
                return
            } catch let error as StorageError where error.isTransient {
                do {
                    try await ContinuousClock().sleep(for: .seconds(1))
                } catch {
                    return
                }
            } catch is CancellationError {
                return
            }
        }
    }

    /// Errors of ours name no personal data; others may, so only their kind is shown.
    private static func detail(of error: any Error) -> String {
        switch error {
        case let error as SynchronizationError: error.detail
        case let error as StorageError: error.detail
        case let error as Divergence: error.detail
        case _: "The run ended with an unexpected error (\(type(of: error))); nothing was changed. Run the job again."
        }
    }
}
