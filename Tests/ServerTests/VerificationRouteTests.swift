import API
import Delta
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Storage
import Testing
import WeirConfiguration
import WeirSynchronization

@testable import Server

@Suite struct VerificationRouteTests {
    private static let root = "/api/Connectors/SynchronizeSession/Verification"

    /// A company with three resources and two links, and the lease that loaded it.
    static func loaded(_ server: TestServer) async throws -> (AgentWalk, Lease) {
        let walk = AgentWalk(server: server)
        try await walk.move(to: .running)
        try await walk.task(0, .completed)
        try await walk.task(1, .running)
        let (session, lease) = try await walk.sealedSession()
        try await walk.task(2, .running, session: session.id)
        #expect(try await walk.synchronize(session, lease).state == .applied)
        return (walk, lease)
    }

    @Test func `what an exchange needs is had with the seven permissions`() async throws {
        try await TestServer.run { server in
            try await server.withEngine {
                let (walk, lease) = try await Self.loaded(server)
                try await server.database.write {
                    _ = try $0.execute("UPDATE UR_Resources SET C5 = 'x' WHERE Type = 'HR_Person' AND C4 = 'E1'")
                }
                let content: RecomputedContent = try await walk.call(
                    .post, Self.root, body: RecomputeContent(connector: "HR", leaseToken: lease.token))
                #expect(content.version?.number == 1)
                #expect(
                    content.mappings.mapValues(\.rows) == [
                        "HR_Person": 2, "HR_Organization": 1, "HR_Person_Organization": 2,
                    ])
                let buckets = try await server.client.executeRequest(
                    uri: Self.root + "/Buckets", method: .post,
                    headers: [.authorization: "Bearer \(try await server.token("Job"))"],
                    body: ByteBuffer(
                        bytes: try WireJSON.encode(
                            ContentBuckets(connector: "HR", leaseToken: lease.token, mapping: "HR_Person"))))
                #expect(buckets.status == .ok)
                let digest = try #require(Digest(bytes: Array(buffer: buckets.body)))
                #expect(digest.root == content.mappings["HR_Person"]?.root)
                let asked = ContentRows(
                    connector: "HR", leaseToken: lease.token, mapping: "HR_Person",
                    buckets: [Digest.bucket(of: "E1"), Digest.bucket(of: "nobody")])
                let rows = try await server.call(.post, Self.root + "/Rows", as: "Job", body: asked)
                #expect(rows.status == 200)
                #expect(rows.headers[.contentType] == "text/csv; charset=utf-8")
                let lines = rows.body.split(separator: "\n")
                #expect(lines.count == 2 && lines[0] == "hash,EmployeeId" && lines[1].hasSuffix(",E1"))
                var whole = asked
                whole.withValues = true
                let values = try await server.call(.post, Self.root + "/Rows", as: "Job", body: whole)
                #expect(values.body.split(separator: "\n").last?.hasSuffix(",E1,x") == true, "\(values.body)")
                let found: Verification = try await walk.call(
                    .post, Self.root + "/Result",
                    body: VerificationResult(
                        connector: "HR", leaseToken: lease.token, isDeep: true, resources: 1, links: 0, roots: [:]))
                let state: ConnectorState = try await walk.call(.get, "/api/Connectors/Connector/HR")
                #expect(state.verification == found)
                #expect(found.isDrifting)
                let browser = try await Browser.signedIn(server)
                for page in ["/", "/jobs/\(AgentWalk.job)"] {
                    let html = try await browser.get(page).body
                    #expect(html.contains("Drifting"), "\(page)")
                    #expect(html.contains("A deep comparison found 1 resource and 0 links other"), "\(page)")
                }
                let someone = try await Browser.signedIn(server, user: "bob", profile: "Nobody")
                #expect(try await !someone.get("/").body.contains("Drifting"))
            }
        }
    }

    @Test func `hostile bodies are refused`() async throws {
        try await TestServer.run { server in
            try await server.withEngine {
                let (_, lease) = try await Self.loaded(server)
                func code(_ path: String, _ body: any Encodable) async throws -> ProblemCode? {
                    try await server.call(.post, Self.root + path, as: "Job", body: body).code
                }
                let big = Array(repeating: 1, count: 1_000_000)
                for (path, body, wanted) in [
                    ("", RecomputeContent(connector: "Nobody", leaseToken: 1), ProblemCode.notFound),
                    ("", RecomputeContent(connector: "HR", leaseToken: lease.token + 1), .leaseLost),
                    ("", ["connector": "HR"], .invalidRequest),
                    (
                        "/Buckets", ContentBuckets(connector: "HR", leaseToken: lease.token, mapping: "../x"),
                        .invalidRequest
                    ),
                    (
                        "/Rows",
                        ContentRows(connector: "HR", leaseToken: lease.token, mapping: "HR_Person", buckets: [-1]),
                        .invalidRequest
                    ),
                    (
                        "/Rows",
                        ContentRows(connector: "HR", leaseToken: lease.token, mapping: "HR_Person", buckets: big),
                        .invalidRequest
                    ),
                    (
                        "/Result",
                        VerificationResult(
                            connector: "HR", leaseToken: 0, isDeep: true, resources: 0, links: 0, roots: [:]),
                        .leaseLost
                    ),
                ] as [(String, any Encodable, ProblemCode)] {
                    #expect(try await code(path, body) == wanted, "\(path)")
                }
            }
        }
    }

    @Test func `a session of no job is applied for whoever opened it, and never forced`() async throws {
        try await TestServer.run { server in
            try await server.withEngine {
                let walk = AgentWalk(server: server)
                let (session, lease) = try await walk.sealedSession()
                func ask(_ task: String, force: Bool = false) async throws -> TestResponse {
                    try await server.call(
                        .post, "/api/Connectors/SynchronizeSession/\(session.id)/Synchronize", as: "Job",
                        body: SynchronizeSession(leaseToken: lease.token, taskInstance: task, force: force))
                }
                #expect(try await ask("another").code == .notFound)
                #expect(try await ask("i-1", force: true).code == .invalidRequest)
                #expect(try await ask("i-1").status == 200)
            }
        }
    }

    @Test func `a connector that drifts, or was not verified for long, needs attention`() {
        let now = Date(timeIntervalSince1970: 1_790_000_000)
        func standing(_ verified: TimeInterval?, _ last: Verification?) -> VerificationStanding {
            VerificationStanding(
                VerificationState(verifiedAt: verified.map { now.addingTimeInterval(-$0) }, last: last), now: now)
        }
        var found = Verification(checkedAt: now, isDeep: true, resources: 1, links: 1200)
        #expect(standing(60, nil).badge.text == "Verified")
        #expect(!standing(60, nil).needsAttention)
        #expect(standing(3 * 24 * 3600, nil).badge.text == "Not verified for long")
        #expect(standing(3 * 24 * 3600, nil).needsAttention)
        #expect(standing(nil, nil).badge.text == "Not verified")
        #expect(standing(60, found).badge.text == "Drifting")
        #expect(standing(60, found).detail.hasPrefix("A deep comparison found 1 resource and 1,200 links other"))
        found.repairedAt = now
        #expect(standing(60, found).badge.text == "Verified")
        #expect(standing(60, found).detail.hasSuffix("that is repaired."))
    }
}
