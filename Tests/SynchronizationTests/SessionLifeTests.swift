import API
import Testing

@testable import WeirSynchronization

struct SessionLifeTests {
    /// Every event that fits a state, and what it leads to (DESIGN §4). What is not here must be refused.
    static let allowed: [(SessionState, Bool, SessionLife.Event, SessionState)] = [
        (.open, false, .seal, .sealed), (.open, false, .close, .unchanged), (.open, false, .abort, .abandoned),
        (.open, false, .diverge, .diverged), (.open, false, .leaseRanOut, .abandoned),
        (.open, false, .supersede, .superseded),
        (.sealed, false, .abort, .cancelled), (.sealed, false, .synchronize, .applying),
        (.sealed, false, .supersede, .superseded),
        (.applying, false, .interrupt, .sealed), (.applying, true, .interrupt, .blocked),
        (.applying, false, .apply, .applied), (.applying, true, .apply, .applied),
        (.applying, false, .block, .blocked),
        (.applying, false, .diverge, .diverged), (.applying, true, .diverge, .diverged),
        (.applying, false, .goStale, .stale), (.applying, true, .goStale, .stale),
        (.applying, false, .fail, .failed), (.applying, true, .fail, .failed),
        (.applying, false, .supersede, .superseded), (.applying, true, .supersede, .superseded),
        (.blocked, false, .approve, .blocked), (.blocked, true, .approve, .blocked),
        (.blocked, false, .reject, .rejected), (.blocked, true, .reject, .rejected),
        (.blocked, false, .supersede, .superseded), (.blocked, true, .supersede, .superseded),
        (.blocked, true, .synchronize, .applying),
        (.planned, false, .approve, .planned), (.planned, true, .approve, .planned),
        (.planned, false, .reject, .rejected), (.planned, true, .reject, .rejected),
        (.planned, false, .supersede, .superseded), (.planned, true, .supersede, .superseded),
        (.planned, true, .synchronize, .applying),
    ]

    /// What a simulation does instead; nil: it is refused.
    static let simulated: [(Bool, SessionLife.Event, SessionState?)] = [
        (false, .plan, .planned), (false, .apply, nil), (false, .block, nil), (true, .interrupt, .planned),
    ]

    private func expected(
        _ state: SessionState, _ isApproved: Bool, _ event: SessionLife.Event, isSimulation: Bool
    ) -> SessionState? {
        if isSimulation, state == .applying,
            let other = Self.simulated.first(where: { $0.0 == isApproved && $0.1 == event })
        {
            return other.2
        }
        return Self.allowed.first { $0.0 == state && $0.1 == isApproved && $0.2 == event }?.3
    }

    @Test(arguments: SessionState.allCases, [false, true])
    func `a session moves only as the design draws it`(state: SessionState, isSimulation: Bool) {
        for isApproved in state == .applying || state.waitsForDecision ? [false, true] : [false] {
            for event in SessionLife.Event.allCases {
                var life = SessionLife(state: state, isApproved: isApproved, isSimulation: isSimulation)
                let actions = life.received(event)
                let expected = expected(state, isApproved, event, isSimulation: isSimulation)
                #expect((actions == nil) == (expected == nil), "\(state) \(event)")
                #expect(life.state == expected ?? state, "\(state) \(event)")
            }
        }
    }

    @Test(arguments: SessionState.allCases)
    func `a session that ends says so once`(state: SessionState) {
        for isApproved in [false, true] {
            for event in SessionLife.Event.allCases {
                var life = SessionLife(state: state, isApproved: isApproved)
                guard let actions = life.received(event) else { continue }
                #expect(actions.contains(.end) == life.state.isFinal, "\(state) \(event)")
            }
        }
    }
}
