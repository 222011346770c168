import API
import Jobs
import Testing

@testable import Agent

/// A task instance that the server recorded says again how its step ended: after a crash, the job goes on with that.
struct RecordedOutcomeTests {
    /// The instance as the agent records it.
    private func recorded(_ outcome: StepOutcome, counters: [String: Int] = [:]) -> TaskInstance {
        TaskInstance(
            id: "t", jobInstance: "j", task: "Task", order: 0, state: outcome.state, produced: outcome.hasProduced,
            message: outcome.message, counters: counters, skipCode: outcome.skipCode)
    }

    @Test(arguments: [
        StepOutcome.completed(), .noProcessing(), .warning("failed"), .skipped(.connectorBlocked("waits")),
        .skipped(.leftOut("is blocked since it was deactivated")), .skipped(.notExecuted("not by this version")),
    ])
    func `what is over stays as it was, by its code and not by its words`(_ outcome: StepOutcome) {
        #expect(StepOutcome(recorded: recorded(outcome)) == outcome)
    }

    @Test(arguments: [SkipReason.parentFailed("A"), .nothingToDo(parents: ["A"])])
    func `why a step depended on nothing is told, and warns no more than before`(_ reason: SkipReason) throws {
        let outcome = try #require(StepOutcome(recorded: recorded(.skipped(reason))))
        #expect(outcome == .skipped(.leftOut(reason.description)))
        #expect(outcome.warns == StepOutcome.skipped(reason).warns)
    }

    @Test(arguments: [
        StepOutcome.blocked("600 deletes"), .held("600 deletes"), .error("failed"), .cancelled,
    ])
    func `what is not over runs again`(_ outcome: StepOutcome) {
        #expect(StepOutcome(recorded: recorded(outcome)) == nil)
    }
}
