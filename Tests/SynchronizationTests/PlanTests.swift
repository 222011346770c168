import API
import Foundation
import Storage
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// Plan = apply (DESIGN §1.10): two servers with the same history; one is asked to simulate and then to apply what it
/// showed, the other to apply the same files at once.
struct PlanTests {
    /// A change without the number of its row.
    private struct Shown: Hashable {
        var mapping: String
        var operation: String
        var cause: ChangeCause?
        var key: String
        var before: [String: String]
        var after: [String: String]
    }

    private func shown(_ session: Session, in world: World) async throws -> [Shown] {
        let resources = try await world.engine.resourceChanges(session: session.id, pageSize: 10_000).items.map {
            Shown(
                mapping: $0.mapping, operation: $0.operation, cause: $0.cause, key: $0.key, before: $0.before,
                after: $0.after)
        }
        let links = try await world.engine.linkChanges(session: session.id, pageSize: 10_000).items.map {
            Shown(
                mapping: $0.mapping, operation: $0.operation, cause: $0.cause, key: "\($0.key1)\u{0}\($0.key2)",
                before: [:], after: [:])
        }
        return resources + links
    }

    private func counters(_ session: Session) -> [String: ChangeCounters] {
        // How many links bind is known when they were bound.
        session.counters.mapValues { counters in
            var counters = counters
            counters.orphans = 0
            return counters
        }
    }

    @Test(arguments: 0..<12) func `row 10: what a simulation shows is what an apply of the same files does`(seed: Int)
        async throws
    {
        var company = RandomCompany(seed: seed)
        let limits = Thresholds(maximumInserted: 3, maximumUpdated: 2, maximumDeleted: 1)
        let model = Company.model(person: seed.isMultiple(of: 2) ? limits : .none)
        let planning = try await World(model: model)
        let applying = try await World(model: model)
        var applied: Content?
        for day in 0..<8 {
            company.change()
            let content = company.content
            let isDelta = applied != nil && Bool.random(using: &company.generator)
            let old = isDelta ? applied : nil
            let mode: SynchronizationMode = isDelta || Bool.random(using: &company.generator) ? .incremental : .complete
            let place = "seed \(seed), day \(day)"

            let before = try await planning.stored()
            let planned = try await planning.synchronize(
                content, since: old, mode: mode, job: "plan \(day)", isSimulation: true)
            #expect(planned.state == .planned, "\(place)")
            #expect(try await planning.stored() == before, "\(place)")
            let plan = try await shown(planned, in: planning)

            var done = try await applying.synchronize(
                content, since: old, mode: mode, job: "run \(day)",
                options: SynchronizeOptions(doNotDeleteChanges: true))
            #expect((done.state == .blocked) == !planned.violations.isEmpty, "\(place)")
            #expect(done.violations == planned.violations, "\(place)")
            // A load's change list is its file; a simulation writes it out, as a block does.
            let loaded = Set(done.state == .blocked ? [] : try await loads(done, in: applying))
            let doing = try await shown(done, in: applying)
            #expect(plan.filter { !loaded.contains($0.mapping) } == doing, "\(place)")
            if loaded.isEmpty { #expect(done.changeSet == planned.changeSet, "\(place)") }
            if done.state == .blocked {
                _ = try await applying.engine.approve(
                    ApproveSession(session: done.id, changeSet: done.changeSet ?? ""), by: "user alice", in: model)
                done = try await applying.apply(done.id, token: try await applying.lease("run \(day)"))
            }
            #expect(done.state == .applied, "\(place)")
            #expect(counters(done) == counters(planned), "\(place)")

            _ = try await planning.engine.approve(
                ApproveSession(session: planned.id, changeSet: planned.changeSet ?? ""), by: "user alice", in: model)
            let approved = try await planning.apply(planned.id, token: try await planning.lease("plan \(day)"))
            #expect(approved.state == .applied, "\(place): \(approved.detail ?? "")")
            #expect(try await planning.stored() == applying.stored(), "\(place)")
            #expect(try await planning.stored() == content.stored, "\(place)")
            #expect(try await roots(planning) == roots(applying), "\(place)")
            #expect(approved.counters == done.counters, "\(place)")
            applied = content
        }
    }

    private func loads(_ session: Session, in world: World) async throws -> [String] {
        try await world.database.read { transaction in
            try SessionStore(transaction: transaction, now: .distantPast).find(session.id).loaded
        }
    }

    private func roots(_ world: World) async throws -> [String: String] {
        try await world.engine.state(of: "HR", in: world.model).roots
    }
}
