import API
import WeirConfiguration

/// Takes the leases of a run's connectors, in order of their names so that two jobs never wait for each other, and
/// renews them while the run lasts.
struct LeaseKeeper: Sendable {
    let client: APIClient
    let workspace: Workspace
    let agent: String
    let job: String
    let jobInstance: String
    /// How long to wait for somebody else's lease (`Scheduler:MaxLockWatchTime`).
    let patience: Duration
    let sleep: @Sendable (Duration) async throws -> Void
    let observe: @Sendable (RunEvent) -> Void

    /// A held lease, and the lock file that keeps other processes of this installation away.
    struct Held: Sendable {
        let lease: Lease
        let lock: ProcessLock
    }

    /// Waits while somebody else holds it, saying for whom.
    func take(_ connector: String, cancel: CancelSwitch) async throws -> Held {
        var waited = Duration.zero
        var saidFor: String?
        while true {
            try Task.checkCancellation()
            if cancel.isRequested { throw CancellationError() }
            let holder: String
            if let lock = try workspace.lock(connector: connector, for: job) {
                do {
                    return Held(lease: try await client.lease(request(connector, token: nil)), lock: lock)
                } catch let error as APIError where error.code == .leaseHeld {
                    holder = error.description
                }
            } else {
                holder = "\(workspace.holder(connector: connector)) synchronizes the connector \"\(connector)\"."
            }
            if saidFor != holder {
                observe(.waiting(holder))
                saidFor = holder
            }
            guard waited < patience else {
                throw AgentError(.busy, "\(holder) Waited \(Int(patience.seconds)) s for it; run the job again later.")
            }
            try await sleep(.seconds(1))
            waited += .seconds(1)
        }
    }

    /// Renews every 10 s until cancelled. Throws when a lease was lost: then the run must stop.
    func renew(_ held: [Held]) async throws {
        while true {
            try await sleep(.seconds(10))
            for item in held {
                do {
                    _ = try await client.lease(request(item.lease.connector, token: item.lease.token))
                } catch let error as APIError where error.code == .leaseLost {
                    throw error
                } catch is APIError {
                    // A server that is away: the steps themselves notice, and the lease is renewed when it is back.
                    continue
                }
            }
        }
    }

    /// Best effort, without patience: a lease that cannot be given back runs out by itself.
    ///
    /// From a task of its own, because a cancelled one, of a process that was told to end, would send nothing.
    func release(_ held: [Held]) async {
        let client = client.patient(for: .zero)
        await Task {
            for item in held {
                try? await client.release(LeaseRelease(connector: item.lease.connector, token: item.lease.token))
            }
        }.value
    }

    private func request(_ connector: String, token: Int?) -> LeaseRequest {
        LeaseRequest(
            connector: connector, installation: workspace.installation, agent: agent, jobInstance: jobInstance,
            token: token)
    }
}
