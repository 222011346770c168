import API
import Delta
import Storage
import Testing
import WeirConfiguration

@testable import WeirSynchronization

struct DigestTests {
    private static var company: Content {
        var content = Content()
        for number in 0..<40 { content.person("E\(number)", name: "N\(number)", login: "l\(number)") }
        content.set("HR_Group", "all")
        content.set("HR_Organization", "O", ["Label": "Office"])
        for number in 0..<20 { content.link("Group_Members", "all", "E\(number)") }
        content.link("Person_Manager", "l1", "E2")
        content.link("Person_Manager", "nobody", "E3")
        return content
    }

    private func meddle(_ world: World, _ statement: SQL) async throws {
        try await world.database.write { _ = try $0.execute(statement) }
    }

    @Test func `after a load and after changes the served roots are those of the content`() async throws {
        let world = try await World()
        var content = Self.company
        #expect(try await world.synchronize(content, mode: .complete).state == .applied)
        var state = try await world.engine.state(of: Company.connector, in: world.model)
        #expect(state.roots == content.roots)
        #expect(state.verifiedAt == world.clock.now)

        let old = content
        world.clock.advance(by: 60)
        content.person("E1", name: "Other")
        content.person("new", name: "New")
        content.remove("HR_Person", "E7")
        content.link("Group_Members", "all", "new")
        content.unlink("Group_Members", "all", "E3")
        let session = try await world.synchronize(content, since: old, mode: .incremental)
        #expect(session.state == .applied, "\(session.detail ?? "")")
        state = try await world.engine.state(of: Company.connector, in: world.model)
        #expect(state.roots == content.roots)
        #expect(state.verifiedAt == world.clock.now)
    }

    @Test func `changes on top of a row that SQL changed diverge and write nothing, everything mends it`() async throws
    {
        let world = try await World()
        var content = Self.company
        _ = try await world.synchronize(content, mode: .complete)
        try await meddle(world, "UPDATE UR_Resources SET C3V = 'x' WHERE Type = 'HR_Person'")
        let before = try await world.stored()
        let old = content
        content.person("E1", name: "Other", login: "l1")
        let diverged = try await world.synchronize(content, since: old, mode: .incremental)
        #expect(diverged.state == .diverged)
        #expect(diverged.detail?.contains("\"HR_Person\"") == true)
        #expect(try await world.stored() == before)
        #expect(try await world.count("SELECT count(*) FROM UR_ResourceChanges") == 0)

        let mended = try await world.synchronize(content, mode: .incremental)
        #expect(mended.state == .applied, "\(mended.detail ?? "")")
        #expect(try await world.stored() == content.stored)
        #expect(try await world.engine.state(of: Company.connector, in: world.model).roots == content.roots)
    }

    @Test func `closing compares the roots`() async throws {
        let world = try await World()
        let content = Self.company
        _ = try await world.synchronize(content, mode: .complete)
        world.clock.advance(by: 60)
        for (roots, state) in [
            (content.roots, SessionState.unchanged), ([:], .unchanged), (["HR_Person": "other"], .diverged),
        ] {
            let verified = try await world.engine.state(of: Company.connector, in: world.model).verifiedAt
            let token = try await world.lease()
            let session = try await world.open(.incremental, .delta, token: token)
            let closed = try await world.engine.close(
                session: session.id, CloseSession(leaseToken: token, roots: roots), in: world.model)
            #expect(closed.state == state)
            let after = try await world.engine.state(of: Company.connector, in: world.model).verifiedAt
            #expect(after == (roots == content.roots ? world.clock.now : verified))
        }
    }

    @Test func `a database without digests computes them at its next apply`() async throws {
        let world = try await World()
        var content = Self.company
        _ = try await world.synchronize(content, mode: .complete)
        try await meddle(world, "DELETE FROM US_DigestBuckets")
        try await meddle(world, "UPDATE US_Counters SET Root = NULL")
        #expect(try await world.engine.state(of: Company.connector, in: world.model).roots == [:])
        let old = content
        content.person("E1", name: "Other")
        #expect(try await world.synchronize(content, since: old, mode: .incremental).state == .applied)
        #expect(try await world.engine.state(of: Company.connector, in: world.model).roots == content.roots)
    }
}
