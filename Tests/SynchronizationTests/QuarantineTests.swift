import API
import Foundation
import Storage
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// The rows that a preparation set aside, as the server lists them.
struct QuarantineTests {
    private static let rejectedHeader = QuarantineList.rejected.columns
    private static let carriedHeader = QuarantineList.carried.columns

    /// A rejected row as the agent sends it.
    static func row(
        _ mapping: String = "HR_Person", line: Int, _ reason: String = "3 fields where the header has 4",
        key: String = "", raw: String
    ) -> [String] {
        [mapping, "\(mapping).csv", "\(line)", "\(line * 10)", reason, key, raw]
    }

    /// What one preparation found.
    struct Found {
        var rejected: [[String]] = []
        var carried: [[String]] = []
        var named: [[String]] = []
        var tables: [SentQuarantineTable]?

        /// Counted by mapping, unless a test says otherwise.
        var counted: [SentQuarantineTable] {
            tables
                ?? Set((rejected + carried).map { $0[0] }).sorted().map { mapping in
                    SentQuarantineTable(
                        mapping: mapping, table: mapping.lowercased(), rejected: rejected.count { $0[0] == mapping },
                        carried: carried.count { $0[0] == mapping })
                }
        }
    }

    private func send(
        _ world: World, _ bytes: [UInt8], _ list: QuarantineList, to session: String, token: Int, sha256: String? = nil
    ) async throws {
        let body = AsyncStream<[UInt8]> { continuation in
            continuation.yield(bytes)
            continuation.finish()
        }
        try await world.engine.receive(
            session: session, list: list, leaseToken: token, body: body, sha256: sha256 ?? World.sha256(bytes))
    }

    func upload(
        _ world: World, _ found: Found, to session: String, token: Int
    ) async throws -> SentQuarantine {
        var sent = SentQuarantine(tables: found.counted)
        if !found.rejected.isEmpty {
            let bytes = World.csv([Self.rejectedHeader] + found.rejected)
            try await send(world, bytes, .rejected, to: session, token: token)
            sent.rejectedSha256 = World.sha256(bytes)
        }
        if !found.carried.isEmpty {
            let bytes = World.csv([Self.carriedHeader] + found.carried)
            try await send(world, bytes, .carried, to: session, token: token)
            sent.carriedSha256 = World.sha256(bytes)
        }
        if !found.named.isEmpty {
            let bytes = World.csv([QuarantineList.named.columns] + found.named)
            try await send(world, bytes, .named, to: session, token: token)
            sent.namedSha256 = World.sha256(bytes)
        }
        return sent
    }

    /// A session with nothing to send but what was set aside.
    @discardableResult
    func close(_ world: World, _ found: Found) async throws -> Session {
        let token = try await world.lease()
        let session = try await world.open(.incremental, .full, token: token)
        let sent = try await upload(world, found, to: session.id, token: token)
        return try await world.engine.close(
            session: session.id, CloseSession(leaseToken: token, quarantine: sent), in: world.model)
    }

    func listed(_ world: World) async throws -> [RejectedRow] {
        try await world.engine.rejectedRows(connector: "HR", rawLimit: 1000, pageSize: 1000).items
    }

    func carried(_ world: World) async throws -> [[String?]] {
        try await world.engine.carriedRows(connector: "HR", pageSize: 1000).items
            .map { [$0.mapping, $0.key, $0.key2, $0.reason] }
    }

    static let two = Found(
        rejected: [row(line: 3, raw: "a,b"), row(line: 9, "column \"mail\" is not text", key: "E1", raw: "E1,x")],
        carried: [
            ["HR_Person", "E1", "", "line 9 was rejected"], ["Person_Organization", "HQ", "E1", "line 9 was rejected"],
        ])

