import API
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// REFERENCE §13, attribute by attribute: at the limit a run passes, one more blocks it.
struct ThresholdTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var attribute: String
        var element: String
        var identifier: String
        var isLinks: Bool
        var isPercentage: Bool
        var kind: any WritableKeyPath<ChangeCounters, Int> & Sendable
        var set: @Sendable (inout ConnectorDefinition, Int) -> Void

        var testDescription: String { "\(element) \(attribute)\(isLinks ? " of links" : "")" }
    }

    private static let kinds:
        [(
            name: String, count: any WritableKeyPath<ChangeCounters, Int> & Sendable,
            maximum: any WritableKeyPath<Thresholds, Int> & Sendable,
            percentage: any WritableKeyPath<Thresholds, Int> & Sendable
        )] = [
            ("Inserted", \.inserted, \.maximumInserted, \.percentageInserted),
            ("Updated", \.updated, \.maximumUpdated, \.percentageUpdated),
            ("Deleted", \.deleted, \.maximumDeleted, \.percentageDeleted),
        ]

    static let cases: [Case] = kinds.flatMap { kind -> [Case] in
        [false, true].flatMap { isPercentage -> [Case] in
            let path = isPercentage ? kind.percentage : kind.maximum
            func attribute(_ infix: String) -> String {
                isPercentage ? "Max\(infix)Percentage\(kind.name)Lines" : "Maximum\(infix)\(kind.name)Lines"
            }
            var cases = [
                Case(
                    attribute: attribute(""), element: "Connector", identifier: "HR", isLinks: false,
                    isPercentage: isPercentage, kind: kind.count,
                    set: { $0.connector.thresholds[keyPath: path] = $1 }),
                Case(
                    attribute: attribute(""), element: "EntityTypeMapping", identifier: "HR_Person", isLinks: false,
                    isPercentage: isPercentage, kind: kind.count,
                    set: { definition, limit in
                        for index in definition.entityTypeMappings.indices
                        where definition.entityTypeMappings[index].identifier == "HR_Person" {
                            definition.entityTypeMappings[index].thresholds[keyPath: path] = limit
                        }
                    }),
            ]
            if kind.name != "Updated" {
                cases += [
                    Case(
                        attribute: attribute("Link"), element: "Connector", identifier: "HR", isLinks: true,
                        isPercentage: isPercentage, kind: kind.count,
                        set: { $0.connector.linkThresholds[keyPath: path] = $1 }),
                    Case(
                        attribute: attribute(""), element: "EntityAssociationMapping", identifier: "Group_Members",
                        isLinks: true, isPercentage: isPercentage, kind: kind.count,
                        set: { definition, limit in
                            definition.associationMappings[0].thresholds[keyPath: path] = limit
                        }),
                ]
            }
            return cases
        }
    }

    private func definition() throws -> ConnectorDefinition {
        try ConnectorDefinition(of: "HR", in: Company.model())
    }

    @Test(arguments: cases) func `one more than the limit blocks`(of threshold: Case) throws {
        var definition = try definition()
        threshold.set(&definition, 7)
        // 7 % of 100 are 7.
        var counter = ChangeCounters(isLinks: threshold.isLinks, stored: 100)
        let mapping = threshold.isLinks ? "Group_Members" : "HR_Person"

        counter[keyPath: threshold.kind] = 7
        #expect(ThresholdCheck.violations(definition, [mapping: counter]) == [])

        counter[keyPath: threshold.kind] = 8
        let expected = Violation(
            element: threshold.element, identifier: threshold.identifier, attribute: threshold.attribute, limit: 7,
            number: 8, stored: threshold.isPercentage ? 100 : nil)
        #expect(ThresholdCheck.violations(definition, [mapping: counter]) == [expected])
    }

    @Test(arguments: cases) func `0 turns a threshold off`(of threshold: Case) throws {
        var definition = try definition()
        threshold.set(&definition, 0)
        var counter = ChangeCounters(isLinks: threshold.isLinks, stored: 1)
        counter[keyPath: threshold.kind] = 1_000_000
        #expect(
            ThresholdCheck.violations(definition, [threshold.isLinks ? "Group_Members" : "HR_Person": counter]) == [])
    }

    @Test(arguments: cases.filter(\.isPercentage)) func `a percentage of nothing is not checked`(
        of threshold: Case
    ) throws {
        var definition = try definition()
        threshold.set(&definition, 1)
        var counter = ChangeCounters(isLinks: threshold.isLinks, stored: 0)
        counter[keyPath: threshold.kind] = 1_000_000
        #expect(
            ThresholdCheck.violations(definition, [threshold.isLinks ? "Group_Members" : "HR_Person": counter]) == [])
    }

    @Test func `a connector's thresholds count all its entity types together`() throws {
        var definition = try definition()
        definition.connector.thresholds.maximumDeleted = 5
        let violations = ThresholdCheck.violations(
            definition,
            [
                "HR_Person": ChangeCounters(deleted: 3, stored: 10), "HR_Group": ChangeCounters(deleted: 3, stored: 10),
                "Group_Members": ChangeCounters(isLinks: true, deleted: 50, stored: 100),
            ])
        #expect(violations.map(\.number) == [6])
    }

    @Test(arguments: [
        (5, 5, 100, false), (6, 5, 100, true), (1, 5, 20, false), (1, 5, 19, true), (0, 5, 10, false),
        (1, Int.max, 1, false), (Int.max, 1, Int.max, true), (1, 100, 1, false), (2, 100, 1, true),
    ])
    func `changed times 100 is compared with stored times limit`(changed: Int, limit: Int, stored: Int, exceeds: Bool) {
        #expect(ThresholdCheck.exceeds(changed, limit, of: stored) == exceeds)
    }
}
