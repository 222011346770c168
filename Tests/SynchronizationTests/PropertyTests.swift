import API
import Foundation
import Storage
import Synchronization
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// Random sources, changes, modes, repetitions and deaths of the process, compared with a plain model.
struct PropertyTests {
    /// Dies at one point, once.
    private final class Death: Sendable {
        private let plan = Mutex<(point: StepPoint, passes: Int)?>(nil)

        func plan(at point: StepPoint, after passes: Int) { plan.withLock { $0 = (point, passes) } }

        func forget() { plan.withLock { $0 = nil } }

        @Sendable func reach(_ point: StepPoint) throws {
            try plan.withLock { plan in
                guard let (planned, passes) = plan, planned == point else { return }
                plan = passes == 0 ? nil : (planned, passes - 1)
                if passes == 0 { throw Interruption(at: point) }
            }
        }
    }

    @Test(arguments: 0..<10) func `whatever happens, the server holds what the source held`(seed: Int) async throws {
        var company = RandomCompany(seed: seed)
        let death = Death()
        var world = try await World(faults: death.reach)
        var applied: Content?
        for day in 0..<10 {
            company.change()
            let content = company.content
            let mode: SynchronizationMode =
                applied == nil && Bool.random(using: &company.generator)
                ? .initial : Bool.random(using: &company.generator) ? .complete : .incremental
            let isDelta = mode == .incremental && Bool.random(using: &company.generator)
            let old = isDelta ? applied ?? Content() : nil
            if Bool.random(using: &company.generator) {
                let points = StepPoint.allCases
                death.plan(
                    at: points[Int.random(in: 0..<points.count, using: &company.generator)],
                    after: Int.random(in: 0...4, using: &company.generator))
            }
            let before = try await world.stored()
            var session: Session?
            while session == nil {
                do {
                    session = try await job(content, since: old, mode, day: day, world)
                } catch let error as Interruption {
                    let now = try await world.stored()
                    #expect(now == before || now == content.stored, "neither before nor after: died at \(error.point)")
                    world = try await world.restarted(faults: death.reach)
                    try await world.engine.recover()
                }
            }
            death.forget()
            #expect(session?.state == .applied, "seed \(seed), day \(day): \(session?.detail ?? "")")
            #expect(try await world.stored() == content.stored, "seed \(seed), day \(day), \(mode), delta \(isDelta)")
            #expect(try await world.engine.state(of: "HR", in: world.model).version?.number == day + 1)
            try await checkCounters(content, world)
            applied = content
        }
    }

    /// What an agent does, also when it starts in the middle: every step is asked again, some twice.
    private func job(
        _ content: Content, since old: Content?, _ mode: SynchronizationMode, day: Int, _ world: World
    ) async throws -> Session {
        let token = try await world.lease("job \(day)")
        let session = try await world.open(
            mode, old == nil ? .full : .delta, token: token, task: "prepare \(day)", job: "job \(day)")
        if session.state == .open {
            try await world.sendAndSeal(content, since: old, session.id, token: token)
        }
        _ = try await world.apply(session.id, token: token)
        return try await world.apply(session.id, token: token)
    }

    private func checkCounters(_ content: Content, _ world: World) async throws {
        let rows = try await world.database.read { transaction in
            try transaction.rows("SELECT Mapping, Stored, Orphans FROM US_Counters ORDER BY Mapping").map {
                "\(try $0.string("Mapping")) \(try $0.int("Stored")) \(try $0.int("Orphans"))"
            }
        }
        let resources = Content.columns.keys.map { "\($0) \(content.resources[$0]?.count ?? 0) 0" }
        let pairs = Content.associations.map {
            "\($0) \(content.pairs[$0]?.count ?? 0) \(content.stored.orphans[$0] ?? 0)"
        }
        #expect(rows == (resources + pairs).sorted())
    }
}
