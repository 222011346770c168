import API
import Delta
import Foundation
import Storage
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// What plain SQL did to the stored content is found exactly, and repaired by a session (DESIGN §6).
struct VerifyTests {
    private static let company: Content = {
        var content = Content()
        for number in 0..<60 {
            content.person("E\(number)", name: "N\(number)", login: "l\(number)", mail: number % 3 == 0 ? "m" : "")
        }
        content.set("HR_Organization", "O1", ["Label": "Office, \"one\""])
        content.set("HR_Organization", "O2", ["Label": "Office\ntwo"])
        content.set("HR_Group", "all")
        content.set("HR_Group", "some")
        for number in 0..<40 { content.link("Group_Members", "all", "E\(number)") }
        content.link("Group_Members", "some", "gone")
        for number in 0..<30 { content.link("Person_Organization", "O1", "E\(number)") }
        for number in 1..<20 { content.link("Person_Manager", "l0", "E\(number)") }
        content.link("Person_Manager", "nobody", "E30")
        content.link("Organization_Head", "O1", "E1")
        return content
    }()

    private func loaded() async throws -> World {
        let world = try await World()
        #expect(try await world.synchronize(Self.company, mode: .complete).state == .applied)
        return world
    }

    struct Meddling: Sendable, CustomTestStringConvertible {
        var what: String
        var statements: [String]
        var resources: Int
        var links: Int

        var testDescription: String { what }
    }

    private static func id(_ key: String) -> String {
        "(SELECT Id FROM UR_Resources WHERE C4 = '\(key)' AND Type LIKE 'HR_%')"
    }

    private static let person = "Type = 'HR_Person' AND C4"

