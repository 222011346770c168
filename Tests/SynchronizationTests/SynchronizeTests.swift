import API
import Storage
import Testing
import WeirConfiguration

@testable import WeirSynchronization

struct SynchronizeTests {
    static func company() -> Content {
        var content = Content()
        content.set("HR_Organization", "IT", ["Label": "Informatique"])
        content.set("HR_Organization", "RH")
        content.set("HR_Group", "all")
        content.person("1", name: "Élodie", login: "elodie")
        content.person("2", name: "O'Neill, Jack", login: "jack", mail: "a\nb@x")
        content.person("3", name: "Zoë \"Z\"")
        content.link("Person_Organization", "IT", "1")
        content.link("Person_Organization", "RH", "2")
        content.link("Person_Manager", "elodie", "2")
        content.link("Person_Manager", "nobody", "3")
        content.link("Group_Members", "all", "1")
        content.link("Group_Members", "all", "2")
        content.link("Organization_Head", "IT", "1")
        return content
    }

    @Test func `an Initial synchronization stores what was sent`() async throws {
        let world = try await World()
        let content = Self.company()

        let session = try await world.synchronize(content, mode: .initial)

        #expect(session.state == .applied, "\(session.detail ?? "")")
        #expect(session.result?.number == 1)
        #expect(try await world.stored() == content.stored)
        #expect(session.counters["HR_Person"] == ChangeCounters(inserted: 3))
        #expect(session.counters["Person_Manager"] == ChangeCounters(isLinks: true, inserted: 2, orphans: 1))
        #expect(try await world.count("SELECT count(*) FROM UR_ResourceChanges") == 0)
        #expect(try await world.count("SELECT Stored FROM US_Counters WHERE Mapping = 'HR_Person'") == 3)
    }

    @Test(arguments: [true, false]) func `a second day is applied by a delta or by everything`(isDelta: Bool)
        async throws
    {
        let world = try await World()
        let first = Self.company()
        try await world.synchronize(first, mode: .initial)
        var second = first
        second.person("4", name: "New", login: "nobody")
        second.remove("HR_Person", "1")
        second.person("2", name: "Jack", login: "elodie")
        second.link("Group_Members", "all", "4")
        second.unlink("Group_Members", "all", "2")
        second.unlink("Person_Organization", "RH", "2")
        second.link("Person_Organization", "IT", "2")

        let session = try await world.synchronize(
            second, since: isDelta ? first : nil, mode: isDelta ? .incremental : .complete)

        #expect(session.state == .applied, "\(session.detail ?? "")")
        #expect(try await world.stored() == second.stored)
        #expect(session.counters["HR_Person"] == ChangeCounters(inserted: 1, updated: 1, deleted: 1, stored: 3))
        #expect(
            session.counters["Person_Organization"]
                == ChangeCounters(isLinks: true, inserted: 1, deleted: 1, stored: 2, orphans: 1))
    }
}
