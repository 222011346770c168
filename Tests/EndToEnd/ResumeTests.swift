import Foundation
import ProcessSupport
import Testing

/// Which run an approval is for, where there are several, or none any more (DESIGN §4).
struct ResumeTests {
    /// Two runs of one job: the first is blocked on people, the second, which leaves these out, on cards.
    private func twoBlocked() throws -> TwoConnectors {
        let both = try TwoConnectors()
        try both.write(people: 59)
        try both.write(cards: 5)
        for _ in 1...2 {
            let run = try both.run()
            guard run.code == 3 else { throw Unexpected(run.printed) }
        }
        #expect(try both.runs() == ["completed", "blocked", "blocked"])
        return both
    }

    @Test func `with several change sets -r alone approves none and lists them, with a hash exactly that one`() throws {
        let both = try twoBlocked()
        let people = try both.waiting("HR")
        let cards = try both.waiting("Badge")
        let alone = try both.run("-r")
        #expect(alone.code == 2, "\(alone.printed)")
        for (changeSet, session) in [people, cards] {
            #expect(alone.printed.contains("weir invoke-job -j Both -r \(changeSet)"), "\(alone.printed)")
            #expect(alone.printed.contains("weir changes --session \(session)"), "\(alone.printed)")
        }
        #expect(try both.company.query("select count(*) from US_Approvals where Decision = 'approve'") == "0")
        let shown = try both.changes("--job", "Both")
        #expect(shown.contains("Change set \(people.changeSet)"), "\(shown)")
        #expect(shown.contains("change set \(cards.changeSet): weir changes --session \(cards.session)"), "\(shown)")

        // The older run goes on, not the newest: it still leaves the cards out.
        let first = try both.run("-r", people.changeSet)
        #expect(first.code == 4, "\(first.printed)")
        #expect(try both.people() == 59)
        #expect(try both.cards() == 40)
        #expect(try both.runs() == ["completed", "warning", "blocked"])
        // One is left: that is what is shown. Its run had left people out, and says so.
        let second = try both.run("-r")
        #expect(second.code == 4, "\(second.printed)")
        #expect(try both.cards() == 5)
        #expect(try both.runs() == ["completed", "warning", "warning"])
    }

    @Test func `an agent goes on with the run that holds what was approved, once, and with no other`() async throws {
        let both = try twoBlocked()
        let agent = try Program(["agent"], in: both.company.folder)
        #expect(agent.waitFor("agent started"), "\(agent.printed)")
        #expect(try await both.approve(both.waiting("HR")) == 200)
        #expect(agent.waitFor("\"job warning\""), "\(agent.printed)")
        #expect(try both.people() == 59)
        #expect(try both.cards() == 40)
        #expect(try both.runs() == ["completed", "warning", "blocked"])
        #expect(try await both.approve(both.waiting("Badge")) == 200)
        #expect(agent.waitFor("35 deleted (of 40)"), "\(agent.printed)")
        #expect(try both.cards() == 5)
        agent.signal(SIGTERM)
        #expect(agent.end() == 0, "\(agent.printed)")
        #expect(agent.printed.components(separatedBy: "job goes on").count == 3, "\(agent.printed)")
        #expect(!agent.printed.contains("\"level\":\"error\""), "\(agent.printed)")
    }

    /// People are blocked while the export of cards, beside it, fails.
    private func blockedBesideAFailure(_ arguments: String...) throws -> TwoConnectors {
        let both = try TwoConnectors(together: true)
        try both.write(people: 59)
        try FileManager.default.removeItem(atPath: "\(both.company.folder)/sources/current/cards.csv")
        let run = try both.company.run(["invoke-job", "-j", TwoConnectors.job] + arguments)
        guard run.code == 1 else { throw Unexpected(run.printed) }
        #expect(try both.runs() == ["completed", "error"])
        return both
    }

    @Test func `what a failed run left blocked is approved by its hash, and a new run applies it`() throws {
        let both = try blockedBesideAFailure()
        let waiting = try both.waiting("HR")
        let shown = try both.changes("--job", "Both")
        #expect(shown.contains("weir invoke-job -j Both -r \(waiting.changeSet)"), "\(shown)")
        try both.write(cards: 41)
        let resumed = try both.run("-r", waiting.changeSet)
        #expect(resumed.code == 0, "\(resumed.printed)")
        #expect(try both.people() == 59)
        #expect(try both.cards() == 41)
        #expect(try both.runs() == ["completed", "error", "completed"])
        #expect(try both.company.query("select count(*) from US_Connectors where BlockedSince is not null") == "0")
        // The image is that of what was applied.
        let verified = try both.company.run("verify", "--connector", "HR", "--deep")
        #expect(verified.code == 0, "\(verified.printed)")
        let next = try both.run()
        #expect(next.code == 0, "\(next.printed)")
    }

    @Test func `what was approved of a failed run is applied by the next run, whoever starts it`() async throws {
        let both = try blockedBesideAFailure()
        #expect(try await both.approve(both.waiting("HR")) == 200)
        let shown = try both.changes("--connector", "HR")
        #expect(shown.contains("its run is over, so the connector's next run applies it"), "\(shown)")
        // A simulation applies nothing, approved or not.
        let simulated = try both.company.run("invoke-job", "-j", LoadedCompany.job, "--simulate")
        #expect(simulated.code == 4, "\(simulated.printed)")
        #expect(try both.people() == 100)
        let run = try both.company.run("invoke-job", "-j", LoadedCompany.job)
        #expect(run.code == 0, "\(run.printed)")
        #expect(run.printed.contains("is applied first"), "\(run.printed)")
        #expect(try both.people() == 59)
    }

    @Test func `what a failed simulation computed is applied once it is approved`() throws {
        let both = try blockedBesideAFailure("--simulate")
        let planned = try both.waiting("HR")
        try both.write(cards: 40)
        let approved = try both.run("-r", planned.changeSet)
        #expect(approved.code == 0, "\(approved.printed)")
        #expect(try both.people() == 59)
        #expect(try both.company.query("select State from US_Sessions where Id = '\(planned.session)'") == "applied")
    }
}
