import API
import Foundation
import Storage
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// Sessions are kept for some days after they ended (DESIGN §12).
struct RetentionTests {
    private static let day: TimeInterval = 24 * 3600

    private func rows(_ world: World) async throws -> [String: Int] {
        try await world.database.read { transaction in
            var rows: [String: Int] = [:]
            for table in ["US_Sessions", "US_SessionFiles", "UR_ResourceChanges", "US_Approvals"] {
                rows[table] = try transaction.count("SELECT count(*) FROM \(identifier: table)")
            }
            return rows
        }
    }

    @Test func `sessions that ended long ago go with their changes and files, what is needed stays`() async throws {
        let world = try await World(model: Company.model(person: Thresholds(maximumDeleted: 2)))
        var content = Content()
        for number in 0..<10 { content.person("\(number)", name: "Name \(number)") }
        content.link("Person_Manager", "1", "nobody")
        let first = try await world.synchronize(
            content, mode: .initial, options: SynchronizeOptions(orphans: true, forcedBy: "user admin"))
        var changed = content
        changed.person("3", name: "Other")
        try await world.synchronize(
            changed, since: content, mode: .incremental, options: SynchronizeOptions(doNotDeleteChanges: true))
        var fewer = changed
        for number in 4..<9 { fewer.remove("HR_Person", "\(number)") }
        let blocked = try await world.synchronize(fewer, since: changed, mode: .incremental)
        #expect(blocked.state == .blocked)
        let before = try await rows(world)
        #expect(before["US_Sessions"] == 3 && before["UR_ResourceChanges"] == 6)
        #expect(FileManager.default.fileExists(atPath: world.files + "/" + first.id))

        world.clock.advance(by: 13 * Self.day)
        #expect(try await world.engine.forgetSessions(olderThanDays: 14) == 0)
        #expect(try await rows(world) == before)

        world.clock.advance(by: 2 * Self.day)
        #expect(try await world.engine.forgetSessions(olderThanDays: 14) == 1)
        #expect(!FileManager.default.fileExists(atPath: world.files + "/" + first.id))
        let after = try await rows(world)
        #expect(after["US_Sessions"] == 2)
        #expect(after["UR_ResourceChanges"] == 6, "the session that made the version keeps its changes")
        #expect(after["US_Approvals"] == before["US_Approvals"], "who decided what is history")
        #expect(try await world.engine.session(blocked.id).state == .blocked)
        #expect(try await world.engine.forgetSessions(olderThanDays: 14) == 0)
    }

    @Test func `a folder whose session was forgotten is swept at the next start, other files are not`() async throws {
        let world = try await World()
        let forgotten = world.files + "/" + UUID().uuidString.lowercased()
        let foreign = world.files + "/notes"
        for folder in [forgotten, foreign] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        try await world.restarted().engine.recover()
        #expect(!FileManager.default.fileExists(atPath: forgotten))
        #expect(FileManager.default.fileExists(atPath: foreign))
    }
}
