import API
import Foundation
import Testing

@testable import Server

@Suite struct JobTransitionTests {
    private static let start = Date(timeIntervalSince1970: 1_000_000)

    private let transition = JobTransition(launchTimeout: .milliseconds(7500), now: start.addingTimeInterval(5))

    private func record(_ state: RunState, installation: String? = "one") -> JobInstanceRecord {
        let instance = JobInstance(
            id: "i", job: "J", state: state, agent: "Local", installation: installation, requestedBy: "user alice",
            requestedAt: Self.start)
        return JobInstanceRecord(instance: instance, reportedAt: Self.start)
    }

    private func change(_ state: RunState, installation: String = "one", message: String? = nil) -> JobInstanceChange {
        JobInstanceChange(job: "J", state: state, agent: "Local", installation: installation, message: message)
    }

    private func apply(
        _ change: JobInstanceChange, to record: JobInstanceRecord?, occupant: JobInstanceRecord? = nil
    ) throws -> JobInstanceRecord {
        try transition.apply(change, to: record, id: "i", occupant: occupant, caller: "client Job")
    }

    private func code(_ body: () throws -> JobInstanceRecord) -> ProblemCode? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? ServerError)?.code
        }
    }

    @Test func `an instance is made by its first change`() throws {
        let made = try apply(change(.running), to: nil)
        #expect(
            made.instance
                == JobInstance(
                    id: "i", job: "J", state: .running, agent: "Local", installation: "one",
                    requestedBy: "client Job", requestedAt: transition.now, startedAt: transition.now))
        #expect(try apply(change(.running), to: made) == made)
    }

    @Test(arguments: [RunState.requested, .running, .cancelling])
    func `a second instance of a job that has not ended is refused`(state: RunState) {
        #expect(code { try apply(change(.running), to: nil, occupant: record(state)) } == .jobRunning)
        #expect(code { try apply(change(.running), to: record(.blocked), occupant: record(state)) } == .jobRunning)
        #expect(code { try apply(change(.skipped), to: nil, occupant: record(state)) } == nil)
    }

    @Test func `only the installation that runs an instance moves it, but anybody resumes a blocked one`() throws {
        #expect(code { try apply(change(.completed, installation: "two"), to: record(.running)) } == .jobRunning)
        #expect(try apply(change(.running, installation: "two"), to: record(.blocked)).instance.installation == "two")
        #expect(
            try apply(change(.running, installation: "two"), to: record(.requested, installation: nil)).instance
                .startedAt == transition.now)
    }

    @Test(arguments: RunState.allCases.filter(\.isFinal))
    func `what has ended stays ended`(state: RunState) throws {
        #expect(code { try apply(change(.running), to: record(state)) } == .jobState)
        #expect(try apply(change(state), to: record(state)) == record(state))
    }

    @Test func `a cancel request is told to the runner and stays`() throws {
        let cancelled = transition.cancel(record(.running), by: "user alice")
        #expect(cancelled.instance.state == .cancelling)
        let moved = try apply(change(.running), to: cancelled)
        #expect(moved.instance.state == .cancelling)
        #expect(moved.cancelRequested)
        #expect(try apply(change(.cancelled), to: moved).instance.endedAt == transition.now)
    }

    @Test(arguments: [
        (RunState.requested, ""), (.blocked, ", and the changes that waited were rejected"),
        (.planned, ", and the changes that waited were rejected"),
    ])
    func `what does not run is cancelled at once`(state: RunState, rest: String) {
        let cancelled = transition.cancel(record(state), by: "user alice")
        #expect(cancelled.instance.state == .cancelled)
        #expect(cancelled.instance.endedAt == transition.now)
        #expect(cancelled.instance.message == "cancelled by user alice" + rest)
    }

    @Test func `a launch that nobody took in time is in error and says why`() throws {
        #expect(transition.expire(record(.requested)) == nil)
        let late = JobTransition(launchTimeout: .milliseconds(7500), now: Self.start.addingTimeInterval(7.6))
        let expired = try #require(late.expire(record(.requested)))
        #expect(expired.instance.state == .error)
        #expect(expired.instance.message?.contains("The agent \"Local\" did not take the job within") == true)
        #expect(late.expire(record(.running)) == nil)
    }

    @Test func `a runner that fell silent loses its job`() throws {
        #expect(transition.expire(record(.running), silence: .seconds(6)) == nil)
        let expired = try #require(transition.expire(record(.running), silence: .seconds(4)))
        #expect(expired.instance.state == .error)
        #expect(transition.expire(record(.blocked), silence: .seconds(4)) == nil)
    }
}
