import API
import Foundation
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// A file that prepare would not write fails its session with the place, and changes nothing.
struct HostileFileTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var rows = 1
        var content = SessionContent.full
        var complaint: String

        var testDescription: String { name }

        init(_ name: String, _ text: String, rows: Int = 1, content: SessionContent = .full, _ complaint: String) {
            self.name = name
            self.bytes = Array(text.utf8)
            self.rows = rows
            self.content = content
            self.complaint = complaint
        }

        init(_ name: String, _ bytes: [UInt8], _ complaint: String) {
            self.name = name
            self.bytes = bytes
            self.complaint = complaint
        }
    }

    static let cases = [
        Case("nothing", "", rows: 0, "cannot be read"),
        Case("a missing column", "Code\nA\n", "has no column \"Label\""),
        Case(
            "an unknown column", "Code,Label,Salary\nA,b,1\n", "has a column \"Salary\" that the mapping does not have"),
        Case("a column twice", "Code,Label,Code\nA,b,A\n", "has the column \"Code\" twice"),
        Case("more rows than sealed", "Code,Label\nA,a\nB,b\n", "has 2 rows, and 1 were sealed"),
        Case("fewer rows than sealed", "Code,Label\nA,a\n", rows: 2, "has 1 rows, and 2 were sealed"),
        Case("a row with a field too few", "Code,Label\nA\n", "line 2"),
        Case("a row with a field too many", "Code,Label\nA,a,a\n", "line 2"),
        Case("a quote that is never closed", "Code,Label\nA,\"a\n", "line 2"),
        Case("text behind a quote", "Code,Label\nA,\"a\"b\n", "line 2"),
        Case("an empty key", "Code,Label\nA,a\n,b\n", rows: 2, "line 3, has no value in the key column \"Code\""),
        Case("a key twice", "Code,Label\nA,a\nA,b\n", rows: 2, "line 3, holds a row with a key that was there before"),
        Case(
            "a key that is too long", "Code,Label\n" + String(repeating: "é", count: 443) + ",a\n",
            "line 2, has 443 characters in the column \"Code\", which holds 442"),
        Case("a huge key", "Code,Label\n" + String(repeating: "k", count: 3 << 20) + ",a\n", "which holds 442"),
        Case(
            "a command that is none", "command,Code,Label\nupsert,A,a\n", content: .delta,
            "has a command that is none of"),
        Case("no command column", "Code,Label\nA,a\n", content: .delta, "has no column \"command\""),
        Case("a stray command column", "command,Code,Label\ninsert,A,a\n", "has a column \"command\""),
        Case("bytes that are no UTF-8", Array("Code,Label\nA,".utf8) + [0xC3, 0x28, 0x0A], "line 2, is not UTF-8"),
        Case("half a character", Array("Code,Label\nA,".utf8) + [0xE2, 0x82, 0x0A], "line 2, is not UTF-8"),
        Case("an overlong form", Array("Code,Label\nA,".utf8) + [0xC0, 0xAF, 0x0A], "line 2, is not UTF-8"),
        Case("a surrogate", Array("Code,Label\nA,".utf8) + [0xED, 0xA0, 0x80, 0x0A], "line 2, is not UTF-8"),
        Case("a zero byte", Array("Code,Label\nA,x".utf8) + [0, 0x0A], "without U+0000"),
    ]

    @Test(arguments: cases) func `a file is refused with`(_ hostile: Case) async throws {
        let world = try await World()
        let content = SynchronizeTests.company()
        try await world.synchronize(content, mode: .initial)
        let token = try await world.lease("b")
        let session = try await world.open(.incremental, hostile.content, token: token, job: "b")
        var seals: [SealedFile] = []
        for mapping in Content.columns.keys.sorted() + Content.associations {
            let isHostile = mapping == "HR_Organization"
            let rows = hostile.content == .full ? Content().file(mapping) : Content().delta(mapping, since: Content())
            let bytes = isHostile ? hostile.bytes : World.csv(rows)
            try await world.send(bytes, as: mapping, to: session.id, token: token)
            seals.append(world.sealed(mapping, bytes, rows: isHostile ? hostile.rows : 0, hostile.content))
        }
        _ = try await world.engine.seal(
            session: session.id, SealSession(leaseToken: token, files: seals), in: world.model)

        let failed = try await world.apply(session.id, token: token)

        #expect(failed.state == .failed)
        #expect(failed.detail?.contains(hostile.complaint) == true, "\(failed.detail ?? "")")
        #expect(failed.detail?.contains("\"HR_Organization\"") == true)
        #expect(try await world.stored() == content.stored)
        #expect(!FileManager.default.fileExists(atPath: world.files + "/" + session.id))
        // The next session is not in its way.
        #expect(try await world.synchronize(content, mode: .complete, job: "c").state == .applied)
    }

    @Test func `a delta does what fits: an insert of what exists updates, an update of what does not inserts`()
        async throws
    {
        let world = try await World()
        var content = Content()
        content.set("HR_Organization", "IT", ["Label": "old"])
        try await world.synchronize(content, mode: .initial)
        let token = try await world.lease("b")
        let session = try await world.open(.incremental, .delta, token: token, job: "b")
        let text = """
            command,Label,Code
            insert,new,IT
            update,born,RH
            merge,,X
            delete,gone,Y
            insert,first,Z
            delete,first,Z

            """
        var seals: [SealedFile] = []
        for mapping in Content.columns.keys.sorted() + Content.associations {
            let bytes =
                mapping == "HR_Organization"
                ? Array(text.utf8) : World.csv(Content().delta(mapping, since: Content()))
            try await world.send(bytes, as: mapping, to: session.id, token: token)
            seals.append(world.sealed(mapping, bytes, rows: mapping == "HR_Organization" ? 6 : 0, .delta))
        }
        _ = try await world.engine.seal(
            session: session.id, SealSession(leaseToken: token, files: seals), in: world.model)
        let applied = try await world.apply(session.id, token: token)

        #expect(applied.counters["HR_Organization"] == ChangeCounters(inserted: 2, updated: 1, stored: 1))
        content.set("HR_Organization", "IT", ["Label": "new"])
        content.set("HR_Organization", "RH", ["Label": "born"])
        content.set("HR_Organization", "X")
        #expect(try await world.stored() == content.stored)
    }
}
