import API
import Foundation
import Storage
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// Random sources, thresholds and decisions with ThresholdScope Operation, compared with a plain model of the agent: its
/// image is what the source has, with the rows of what is held as they were.
struct HeldPropertyTests {
    @Test(arguments: 0..<12) func `whatever is held, the agent's image is what the server holds`(
        seed: Int
    ) async throws {
        var company = RandomCompany(seed: seed)
        func limit() -> Int { [0, 0, 1, 2].randomElement(using: &company.generator) ?? 0 }
        let model = Company.model(
            thresholds: Thresholds(maximumInserted: limit(), maximumDeleted: limit()),
            linkThresholds: Thresholds(maximumInserted: limit(), maximumDeleted: limit()),
            person: Thresholds(maximumUpdated: limit(), percentageDeleted: 50),
            safeguards: Safeguards(
                maximumEmptiedValues: limit(), minimumPercentageRows: 40,
                percentageChurnedKeys: 20 * limit()),
            scope: .operation)
        let world = try await World(model: model)
        var image = Content()
        for day in 0..<12 {
            company.change()
            let source = company.content
            let isFull = day == 0 || Int.random(in: 0..<4, using: &company.generator) == 0
            let session = try await world.synchronize(
                source, since: isFull ? nil : image, mode: isFull ? .complete : .incremental, job: "day \(day)")
            #expect(session.state == .applied, "seed \(seed), day \(day): \(session.detail ?? "")")
            image = source
            for set in session.held { try await Self.undo(set, in: &image, world) }
            try await Self.check(image, world, "seed \(seed), day \(day)")

            for set in session.held {
                switch Int.random(in: 0..<5, using: &company.generator) {
                case 0:
                    image = try await Self.release(set, from: image, world)
                    try await Self.check(image, world, "seed \(seed), day \(day), released \(set.mapping)")
                case 1:
                    _ = try await world.engine.reject(
                        RejectSession(session: session.id, reason: "no", changeSet: set.changeSet), by: "user alice")
                default: break
                }
            }
        }
    }

    private static func check(_ image: Content, _ world: World, _ place: String) async throws {
        #expect(try await world.stored() == image.stored, "\(place)")
        #expect(try await world.engine.state(of: "HR", in: world.model).roots == image.roots, "\(place)")
        for type in Content.columns.keys {
            #expect(
                try await world.count("SELECT Stored FROM US_Counters WHERE Mapping = \(type)")
                    == image.resources[type]?.count ?? 0, "\(place), \(type)")
        }
    }

    /// Gives the image the rows that the server kept.
    private static func undo(_ set: HeldSet, in image: inout Content, _ world: World) async throws {
        for row in try await world.engine.heldRows(of: set.id, pageSize: 10_000).items {
            image.put(row.before, instead: row.after, row.mapping)
        }
    }

    private static func release(_ set: HeldSet, from image: Content, _ world: World) async throws -> Content {
        _ = try await world.engine.approve(
            ApproveSession(session: set.session, changeSet: set.changeSet), by: "user alice", in: world.model)
        var released = image
        for row in try await world.engine.heldRows(of: set.id, pageSize: 10_000).items {
            released.put(row.after, instead: row.before, row.mapping)
        }
        let token = try await world.lease(set.jobInstance)
        let state = try await world.engine.state(of: "HR", in: world.model)
        let session = try await world.engine.open(
            OpenSession(
                connector: "HR", mode: .incremental, content: .delta, base: state.version,
                fingerprint: state.fingerprint, leaseToken: token, jobInstance: set.jobInstance,
                taskInstance: set.id, releases: set.id), in: world.model, caller: "client Job")
        try await world.sendAndSeal(released, since: image, session.id, token: token)
        let applied = try await world.apply(session.id, token: token)
        #expect(applied.state == .applied, "\(applied.detail ?? "")")
        return released
    }
}

extension Content {
    /// One row in another's place, each by property identifier; nil: none.
    fileprivate mutating func put(_ row: [String: String]?, instead other: [String: String]?, _ mapping: String) {
        if let columns = Self.columns[mapping] {
            if let key = other?[columns[0]] { remove(mapping, key) }
            if let row, let key = row[columns[0]] { set(mapping, key, row) }
        } else {
            if let other { unlink(mapping, other["Key1"] ?? "", other["Key2"] ?? "") }
            if let row { link(mapping, row["Key1"] ?? "", row["Key2"] ?? "") }
        }
    }
}