    @Test func `a closed session's rows are listed as they were sent`() async throws {
        let world = try await World()
        let session = try await close(world, Self.two)
        #expect(session.state == .unchanged)
        let rows = try await listed(world)
        #expect(
            rows == [
                RejectedRow(
                    id: rows[0].id, connector: "HR", mapping: "HR_Person", file: "HR_Person.csv", line: 3, offset: 30,
                    reason: "3 fields where the header has 4", key: nil, raw: "a,b", rawLength: 3,
                    firstSeenAt: world.clock.now),
                RejectedRow(
                    id: rows[1].id, connector: "HR", mapping: "HR_Person", file: "HR_Person.csv", line: 9, offset: 90,
                    reason: "column \"mail\" is not text", key: "E1", raw: "E1,x", rawLength: 4,
                    firstSeenAt: world.clock.now),
            ])
        #expect(
            try await carried(world) == [
                ["HR_Person", "E1", nil, "line 9 was rejected"],
                ["Person_Organization", "HQ", "E1", "line 9 was rejected"],
            ])
        #expect(
            try await world.engine.quarantines() == [
                Quarantine(
                    connector: "HR", mapping: "HR_Person", table: "hr_person", rejected: 2, listedRejected: 2,
                    carried: 1, listedCarried: 1, session: session.id, jobInstance: "job", seenAt: world.clock.now,
                    since: world.clock.now),
                Quarantine(
                    connector: "HR", mapping: "Person_Organization", table: "person_organization", rejected: 0,
                    listedRejected: 0, carried: 1, listedCarried: 1, session: session.id, jobInstance: "job",
                    seenAt: world.clock.now, since: nil),
            ])
        let persons = try await world.engine.carried(mapping: "HR_Person", keys: ["E1", "E2"])
        #expect(persons.mapValues(\.reason) == ["E1": "line 9 was rejected"])
        for isSide1 in [true, false] {
            let pairs = try await world.engine.carriedPairs(
                mapping: "Person_Organization", key: isSide1 ? "HQ" : "E1", isSide1: isSide1,
                others: ["E1", "HQ", "X"])
            #expect(Array(pairs.keys) == [isSide1 ? "E1" : "HQ"])
        }
    }

    @Test func `a mended row clears itself, and one that stays keeps its age`() async throws {
        let world = try await World()
        try await close(world, Self.two)
        let first = world.clock.now
        world.clock.advance(by: 3600)
        // A line was put in front of it, and its text has another mistake; the key tells that it is the same row.
        try await close(
            world,
            Found(
                rejected: [
                    Self.row(line: 10, "column \"mail\" is not text", key: "E1", raw: "E1,still wrong"),
                    Self.row(line: 11, raw: "new"),
                ], carried: [["HR_Person", "E1", "", "line 10 was rejected"]]))
        let rows = try await listed(world)
        #expect(rows.map(\.line) == [10, 11])
        #expect(rows.map(\.firstSeenAt) == [first, world.clock.now])
        #expect(try await world.engine.quarantines().first?.since == first)
        #expect(try await world.engine.carriedRows(pageSize: 9).items.map(\.since) == [first])
        world.clock.advance(by: 3600)
        try await close(world, Found())
        #expect(try await listed(world) == [])
        #expect(try await carried(world) == [])
        #expect(try await world.engine.quarantines() == [])
    }

    @Test func `a row without key keeps its age by its text`() async throws {
        let world = try await World()
        try await close(world, Found(rejected: [Self.row(line: 3, raw: "same"), Self.row(line: 4, raw: "same")]))
        let first = world.clock.now
        world.clock.advance(by: 60)
        try await close(
            world,
            Found(rejected: [
                Self.row(line: 5, raw: "same"), Self.row(line: 6, raw: "other"),
                Self.row("HR_Group", line: 5, raw: "same"),
            ]))
        let ages = try await listed(world).map { [$0.mapping, "\($0.line)", $0.firstSeenAt == first ? "old" : "new"] }
        #expect(ages == [["HR_Person", "5", "old"], ["HR_Person", "6", "new"], ["HR_Group", "5", "new"]])
    }

    @Test func `a preparation that fails clears nothing, and neither does a session without one`() async throws {
        let world = try await World()
        let content = SynchronizeTests.company()
        try await close(world, Self.two)
        let token = try await world.lease()
        let given = try await world.open(.incremental, token: token)
        _ = try await upload(world, Found(rejected: [Self.row(line: 7, raw: "x")]), to: given.id, token: token)
        _ = try await world.engine.abort(session: given.id, AbortSession(leaseToken: token, reason: "failed"))
        #expect(try await listed(world).map(\.line) == [3, 9])
        // Sealed and applied, as a repair is: nothing was prepared.
        try await world.synchronize(content, mode: .complete)
        #expect(try await listed(world).map(\.line) == [3, 9])
    }

    @Test func `sealing replaces the list once, however often it is asked`() async throws {
        let world = try await World()
        let content = SynchronizeTests.company()
        try await close(world, Self.two)
        let token = try await world.lease()
        let session = try await world.open(.complete, token: token)
        let seals = try await world.send(content, to: session.id, token: token)
        let found = Found(rejected: [Self.row(line: 5, raw: "x")])
        let sent = try await upload(world, found, to: session.id, token: token)
        // Sent again, as after a cut connection.
        #expect(try await upload(world, found, to: session.id, token: token) == sent)
        let seal = SealSession(leaseToken: token, files: seals, quarantine: sent)
        for _ in 0..<2 {
            #expect(try await world.engine.seal(session: session.id, seal, in: world.model).state == .sealed)
            #expect(try await listed(world).map(\.line) == [5])
        }
        world.clock.advance(by: 5)
        #expect(try await world.apply(session.id, token: token).state == .applied)
        #expect(try await world.engine.seal(session: session.id, seal, in: world.model).state == .applied)
        #expect(try await listed(world).map(\.line) == [5])
    }

    @Test func `a death before the commit leaves the list as it was`() async throws {
        let world = try await World()
        try await close(world, Self.two)
        let dying = try await world.restarted { point in
            if point == .closeBeforeCommit { throw Interruption(at: point) }
        }
        await #expect(throws: Interruption(at: .closeBeforeCommit)) { try await close(dying, Found()) }
        #expect(try await listed(world).map(\.line) == [3, 9])
    }

    @Test func `a death between upload and close is made good by the same task`() async throws {
        let world = try await World()
        let token = try await world.lease()
        let session = try await world.open(.incremental, .full, token: token, task: "again")
        _ = try await upload(world, Found(rejected: [Self.row(line: 1, raw: "x")]), to: session.id, token: token)
        let after = try await world.restarted()
        let later = try await after.lease()
        let reopened = try await after.open(.incremental, .full, token: later, task: "again")
        #expect(reopened.id == session.id)
        let sent = try await upload(after, Found(rejected: [Self.row(line: 2, raw: "y")]), to: session.id, token: later)
        _ = try await after.engine.close(
            session: session.id, CloseSession(leaseToken: later, quarantine: sent), in: after.model)
        #expect(try await listed(after).map(\.line) == [2])
        #expect(!FileManager.default.fileExists(atPath: world.files + "/" + session.id))
    }

    @Test func `a sender whose lease was taken over is refused`() async throws {
        let world = try await World()
        let token = try await world.lease()
        let session = try await world.open(.incremental, .full, token: token)
        world.clock.advance(by: 3600)
        _ = try await world.lease("other", installation: "elsewhere")
        let error = await #expect(throws: SynchronizationError.self) {
            _ = try await upload(world, Self.two, to: session.id, token: token)
        }
        #expect(error?.code == .leaseLost)
        let closing = await #expect(throws: SynchronizationError.self) {
            try await world.engine.close(
                session: session.id, CloseSession(leaseToken: token, quarantine: SentQuarantine(tables: [])),
                in: world.model)
        }
        #expect(closing?.code == .leaseLost)
    }

    @Test func `a list that did not arrive, or arrived as another one, is refused`() async throws {
        let world = try await World()
        try await close(world, Self.two)
        let token = try await world.lease()
        let session = try await world.open(.incremental, .full, token: token)
        let bytes = World.csv([Self.rejectedHeader, Self.row(line: 1, raw: "x")])
        let wrong = await #expect(throws: SynchronizationError.self) {
            try await send(
                world, bytes, .rejected, to: session.id, token: token, sha256: String(repeating: "0", count: 64))
        }
        #expect(wrong?.code == .checksum)
        for name in [World.sha256(bytes), "../../weir.db"] {
            let missing = await #expect(throws: SynchronizationError.self) {
                try await world.engine.close(
                    session: session.id,
                    CloseSession(leaseToken: token, quarantine: SentQuarantine(tables: [], rejectedSha256: name)),
                    in: world.model)
            }
            #expect(missing?.code == .checksum)
        }
        #expect(try await listed(world).map(\.line) == [3, 9])
    }

    private static let hostile: [(name: String, bytes: [UInt8])] = [
        ("nothing", []), ("other columns", World.csv([["mapping", "key1"], ["HR_Person", "E1"]])),
        ("a field too few", World.csv([rejectedHeader, ["HR_Person", "x.csv"]])),
        ("an unknown mapping", World.csv([rejectedHeader, row("AD_User", line: 1, raw: "x")])),
        ("no line", World.csv([rejectedHeader, ["HR_Person", "x.csv", "", "0", "r", "", "x"]])),
        ("a line that is no number", World.csv([rejectedHeader, ["HR_Person", "x.csv", "1e3", "0", "r", "", "x"]])),
        ("U+0000", World.csv([rejectedHeader, row(line: 1, raw: "a\0b")])),
        (
            "bytes that are no UTF-8",
            World.csv([rejectedHeader]) + Array("HR_Person,x.csv,1,0,r,,".utf8) + [0xC3, 0x28, 0x0A]
        ),
    ]

    @Test(arguments: hostile.indices) func `a list that no agent writes is refused whole`(index: Int) async throws {
        let world = try await World()
        try await close(world, Self.two)
        let token = try await world.lease()
        let session = try await world.open(.incremental, .full, token: token)
        let bytes = Self.hostile[index].bytes
        try await send(world, bytes, .rejected, to: session.id, token: token)
        let error = await #expect(throws: SynchronizationError.self, "\(Self.hostile[index].name)") {
            try await world.engine.close(
                session: session.id,
                CloseSession(
                    leaseToken: token,
                    quarantine: SentQuarantine(tables: [], rejectedSha256: World.sha256(bytes))), in: world.model)
        }
        #expect(error?.code == .invalidRequest)
        #expect(try await listed(world).map(\.line) == [3, 9])
    }

    @Test func `more rows than are listed are counted`() async throws {
        let world = try await World()
        var found = Found(rejected: (1...300).map { Self.row(line: $0, raw: "r\($0)") })
        found.tables = [SentQuarantineTable(mapping: "HR_Person", table: "people", rejected: 70_000, carried: 5)]
        try await close(world, found)
        let quarantine = try #require(try await world.engine.quarantines().first)
        #expect(
            [quarantine.rejected, quarantine.listedRejected, quarantine.carried, quarantine.listedCarried] as [Int]
                == [70_000, 300, 5, 0])
        var lines: [Int] = []
        var token: String?
        repeat {
            let page = try await world.engine.rejectedRows(
                connector: "HR", rawLimit: 1, pageSize: 70, continuationToken: token)
            lines += page.items.map(\.line)
            #expect(page.items.allSatisfy { $0.raw == "r" && $0.rawLength >= 2 })
            token = page.continuationToken
        } while token != nil
        #expect(lines == Array(1...300))
    }

    @Test func `rows are found by mapping and reason, and reasons are counted`() async throws {
        let world = try await World()
        try await close(
            world,
            Found(rejected: [
                Self.row("HR_Group", line: 1, "a", raw: "x"), Self.row(line: 1, "a", raw: "y"),
                Self.row(line: 2, "b", raw: "z"), Self.row(line: 3, "b", raw: "z"),
            ]))
        func lines(_ mapping: String?, _ reason: String?) async throws -> [String] {
            try await world.engine.rejectedRows(
                connector: "HR", mapping: mapping, reason: reason, rawLimit: 9, pageSize: 9
            ).items.map { "\($0.mapping) \($0.line)" }
        }
        #expect(try await lines("HR_Group", nil) == ["HR_Group 1"])
        #expect(try await lines(nil, "a") == ["HR_Group 1", "HR_Person 1"])
        #expect(try await lines("HR_Person", "b") == ["HR_Person 2", "HR_Person 3"])
        #expect(try await lines("HR_Person", "' OR 1 = 1 --") == [])
        let reasons = try await world.engine.rejectionReasons(connector: "HR", limit: 9)
        #expect(reasons.map { "\($0.reason) \($0.count)" } == ["a 2", "b 2"])
        let own = try await world.engine.rejectionReasons(connector: "HR", mapping: "HR_Person", limit: 1)
        #expect(own.map { "\($0.reason) \($0.count)" } == ["b 2"])
    }

    @Test func `what a feed does not name again stays listed until everything is read`() async throws {
        let world = try await World()
        var old = SynchronizeTests.company()
        for number in 1...4 { old.person("F\(number)", name: "old") }
        try await world.synchronize(old, mode: .initial)
        func found(
            _ rejected: [[String]], _ carried: [[String]] = [], named: [String] = [], isFeed: Bool = true
        ) -> Found {
            let table = SentQuarantineTable(
                mapping: "HR_Person", table: "people", rejected: rejected.count, carried: carried.count, isFeed: isFeed)
            return Found(
                rejected: rejected, carried: carried, named: named.map { ["HR_Person", $0, ""] }, tables: [table])
        }
        try await close(
            world,
            found(
                [
                    Self.row(line: 1, key: "F1", raw: "F1"), Self.row(line: 2, key: "F2", raw: "F2"),
                    Self.row(line: 3, raw: "no key"),
                ], [["HR_Person", "F1", "", "r"], ["HR_Person", "F2", "", "r"]]))
        let first = world.clock.now
        world.clock.advance(by: 60)

        // F1 comes again and is good, F2 is rejected again, F3 is new in the list.
        var new = old
        new.person("F1", name: "new")
        new.person("F4", name: "new")
        let token = try await world.lease()
        let session = try await world.open(.incremental, .delta, token: token)
        var seals: [SealedFile] = []
        for mapping in Content.columns.keys.sorted() + Content.associations {
            let rows = new.delta(mapping, since: old)
            let bytes = World.csv(rows)
            try await world.send(bytes, as: mapping, to: session.id, token: token)
            seals.append(world.sealed(mapping, bytes, rows: rows.count - 1, .delta))
        }
        let sent = try await upload(
            world,
            found(
                [Self.row(line: 7, key: "F2", raw: "F2 again"), Self.row(line: 8, key: "F3", raw: "F3")],
                [["HR_Person", "F2", "", "r"]], named: ["F1", "F4"]), to: session.id, token: token)
        _ = try await world.engine.seal(
            session: session.id,
            SealSession(leaseToken: token, files: seals, roots: new.roots, quarantine: sent), in: world.model)
        #expect(try await world.apply(session.id, token: token).state == .applied)
        func rows() async throws -> Set<String> {
            Set(try await listed(world).map { "\($0.raw) \($0.firstSeenAt == first ? "old" : "new")" })
        }
        #expect(try await rows() == ["no key old", "F2 again old", "F3 new"])
        #expect(try await carried(world).map { $0[1] } == ["F2"])
        #expect(try await world.engine.quarantines().map(\.rejected) == [3])

        // Nothing new: everything stays.
        try await close(world, found([]))
        #expect(try await rows() == ["no key old", "F2 again old", "F3 new"])
        #expect(try await world.engine.quarantines().map(\.listedRejected) == [3])
        try await close(world, found([], isFeed: false))
        #expect(try await rows() == [])
        #expect(try await world.engine.quarantines() == [])
    }

    @Test func `a row that a feed mended clears itself though nothing changed, and so do pairs whatever their keys`()
        async throws
    {
        let world = try await World()
        func tables(_ isFeed: Bool) -> [SentQuarantineTable] {
            ["HR_Person", "Group_Members", "Person_Manager"].map {
                SentQuarantineTable(mapping: $0, table: "t", rejected: 9, carried: 9, isFeed: isFeed)
            }
        }
        let keys = ["CN=a,OU=b", "say \"hi\"", "plain", "two\nlines"]
        func shown(_ pair: [String]) -> String {
            String(decoding: World.csv([pair]), as: UTF8.self).dropLast().description
        }
        var first = Found(tables: tables(true))
        for (line, key) in keys.enumerated() {
            first.rejected.append(Self.row(line: line, key: key, raw: "person \(line)"))
            first.rejected.append(Self.row("Group_Members", line: line, key: shown(["g,1", key]), raw: "pair \(line)"))
            first.rejected.append(Self.row("Person_Manager", line: line, key: shown(["", key]), raw: "boss \(line)"))
            first.carried.append(["HR_Person", key, "", "r"])
            first.carried.append(["Group_Members", "g,1", key, "r"])
            first.carried.append(["Person_Manager", "x", key, "r"])
        }
        try await close(world, first)
        #expect(
            try await world.engine.state(of: "HR", in: world.model).quarantined == [
                "Group_Members", "HR_Person", "Person_Manager",
            ])
        // All but the third are named; of Person_Manager the second side is the row's own key.
        let second = Found(
            named: [keys[0], keys[1], keys[3]].flatMap { key in
                [["HR_Person", key, ""], ["Group_Members", "g,1", key], ["Person_Manager", "", key]]
            } + [["Group_Members", "g", keys[2]], ["HR_Person", "nobody", ""]], tables: tables(true))
        try await close(world, second)
        #expect(Set(try await listed(world).map(\.raw)) == ["person 2", "pair 2", "boss 2"])
        #expect(
            Set(try await carried(world)) == [
                ["HR_Person", "plain", nil, "r"], ["Group_Members", "g,1", "plain", "r"],
                ["Person_Manager", "x", "plain", "r"],
            ])
    }

    @Test func `a connector or mapping that is deployed away takes its list along`() async throws {
        let world = try await World()
        try await close(
            world,
            Found(
                rejected: [Self.row(line: 1, raw: "x"), Self.row("HR_Group", line: 2, raw: "y")],
                carried: [["HR_Group", "g", "", "r"], ["Group_Members", "g", "E1", "r"]]))
        var without = world.model
        without.entityTypeMappings.removeAll { $0.identifier == "HR_Group" }
        without.associationMappings.removeAll { $0.identifier == "Group_Members" }
        try await world.deploy(from: world.model, to: without)
        #expect(try await listed(world).map(\.mapping) == ["HR_Person"])
        #expect(try await carried(world) == [])
        #expect(try await world.engine.quarantines().map(\.mapping) == ["HR_Person"])
        try await world.deploy(from: without, to: Model())
        #expect(try await listed(world) == [])
        #expect(try await world.engine.quarantines() == [])
    }
}
