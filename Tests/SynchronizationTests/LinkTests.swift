import API
import Foundation
import Storage
import Testing
import WeirConfiguration

@testable import WeirSynchronization

struct LinkTests {
    @Test func `a reference to a resource that arrives later binds itself`() async throws {
        let world = try await World()
        var content = Content()
        content.person("1", name: "Jo")
        content.link("Person_Organization", "IT", "1")
        content.link("Person_Manager", "boss", "1")
        content.link("Group_Members", "all", "1")
        let first = try await world.synchronize(content, mode: .initial)
        #expect(first.counters["Person_Organization"]?.orphans == 1)
        #expect(try await world.stored() == content.stored)

        var later = content
        later.set("HR_Organization", "IT")
        later.set("HR_Group", "all")
        later.person("2", name: "Boss", login: "boss")
        let second = try await world.synchronize(later, since: content, mode: .incremental)
        #expect(second.counters["Person_Organization"] == ChangeCounters(isLinks: true, stored: 1))
        #expect(try await world.stored() == later.stored)
        #expect(later.stored.links.count == 3)
    }

    @Test func `links of a resource that goes become orphans, and bind again when it returns`() async throws {
        let world = try await World()
        let content = SynchronizeTests.company()
        try await world.synchronize(content, mode: .initial)
        var without = content
        without.remove("HR_Person", "1")
        without.remove("HR_Organization", "RH")
        try await world.synchronize(without, since: content, mode: .incremental)
        #expect(try await world.stored() == without.stored)
        try await world.synchronize(content, since: without, mode: .incremental)
        #expect(try await world.stored() == content.stored)
    }

    @Test func `of two pairs for one mono-valued property the first in byte order binds`() async throws {
        let world = try await World()
        var content = Content()
        content.person("1", name: "Jo")
        for code in ["Z", "a", "É"] {
            content.set("HR_Organization", code)
            content.link("Person_Organization", code, "1")
        }
        let first = try await world.synchronize(
            content, mode: .initial, options: SynchronizeOptions(orphans: true))
        #expect(try await world.stored().links == ["Person_Organization Z -> 1"])
        #expect(first.counters["Person_Organization"]?.orphans == 2)
        let file = world.files + "/\(first.id)/Person_Organization.orphans.csv"
        #expect(
            try String(contentsOfFile: file, encoding: .utf8) == """
                Key1,Key2,Reason
                a,1,another pair comes first for a property that holds one link
                É,1,another pair comes first for a property that holds one link

                """)

