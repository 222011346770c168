internal import API

/// What may happen to a session next (DESIGN §4). It decides; the store around it executes the actions.
struct SessionLife: Equatable {
    enum Event: Equatable, CaseIterable {
        case seal, close, abort, leaseRanOut
        case synchronize, interrupt, apply, block, plan, diverge, goStale, fail
        case approve, reject, supersede
    }

    enum Action: Equatable {
        /// Remember when the session ended, and remove its received files.
        case end
        /// Remember that the connector waits for a decision on this session.
        case markBlocked
        case clearBlocked
        /// Empty the session's change rows.
        case discardChanges
    }

    private(set) var state: SessionState
    /// Whether somebody approved the blocked or planned change set.
    private(set) var isApproved: Bool
    /// Whether the run stops before the apply, until its change set is approved.
    let isSimulation: Bool

    init(state: SessionState, isApproved: Bool, isSimulation: Bool = false) {
        self.state = state
        self.isApproved = isApproved
        self.isSimulation = isSimulation
    }

    /// - Returns: what to do; nil when the event does not fit the state, which then is as before.
    mutating func received(_ event: Event) -> [Action]? {
        switch (state, event) {
        case (.open, .seal): return move(to: .sealed, [])
        case (.open, .close): return move(to: .unchanged, [.end])
        case (.open, .diverge): return move(to: .diverged, [.end])
        case (.open, .abort), (.open, .leaseRanOut): return move(to: .abandoned, [.end])
        case (.sealed, .abort): return move(to: .cancelled, [.end])
        case (.sealed, .synchronize): return move(to: .applying, [])
        case (.blocked, .synchronize) where isApproved: return move(to: .applying, [])
        case (.planned, .synchronize) where isApproved: return move(to: .applying, [])
        case (.applying, .interrupt): return move(to: interrupted, [])
        case (.applying, .plan) where isSimulation && !isApproved: return move(to: .planned, [])
        // A simulation is not applied without approval, whatever it was asked.
        case (.applying, .apply) where isSimulation && !isApproved: return nil
        case (.applying, .apply): return move(to: .applied, isApproved ? [.end, .clearBlocked] : [.end])
        case (.applying, .block) where !isApproved && !isSimulation: return move(to: .blocked, [.markBlocked])
        case (.applying, .diverge): return move(to: .diverged, discarding)
        case (.applying, .goStale): return move(to: .stale, discarding)
        case (.applying, .fail): return move(to: .failed, discarding)
        case (.blocked, .approve), (.planned, .approve):
            isApproved = true
            return []
        case (.planned, .reject): return move(to: .rejected, [.end, .discardChanges])
        case (.planned, .supersede): return move(to: .superseded, [.end, .discardChanges])
        case (.blocked, .reject): return move(to: .rejected, [.end, .discardChanges, .clearBlocked])
        case (.blocked, .supersede): return move(to: .superseded, [.end, .discardChanges, .clearBlocked])
        case (.applying, .supersede): return move(to: .superseded, discarding)
        case (.open, .supersede), (.sealed, .supersede): return move(to: .superseded, [.end])
        case (.open, _), (.sealed, _), (.applying, _), (.blocked, _), (.planned, _): return nil
        case (.applied, _), (.diverged, _), (.stale, _), (.failed, _), (.rejected, _), (.superseded, _),
            (.unchanged, _), (.abandoned, _), (.cancelled, _):
            return nil
        }
    }

    private var interrupted: SessionState { isApproved ? (isSimulation ? .planned : .blocked) : .sealed }

    /// How a run ends that wrote nothing; an approved one was the connector's blocked session.
    private var discarding: [Action] { isApproved ? [.end, .discardChanges, .clearBlocked] : [.end, .discardChanges] }

    private mutating func move(to state: SessionState, _ actions: [Action]) -> [Action] {
        self.state = state
        return actions
    }
}