    static let meddlings: [Meddling] = [
        Meddling(what: "nothing", statements: [], resources: 0, links: 0),
        Meddling(
            what: "three values",
            statements: ["UPDATE UR_Resources SET C5 = 'x' WHERE \(person) IN ('E3', 'E30', 'E59')"], resources: 3,
            links: 0),
        Meddling(
            what: "a value that was empty", statements: ["UPDATE UR_Resources SET C3V = 'x' WHERE \(person) = 'E1'"],
            resources: 1, links: 0),
        Meddling(
            what: "an emptied value", statements: ["UPDATE UR_Resources SET C5 = NULL WHERE \(person) = 'E1'"],
            resources: 1, links: 0),
        Meddling(
            what: "a key that is NULL", statements: ["UPDATE UR_Resources SET C4 = NULL WHERE \(person) = 'E5'"],
            resources: 2, links: 0),
        Meddling(
            what: "keys that are empty, NULL or too long",
            statements: [
                "UPDATE UR_Resources SET C4 = '' WHERE \(person) = 'E5'",
                "UPDATE UR_Resources SET C4 = NULL, C5 = 'same', C14 = NULL WHERE \(person) IN ('E50', 'E51')",
                "UPDATE UR_Resources SET C4 = printf('%.5000c', 'x') WHERE \(person) = 'E7'",
            ], resources: 8, links: 0),
        Meddling(
            what: "another key", statements: ["UPDATE UR_Resources SET C4 = 'E5x' WHERE \(person) = 'E5'"],
            resources: 2, links: 0),
        Meddling(
            what: "exchanged keys",
            statements: [
                "UPDATE UR_Resources SET C4 = 'tmp' WHERE \(person) = 'E5'",
                "UPDATE UR_Resources SET C4 = 'E5' WHERE \(person) = 'E6'",
                "UPDATE UR_Resources SET C4 = 'E6' WHERE \(person) = 'tmp'",
            ], resources: 2, links: 0),
        Meddling(
            what: "another unique key, by which managers are found",
            statements: ["UPDATE UR_Resources SET C14 = 'other' WHERE \(person) = 'E0'"], resources: 1, links: 0),
        Meddling(
            what: "a deleted row", statements: ["DELETE FROM UR_Resources WHERE \(person) = 'E1'"], resources: 1,
            links: 0),
        Meddling(
            what: "an inserted row",
            statements: [
                "INSERT INTO UR_Resources (Type, C4, C5) VALUES ('HR_Person', 'gone', 'It''s \"new\", here')"
            ],
            resources: 1, links: 0),
        Meddling(
            what: "a row of another type", statements: ["UPDATE UR_Resources SET Type = 'X' WHERE \(person) = 'E40'"],
            resources: 1, links: 0),
        Meddling(
            what: "a deleted link row",
            statements: ["DELETE FROM UR_ResourceLinks WHERE R2_Id = \(id("E3"))"], resources: 0, links: 1),
        Meddling(
            what: "an added link row",
            statements: [
                "INSERT INTO UR_ResourceLinks SELECT 'Group_Members', g.Id, \(id("E55")) FROM UR_Resources g WHERE C0 = 'all'"
            ], resources: 0, links: 1),
        Meddling(
            what: "a link row to nothing",
            statements: [
                "INSERT INTO UR_ResourceLinks VALUES ('Group_Members', 99999, 99998)",
                "INSERT INTO UR_ResourceLinks VALUES ('Group_Members', 99999, \(id("E1")))",
            ], resources: 0, links: 2),
        Meddling(
            what: "another organization",
            statements: ["UPDATE UR_Resources SET I40 = \(id("O2")) WHERE \(person) = 'E2'"], resources: 0, links: 2),
        Meddling(
            what: "no organization", statements: ["UPDATE UR_Resources SET I40 = NULL WHERE \(person) = 'E2'"],
            resources: 0, links: 1),
        Meddling(
            what: "an organization too many",
            statements: ["UPDATE UR_Resources SET I40 = \(id("O2")) WHERE \(person) = 'E50'"], resources: 0, links: 1),
        Meddling(
            what: "an organization that is nothing",
            statements: ["UPDATE UR_Resources SET I40 = 99999 WHERE \(person) = 'E50'"], resources: 0, links: 1),
        Meddling(
            what: "another head", statements: ["UPDATE UR_Resources SET I42 = \(id("E4")) WHERE C4 = 'O1'"],
            resources: 0, links: 2),
        Meddling(
            what: "a head that is no number",
            statements: ["UPDATE UR_Resources SET C18 = 'abc' WHERE \(person) = 'E9'"],
            resources: 0, links: 1),
        Meddling(
            what: "all managers", statements: ["UPDATE UR_Resources SET I4O = NULL"], resources: 0, links: 19),
        Meddling(
            what: "buckets",
            statements: [
                "UPDATE US_DigestBuckets SET High = High + 1 WHERE Mapping = 'HR_Person'",
                "DELETE FROM US_DigestBuckets WHERE Mapping = 'Group_Members'",
            ], resources: 0, links: 0),
        Meddling(what: "roots", statements: ["UPDATE US_Counters SET Root = 'x'"], resources: 0, links: 0),
        Meddling(
            what: "counters", statements: ["UPDATE US_Counters SET Stored = 7, Orphans = 9"], resources: 0, links: 0),
        Meddling(what: "counters and buckets deleted", statements: ["DELETE FROM US_Counters"], resources: 0, links: 0),
        Meddling(
            what: "pairs bound to nothing",
            statements: [
                "UPDATE US_Pairs SET R1_Id = NULL, R2_Id = NULL WHERE Mapping = 'Person_Manager' AND Key2 = 'E4'"
            ],
            resources: 0, links: 2),
        Meddling(
            what: "BLOBs instead of texts, of other bytes and of the same ones",
            statements: [
                "UPDATE UR_Resources SET C5 = x'5a6f65' WHERE \(person) = 'E3'",
                "UPDATE UR_Resources SET C5 = CAST(C5 AS BLOB) WHERE \(person) = 'E4'",
                "UPDATE UR_Resources SET C5 = x'ff00', C14 = x'' WHERE \(person) = 'E5'",
            ], resources: 3, links: 0),
        Meddling(
            what: "keys that are BLOBs",
            statements: ["UPDATE UR_Resources SET C4 = CAST(C4 AS BLOB) WHERE \(person) IN ('E1', 'E50')"],
            resources: 4, links: 0),
        Meddling(
            what: "a BLOB in a unique key, by which managers are found",
            statements: ["UPDATE UR_Resources SET C14 = CAST(C14 AS BLOB) WHERE \(person) = 'E0'"], resources: 1,
            links: 0),
        Meddling(
            what: "pairs of BLOBs",
            statements: [
                """
                UPDATE US_Pairs SET Key2 = CAST(Key2 AS BLOB)
                WHERE Mapping IN ('Group_Members', 'Person_Organization') AND Key2 IN ('E3', 'gone')
                """
            ], resources: 0, links: 1),
        Meddling(
            what: "organizations that are a text, a fraction and a BLOB",
            statements: [
                "UPDATE UR_Resources SET I40 = 'abc' WHERE \(person) = 'E1'",
                "UPDATE UR_Resources SET I40 = 1.5 WHERE \(person) = 'E2'",
                "UPDATE UR_Resources SET I40 = CAST(CAST(I40 AS TEXT) AS BLOB) WHERE \(person) = 'E3'",
                "UPDATE UR_Resources SET I40 = x'00ff' WHERE \(person) = 'E55'",
            ], resources: 0, links: 7),
        Meddling(
            what: "a head that is a BLOB of the same number",
            statements: ["UPDATE UR_Resources SET C18 = CAST(C18 AS BLOB) WHERE \(person) = 'E1'"], resources: 0,
            links: 1),
        Meddling(
            what: "much at once",
            statements: [
                "DELETE FROM UR_Resources WHERE \(person) IN ('E0', 'E1', 'E2')",
                "UPDATE UR_Resources SET I40 = NULL, I4O = NULL",
                "UPDATE UR_Resources SET C4 = NULL WHERE C4 = 'O1'",
                "DELETE FROM UR_ResourceLinks",
            ], resources: 5, links: 84),
    ]

