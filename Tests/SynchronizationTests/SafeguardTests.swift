import API
import Storage
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// The safeguards of DESIGN §8 beside REFERENCE §13: what they count, at the limit and one beyond it.
struct SafeguardTests {
    /// 100 people with a name, a login and a mail, all different.
    private static func people(_ count: Int = 100) -> Content {
        var content = Content()
        for number in 0..<count {
            content.person(
                "p\(number)", name: "Name \(number)", login: "login\(number)", mail: "\(number)@contoso.test")
        }
        return content
    }

    private static func world(_ safeguards: Safeguards) async throws -> World {
        let world = try await World(model: Company.model(safeguards: safeguards))
        try await world.synchronize(people(), mode: .initial)
        return world
    }

    private static func violation(
        _ attribute: String, limit: Int, number: Int, stored: Int? = nil, property: String? = nil
    ) -> Violation {
        Violation(
            element: "EntityTypeMapping", identifier: "HR_Person", attribute: attribute, limit: limit, number: number,
            stored: stored, property: property)
    }

    @Test(arguments: [true, false])
    func `mail emptied on 30 % of the rows blocks, with the update and delete thresholds at 0`(
        isDelta: Bool
    ) async throws {
        let world = try await Self.world(Safeguards(percentageEmptiedValues: 29))
        let before = Self.people()
        var after = before
        for number in 0..<30 { after.person("p\(number)", name: "Name \(number)", login: "login\(number)") }

        let session = try await world.synchronize(after, since: isDelta ? before : nil, mode: .incremental)

        #expect(session.state == .blocked)
        #expect(
            session.violations == [
                Self.violation("MaxPercentageEmptiedValues", limit: 29, number: 30, stored: 100, property: "Mail")
            ])
        #expect(
            session.detail
                == "MaxPercentageEmptiedValues of EntityTypeMapping \"HR_Person\" is 29 %, and 30 of 100 values of Mail "
                + "would be emptied.")
        #expect(try await world.stored() == before.stored)
    }

    /// (limits, people whose mail is emptied, of how many that have one, blocks)
    @Test(arguments: [
        (Safeguards(percentageEmptiedValues: 30), 30, false), (Safeguards(percentageEmptiedValues: 30), 31, true),
        (Safeguards(maximumEmptiedValues: 5), 5, false), (Safeguards(maximumEmptiedValues: 5), 6, true),
        (Safeguards(), 100, false), (Safeguards(maximumEmptiedValues: 1, percentageEmptiedValues: 50), 2, true),
    ])
    func `emptied values are counted by property, up to the limit`(
        _ safeguards: Safeguards, emptied: Int, isBlocked: Bool
    ) async throws {
        let world = try await Self.world(safeguards)
        let before = Self.people()
        var after = before
        for number in 0..<emptied { after.person("p\(number)", name: "Name \(number)", login: "login\(number)") }
        let session = try await world.synchronize(after, since: before, mode: .incremental)
        #expect(session.state == (isBlocked ? .blocked : .applied), "\(session.detail ?? "")")
    }

    @Test func `the percentage of emptied values is of the values that are stored, not of the rows`() async throws {
        let world = try await World(model: Company.model(safeguards: Safeguards(percentageEmptiedValues: 50)))
        var before = Self.people()
        // 4 of 100 people have a mail.
        for number in 4..<100 { before.person("p\(number)", name: "Name \(number)", login: "login\(number)") }
        try await world.synchronize(before, mode: .initial)
        var after = before
        for number in 0..<3 { after.person("p\(number)", name: "Name \(number)", login: "login\(number)") }
        let session = try await world.synchronize(after, since: before, mode: .incremental)
        #expect(
            session.violations == [
                Self.violation("MaxPercentageEmptiedValues", limit: 50, number: 3, stored: 4, property: "Mail")
            ])
    }

    /// (limit, rows that are left of 100, blocks)
    @Test(arguments: [
        (50, 50, false), (50, 49, true), (50, 0, true), (0, 0, false), (100, 99, true), (100, 100, false),
    ])
    func `an export that is much smaller than the last one blocks`(limit: Int, rows: Int, isBlocked: Bool) async throws
    {
        for isDelta in [true, false] {
            let world = try await Self.world(Safeguards(minimumPercentageRows: limit))
            let before = Self.people()
            var after = before
            for number in rows..<100 { after.remove("HR_Person", "p\(number)") }
            let session = try await world.synchronize(after, since: isDelta ? before : nil, mode: .incremental)
            #expect(
                session.violations
                    == (isBlocked
                        ? [Self.violation("MinPercentageRows", limit: limit, number: rows, stored: 100)] : []))
            #expect(session.state == (isBlocked ? .blocked : .applied))
        }
    }

    @Test func `carried rows are not rows of the export`() throws {
        var definition = try ConnectorDefinition(of: "HR", in: Company.model(safeguards: Safeguards()))
        definition.connector.thresholds = .none
        let counters = ["HR_Person": ChangeCounters(stored: 100)]
        #expect(
            ThresholdCheck.violations(definition, counters, ["HR_Person": SafeguardCounts(exportRows: 49)])
                == [Self.violation("MinPercentageRows", limit: 50, number: 49, stored: 100)])
        #expect(ThresholdCheck.violations(definition, counters, ["HR_Person": SafeguardCounts(exportRows: 50)]) == [])
        // Nothing is stored: there is nothing to compare with.
        #expect(
            ThresholdCheck.violations(
                definition, ["HR_Person": ChangeCounters()], ["HR_Person": SafeguardCounts(exportRows: 0)]) == [])
    }

    /// (limit, people whose key changes of 100, blocks)
    @Test(arguments: [(10, 10, false), (10, 11, true), (0, 100, false)])
    func `keys that change on many rows block`(limit: Int, changed: Int, isBlocked: Bool) async throws {
        let world = try await Self.world(Safeguards(minimumPercentageRows: 0, percentageChurnedKeys: limit))
        let before = Self.people()
        var after = before
        for number in 0..<changed {
            after.remove("HR_Person", "p\(number)")
            after.person("P\(number)", name: "Name \(number)", login: "login\(number)", mail: "\(number)@contoso.test")
        }
        // Neither somebody who leaves nor somebody who comes counts.
        after.remove("HR_Person", "p99")
        after.person("new", name: "Somebody else")
        let session = try await world.synchronize(after, since: before, mode: .incremental)
        #expect(
            session.violations
                == (isBlocked
                    ? [Self.violation("MaxPercentageChurnedKeys", limit: limit, number: changed, stored: 100)] : []))
    }

    @Test func `rows without other values, and more deletes than inserts, are told apart`() async throws {
        let world = try await World(
            model: Company.model(safeguards: Safeguards(minimumPercentageRows: 0, percentageChurnedKeys: 1)))
        var before = Content()
        for number in 0..<3 { before.person("twin\(number)", name: "Twin") }
        before.person("bare")
        try await world.synchronize(before, mode: .initial)
        var after = Content()
        after.person("other", name: "Twin")
        after.person("naked")
        let session = try await world.synchronize(after, since: before, mode: .incremental)
        #expect(
            session.violations == [Self.violation("MaxPercentageChurnedKeys", limit: 1, number: 1, stored: 4)])
    }

    @Test func `Initial checks nothing, and force passes and is recorded`() async throws {
        let all = Safeguards(
            maximumEmptiedValues: 1, percentageEmptiedValues: 1, minimumPercentageRows: 100, percentageChurnedKeys: 1)
        let world = try await Self.world(all)
        var after = Content()
        after.person("p0", name: "Name 0")
        after.person("P1", name: "Name 1", login: "login1", mail: "1@contoso.test")
        after.person("p3", name: "Name 3", login: "login3")
        let session = try await world.synchronize(
            after, since: Self.people(), mode: .incremental, options: SynchronizeOptions(forcedBy: "user alice"))
        #expect(session.state == .applied)
        #expect(session.approvedBy == "user alice")
        #expect(
            session.violations == [
                Self.violation("MaximumEmptiedValues", limit: 1, number: 2, property: "Mail"),
                Self.violation("MaxPercentageEmptiedValues", limit: 1, number: 2, stored: 100, property: "Mail"),
                Self.violation("MinPercentageRows", limit: 100, number: 3, stored: 100),
            ])
        #expect(try await world.count("SELECT count(*) FROM US_Approvals WHERE Decision = 'force'") == 1)
        #expect(try await world.stored() == after.stored)
    }

    @Test(arguments: [true, false]) func `each change says its cause`(isDelta: Bool) async throws {
        let world = try await World(model: Company.model(person: Thresholds(maximumDeleted: 1)))
        var before = Content()
        before.set("HR_Organization", "IT")
        before.set("HR_Organization", "RH")
        before.set("HR_Group", "all")
        before.person("1", name: "Ann", mail: "a@contoso.test")
        before.person("2", name: "Bert", mail: "b@contoso.test")
        before.person("3", name: "Carl", login: "carl")
        before.person("4", name: "Dora", login: "dora")
        before.link("Person_Organization", "IT", "1")
        before.link("Group_Members", "all", "1")
        before.link("Group_Members", "all", "3")
        try await world.synchronize(before, mode: .initial)
        var after = before
        after.person("1", name: "Anna")
        after.person("2", name: "Berta", mail: "b@contoso.test")
        after.remove("HR_Person", "3")
        after.person("33", name: "Carl", login: "carl")
        after.remove("HR_Person", "4")
        after.person("5", name: "Emil")
        after.unlink("Person_Organization", "IT", "1")
        after.link("Person_Organization", "RH", "1")
        after.unlink("Group_Members", "all", "3")
        after.link("Group_Members", "all", "2")
        after.link("Group_Members", "all", "33")

        let session = try await world.synchronize(after, since: isDelta ? before : nil, mode: .incremental)

        #expect(session.state == .blocked)
        let changes = try await world.engine.resourceChanges(session: session.id, pageSize: 100).items
        #expect(
            changes.map { "\($0.operation) \($0.key) \($0.cause?.rawValue ?? "")" } == [
                "update 1 emptied", "update 2 changed", "insert 33 keyChanged", "insert 5 new", "delete 3 keyChanged",
                "delete 4 left",
            ])
        #expect(changes[0].before == ["LastName": "Ann", "Mail": "a@contoso.test"])
        #expect(changes[0].after == ["LastName": "Anna"])
        let links = try await world.engine.linkChanges(session: session.id, pageSize: 100).items
        #expect(
            links.map { "\($0.mapping) \($0.operation) \($0.key1) \($0.key2) \($0.cause?.rawValue ?? "")" } == [
                // Many groups hold many people: nothing moves there.
                "Group_Members insert all 2 new", "Group_Members insert all 33 new", "Group_Members delete all 3 left",
                "Person_Organization insert RH 1 moved", "Person_Organization delete IT 1 moved",
            ])
    }
}
