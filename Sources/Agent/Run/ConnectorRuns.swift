import Synchronization

/// The connectors of one run, and which of them have got a new version since they were agreed on.
final class ConnectorRuns: Sendable {
    private struct State {
        var runs: [String: ConnectorRun]
        var advanced: Set<String> = []
    }

    private let state: Mutex<State>

    init(_ runs: [String: ConnectorRun]) {
        state = Mutex(State(runs: runs))
    }

    subscript(connector: String) -> ConnectorRun? { state.withLock { $0.runs[connector] } }

    /// Whether a step of this run had a session of the connector applied.
    func hasAdvanced(_ connector: String) -> Bool { state.withLock { $0.advanced.contains(connector) } }

    func advance(_ connector: String) {
        state.withLock { _ = $0.advanced.insert(connector) }
    }

    func replace(_ run: ConnectorRun) {
        state.withLock {
            $0.runs[run.connector] = run
            $0.advanced.remove(run.connector)
        }
    }
}