    @Test(arguments: meddlings)
    func `what SQL changed is found exactly and repaired, and is equal then`(_ meddling: Meddling) async throws {
        let world = try await loaded()
        try await world.database.write { transaction in
            for statement in meddling.statements {
                try transaction.execute(SQL(stringLiteral: statement))
            }
        }
        // A resource of another type is nobody's of this connector; only what it left is.
        let (found, session) = try await world.repair(Self.company)
        try await world.meddle("DELETE FROM UR_Resources WHERE Type = 'X'")
        #expect(found == World.Exchanged(resources: meddling.resources, links: meddling.links))
        #expect((session == nil) == (found == World.Exchanged()))
        if let session { #expect(session.state == .applied, "\(session.detail ?? "")") }
        #expect(try await world.stored() == Self.company.stored)
        #expect(try await world.engine.state(of: Company.connector, in: world.model).roots == Self.company.roots)
        for mapping in Self.company.digests.keys {
            let stored = try await world.count("SELECT Stored FROM US_Counters WHERE Mapping = \(mapping)")
            #expect(stored == Self.company.file(mapping).count - 1, "\(mapping)")
            let orphans = try await world.count("SELECT Orphans FROM US_Counters WHERE Mapping = \(mapping)")
            #expect(orphans == Self.company.stored.orphans[mapping, default: 0], "\(mapping)")
        }
        #expect(try await world.repair(Self.company).found == World.Exchanged())
    }

    @Test func `a change of a row in which SQL put a BLOB is refused, and repaired then`() async throws {
        let world = try await loaded()
        try await world.meddle("UPDATE UR_Resources SET C5 = CAST(C5 AS BLOB) WHERE Type = 'HR_Person' AND C4 = 'E3'")
        var changed = Self.company
        changed.person("E3", name: "N3", login: "l3", mail: "other")
        #expect(try await world.synchronize(changed, since: Self.company, mode: .incremental).state == .diverged)
        #expect(try await world.repair(changed).session?.state == .applied)
        #expect(try await world.stored() == changed.stored)
    }

    @Test func `finding twice without repairing finds the same`() async throws {
        let world = try await loaded()
        try await world.meddle(
            "UPDATE UR_Resources SET I40 = NULL, C5 = 'x' WHERE Type = 'HR_Person' AND C4 = 'E2'",
            "INSERT INTO UR_ResourceLinks VALUES ('Group_Members', 99999, 99998)")
        let token = try await world.lease()
        let wanted = World.Exchanged(resources: 1, links: 2)
        for _ in 0..<2 { #expect(try await world.compare(Self.company, token: token).0 == wanted) }
        #expect(try await world.repair(Self.company).session?.state == .applied)
        #expect(try await world.stored() == Self.company.stored)
    }

    @Test func `a pair that waits for a resource binds when SQL made that resource`() async throws {
        let world = try await loaded()
        // The source gets the same resource later: an insert that finds it there already.
        try await world.meddle(
            """
            INSERT INTO UR_Resources (Type, InternalDisplayName, C4, C5) VALUES ('HR_Person', 'G', 'gone', 'G')
            """)
        let old = Self.company
        var content = old
        content.person("gone", name: "G")
        let diverged = try await world.synchronize(content, since: old, mode: .incremental)
        #expect(diverged.state == .diverged)
        let (found, session) = try await world.repair(content)
        #expect(found == World.Exchanged(resources: 0, links: 1))
        #expect(session?.state == .applied)
        #expect(try await world.stored() == content.stored)
    }

    @Test func `a Complete synchronization sends what differs, and supersedes what is blocked`() async throws {
        var model = Company.model()
        model.connectors[0].thresholds.maximumDeleted = 3
        let world = try await World(model: model)
        #expect(try await world.synchronize(Self.company, mode: .complete).state == .applied)
        var content = Self.company
        for number in 40..<50 { content.remove("HR_Person", "E\(number)") }
        let blocked = try await world.synchronize(content, since: Self.company, mode: .incremental)
        #expect(blocked.state == .blocked)
        content = Self.company
        content.person("E1", name: "Other", login: "l1")
        let (found, session) = try await world.repair(content, .complete)
        #expect(found == World.Exchanged(resources: 1, links: 0))
        #expect(session?.state == .applied, "\(session?.detail ?? "")")
        #expect(try await world.engine.session(blocked.id).state == .superseded)
        #expect(try await world.stored() == content.stored)
    }

    @Test func `a repair is held by the safeguards like every other session`() async throws {
        var model = Company.model()
        model.connectors[0].thresholds.maximumUpdated = 2
        let world = try await World(model: model)
        #expect(try await world.synchronize(Self.company, mode: .complete).state == .applied)
        try await world.meddle("UPDATE UR_Resources SET C5 = 'x' WHERE Type = 'HR_Person' AND C4 LIKE 'E1%'")
        let before = try await world.stored()
        let (found, session) = try await world.repair(Self.company)
        #expect(found == World.Exchanged(resources: 11, links: 0))
        let held = try #require(session)
        #expect(held.state == .blocked)
        #expect(held.violations.map(\.number) == [11])
        #expect(try await world.stored() == before)
        _ = try await world.engine.approve(
            ApproveSession(session: held.id, changeSet: held.changeSet ?? ""), by: "alice", in: world.model)
        let token = try await world.lease()
        #expect(try await world.apply(held.id, token: token).state == .applied)
        #expect(try await world.stored() == Self.company.stored)
    }

    // MARK: What is kept

    @Test func `what was found is kept, and repaired when both sides are proven equal`() async throws {
        let world = try await loaded()
        func kept() async throws -> Verification? {
            try await world.engine.state(of: Company.connector, in: world.model).verification
        }
        func record(_ resources: Int, _ roots: [String: String]) async throws -> Verification {
            try await world.engine.record(
                VerificationResult(
                    connector: Company.connector, leaseToken: try await world.lease(), isDeep: true,
                    resources: resources, links: 0, roots: roots), in: world.model)
        }
        #expect(try await kept() == nil)
        world.clock.advance(by: 60)
        let drift = try await record(1, Self.company.roots)
        #expect(drift == Verification(checkedAt: world.clock.now, isDeep: true, resources: 1, links: 0))
        #expect(drift.isDrifting)
        world.clock.advance(by: 60)
        let old = Self.company
        var content = old
        content.person("E1", name: "Other", login: "l1")
        #expect(try await world.synchronize(content, since: old, mode: .incremental).state == .applied)
        #expect(try await kept()?.repairedAt == world.clock.now)
        world.clock.advance(by: 60)
        let equal = try await record(0, content.roots)
        #expect(try await kept() == equal)
        #expect(
            try await world.engine.state(of: Company.connector, in: world.model).verifiedAt == world.clock.now)
        await #expect(throws: SynchronizationError.self) { _ = try await record(0, old.roots) }
        await #expect(throws: SynchronizationError.self) { _ = try await record(-1, content.roots) }
    }

    // MARK: Who may

    @Test func `a wrong or lost lease token is refused everywhere, and writes nothing`() async throws {
        let world = try await loaded()
        let old = try await world.lease()
        let now = try await world.lease("another")
        try await world.meddle("UPDATE UR_Resources SET C5 = 'x' WHERE Type = 'HR_Person' AND C4 = 'E2'")
        let before = try await world.engine.state(of: Company.connector, in: world.model)
        for token in [old, now + 1, 0, -1] {
            let calls: [() async throws -> Void] = [
                {
                    _ = try await world.engine.recompute(
                        RecomputeContent(connector: Company.connector, leaseToken: token), in: world.model)
                },
                {
                    _ = try await world.engine.buckets(
                        ContentBuckets(connector: Company.connector, leaseToken: token, mapping: "HR_Person"),
                        in: world.model)
                },
                {
                    _ = try await world.engine.rows(
                        ContentRows(
                            connector: Company.connector, leaseToken: token, mapping: "HR_Person", buckets: [1]),
                        in: world.model)
                },
                {
                    _ = try await world.engine.record(
                        VerificationResult(
                            connector: Company.connector, leaseToken: token, isDeep: true, resources: 1, links: 1,
                            roots: [:]), in: world.model)
                },
            ]
            for call in calls {
                let error = await #expect(throws: SynchronizationError.self) { try await call() }
                #expect(error?.code == .leaseLost)
            }
        }
        #expect(try await world.engine.state(of: Company.connector, in: world.model) == before)
        let rows = (try? FileManager.default.contentsOfDirectory(atPath: world.files + "/rows")) ?? []
        #expect(rows == [])
    }

    @Test func `what no connector has is refused`() async throws {
        let world = try await loaded()
        let token = try await world.lease()
        let calls: [(ProblemCode, () async throws -> Void)] = [
            (
                .invalidRequest,
                {
                    _ = try await world.engine.rows(
                        ContentRows(
                            connector: Company.connector, leaseToken: token, mapping: "HR_Person", buckets: [4096]),
                        in: world.model)
                }
            ),
            (
                .invalidRequest,
                {
                    _ = try await world.engine.rows(
                        ContentRows(
                            connector: Company.connector, leaseToken: token, mapping: "../HR_Person", buckets: [0]),
                        in: world.model)
                }
            ),
            (
                .invalidRequest,
                {
                    _ = try await world.engine.buckets(
                        ContentBuckets(
                            connector: Company.connector, leaseToken: token, mapping: "x' OR '1' = '1"),
                        in: world.model)
                }
            ),
            (
                .notFound,
                {
                    _ = try await world.engine.recompute(
                        RecomputeContent(connector: "nobody", leaseToken: token), in: world.model)
                }
            ),
        ]
        for (code, call) in calls {
            let error = await #expect(throws: SynchronizationError.self) { try await call() }
            #expect(error?.code == code)
        }
    }

    // MARK: Dying

    @Test(arguments: [StepPoint.contentRead, .recomputeBeforeCommit])
    func `a death while the content is computed anew keeps what was kept`(_ point: StepPoint) async throws {
        let world = try await loaded()
        try await world.meddle(
            "UPDATE UR_Resources SET C5 = 'x' WHERE Type = 'HR_Person' AND C4 = 'E2'",
            "DELETE FROM UR_ResourceLinks")
        let before = try await world.engine.state(of: Company.connector, in: world.model)
        let dying = try await world.restarted { if $0 == point { throw Interruption(at: point) } }
        let token = try await dying.lease()
        await #expect(throws: Interruption(at: point)) {
            _ = try await dying.engine.recompute(
                RecomputeContent(connector: Company.connector, leaseToken: token), in: dying.model)
        }
        let again = try await world.restarted()
        #expect(try await again.engine.state(of: Company.connector, in: again.model).roots == before.roots)
        let (found, session) = try await again.repair(Self.company)
        #expect(found == World.Exchanged(resources: 1, links: 40))
        #expect(session?.state == .applied)
        #expect(try await again.stored() == Self.company.stored)
    }

    @Test func `while a session is applied nothing is computed anew`() async throws {
        let world = try await loaded()
        let token = try await world.lease()
        let session = try await world.open(.incremental, .delta, token: token)
        try await world.sendAndSeal(Self.company, since: Self.company, session.id, token: token)
        _ = try await world.engine.synchronize(
            session: session.id, SynchronizeSession(leaseToken: token, taskInstance: "s"),
            options: SynchronizeOptions(), in: world.model)
        let error = await #expect(throws: SynchronizationError.self) {
            _ = try await world.engine.recompute(
                RecomputeContent(connector: Company.connector, leaseToken: token), in: world.model)
        }
        #expect(error?.code == .sessionLive)
    }
}