        var later = content
        later.remove("HR_Organization", "Z")
        try await world.synchronize(later, since: content, mode: .incremental)
        #expect(try await world.stored().links == ["Person_Organization a -> 1"])
    }

    @Test func `orphans are written to a file with the reason`() async throws {
        let world = try await World()
        var content = SynchronizeTests.company()
        content.link("Group_Members", "a,b", "nobody")
        let session = try await world.synchronize(
            content, mode: .initial, options: SynchronizeOptions(orphans: true))
        let folder = world.files + "/" + session.id
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                == ["Group_Members.orphans.csv", "Person_Manager.orphans.csv"])
        #expect(
            try String(contentsOfFile: folder + "/Group_Members.orphans.csv", encoding: .utf8) == """
                Key1,Key2,Reason
                "a,b",nobody,no HR_Group has this key; no HR_Person has this key

                """)
        let mode =
            try FileManager.default.attributesOfItem(atPath: folder + "/Person_Manager.orphans.csv")[.posixPermissions]
            as? Int
        #expect(mode == 0o600)
    }

    @Test func `the flag is set on every resource that was named, and the change rows are emptied`() async throws {
        let world = try await World()
        let content = SynchronizeTests.company()
        try await world.synchronize(content, mode: .initial)
        var later = content
        later.person("3", name: "Changed")
        later.person("4", name: "New")
        later.link("Group_Members", "all", "3")
        let options = SynchronizeOptions(doNotDeleteChanges: true)
        try await world.synchronize(later, since: content, mode: .incremental, job: "day", options: options)
        #expect(try await world.count("SELECT count(*) FROM UR_ResourceChanges") == 2)
        #expect(try await world.count("SELECT count(*) FROM UR_Resources WHERE Dirty = 1") == 0)

        #expect(try await world.engine.jobInstancesWithKeptChanges() == ["day"])
        #expect(try await world.engine.setRecentlyModifiedFlags(jobInstances: ["another"]).state == .noProcessing)
        let outcome = try await world.engine.setRecentlyModifiedFlags(jobInstances: ["day"])
        #expect(outcome.state == .completed)
        #expect(outcome.counters == ["resources": 3])
        let dirty = try await world.database.read { transaction in
            try transaction.rows("SELECT coalesce(C4, C0) AS K FROM UR_Resources WHERE Dirty = 1 ORDER BY K").map {
                try $0.string("K")
            }
        }
        #expect(dirty == ["3", "4", "all"])
        #expect(try await world.count("SELECT count(*) FROM UR_ResourceChanges") == 0)
        #expect(try await world.engine.setRecentlyModifiedFlags(jobInstances: ["day"]).state == .noProcessing)
        #expect(try await world.engine.jobInstancesWithKeptChanges() == [])
    }

    @Test func `what was loaded into empty tables is flagged too`() async throws {
        let world = try await World()
        try await world.synchronize(
            SynchronizeTests.company(), mode: .incremental, job: "day",
            options: SynchronizeOptions(doNotDeleteChanges: true))
        #expect(try await world.count("SELECT count(*) FROM UR_ResourceChanges") == 0)
        _ = try await world.engine.setRecentlyModifiedFlags(jobInstances: ["day"])
        #expect(try await world.count("SELECT count(*) FROM UR_Resources WHERE Dirty = 0") == 0)
    }

    /// What makes the server's time for one member independent of the group's size: nothing walks through a table of
    /// content, or through one type's or association's part of it.
    @Test func `a small change finds its rows by their keys, whatever is stored`() async throws {
        let world = try await World(recordingPlans: true)
        let content = SynchronizeTests.company()
        try await world.synchronize(content, mode: .initial)
        var later = content
        later.link("Group_Members", "all", "3")
        later.unlink("Group_Members", "all", "1")
        later.link("Person_Organization", "RH", "3")
        later.remove("HR_Person", "2")
        later.person("1", name: "Changed", login: "other")
        later.person("4", name: "New", login: "nobody")
        let recorder = try #require(world.database as? PlanRecorder)
        _ = recorder.take()
        try await world.synchronize(
            later, since: content, mode: .incremental, options: SynchronizeOptions(doNotDeleteChanges: true))

        let steps = recorder.take()
        #expect(try await world.stored() == later.stored)
        let walks = steps.filter { _, step in
            let isContent = ["UR_Resources", "US_Pairs", "UR_ResourceLinks", "r", "p"].contains {
                step == "SCAN \($0)" || step.hasPrefix("SCAN \($0) ")
            }
            let isPart = step.hasSuffix("(Type=?)") || step.hasSuffix("(Mapping=?)")
            return isContent || isPart
        }
        // Whether a type or an association is empty is asked, which ends at the first row.
        let unexpected = walks.filter {
            !$0.statement.contains("EXISTS (SELECT 1 FROM UR_Resources WHERE Type")
                && !$0.statement.contains("EXISTS (SELECT 1 FROM US_Pairs WHERE Mapping =")
                && !$0.statement.contains("US_Counters")
                // 4,096 rows at most, however much is stored.
                && !$0.statement.contains("US_DigestBuckets")
        }
        #expect(unexpected.isEmpty, "\(unexpected.map { "\($0.step) in \($0.statement)" }.joined(separator: "\n"))")
        #expect(steps.count > 50)
    }
}
