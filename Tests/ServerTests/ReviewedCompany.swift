import API
import Testing

@testable import Server

/// 40 persons, of whom the second run takes 30 away: over MaxPercentageDeletedLines.
enum ReviewedCompany {
    static func persons(_ count: Int) -> String {
        "EmployeeId,LastName\n" + (10..<10 + count).map { "E\($0),Name <\($0)>\n" }.joined()
    }

    static func files(_ count: Int) -> [(mapping: String, isEntityType: Bool, text: String)] {
        [
            ("HR_Person", true, persons(count)), ("HR_Organization", true, AgentWalk.organizations),
            ("HR_Person_Organization", false, "Key1,Key2\nHQ,E10\nHQ,E11\n"),
        ]
    }

    /// Runs `test` with 40 persons loaded.
    ///
    /// - Parameter more: configuration beside that of ``Company``.
    static func withLoaded(
        adding more: ConfigurationFile? = nil, _ test: @Sendable (TestServer) async throws -> Void
    ) async throws {
        try await TestServer.run(files: Company.files + (more.map { [$0] } ?? [])) { server in
            try await server.withEngine {
                let first = AgentWalk(server: server, instance: "first")
                try await first.move(to: .running)
                try await first.task(2, .running)
                let (whole, lease) = try await first.sealedSession(files: files(40))
                #expect(try await first.synchronize(whole, lease).state == .applied)
                try await first.move(to: .completed)
                try await test(server)
            }
        }
    }

    /// Runs `test` with a blocked session of job instance `i`.
    static func withBlocked(
        _ test: @Sendable (TestServer, AgentWalk, Session) async throws -> Void
    ) async throws {
        try await withLoaded { server in
            let (walk, blocked) = try await ran(server, count: 10)
            #expect(blocked.state == .blocked)
            try await test(server, walk, blocked)
        }
    }

    /// A run of job instance `i` up to the end of its synchronization, recorded as an agent does.
    static func ran(
        _ server: TestServer, count: Int, isSimulation: Bool = false, force: Bool = false
    ) async throws -> (walk: AgentWalk, session: Session) {
        var walk = AgentWalk(server: server)
        if force { walk.client = "Admin" }
        try await walk.move(to: .running, isSimulation: isSimulation)
        try await walk.task(2, .running)
        let (sealed, lease) = try await walk.sealedSession(files: files(count))
        let session = try await walk.synchronize(sealed, lease, force: force)
        let state: RunState =
            session.state == .planned ? .planned : session.state == .blocked ? .blocked : .completed
        try await walk.task(2, state, session: session.id)
        try await walk.move(to: state)
        return (walk, session)
    }
}
