internal import API
internal import WeirConfiguration

/// The thresholds of REFERENCE §13 and the safeguards of DESIGN §8 over what a run counted. 0 turns a limit off; all that
/// are set are active; a percentage of nothing is not checked.
struct ThresholdCheck {
    private let definition: ConnectorDefinition
    private let counters: [String: ChangeCounters]
    private let safeguards: [String: SafeguardCounts]

    /// - Parameter safeguards: by entity type mapping.
    init(
        _ definition: ConnectorDefinition, _ counters: [String: ChangeCounters],
        _ safeguards: [String: SafeguardCounts] = [:]
    ) {
        self.definition = definition
        self.counters = counters
        self.safeguards = safeguards
    }

    /// All that are exceeded, the connector's first.
    static func violations(
        _ definition: ConnectorDefinition, _ counters: [String: ChangeCounters],
        _ safeguards: [String: SafeguardCounts] = [:]
    ) -> [Violation] {
        let check = ThresholdCheck(definition, counters, safeguards)
        let connector = check.ofConnector
        return (connector.resources + connector.links + check.ofEntityTypes + check.ofAssociations).map(\.violation)
    }

    /// Those that count resources: the connector's first, then by mapping.
    var ofResources: [Exceeded] { ofConnector.resources + ofEntityTypes }

    /// Those that count links, likewise.
    var ofLinks: [Exceeded] { ofConnector.links + ofAssociations }

    private var ofConnector: (resources: [Exceeded], links: [Exceeded]) {
        let connector = definition.connector
        let types = definition.entityTypeMappings.map(\.identifier)
        let associations = definition.associationMappings.map(\.identifier)
        return (
            check(
                connector.thresholds, total(counters.values.filter { !$0.isLinks }),
                Place(element: "Connector", identifier: connector.identifier, infix: "", mappings: types)),
            check(
                connector.linkThresholds, total(counters.values.filter(\.isLinks)),
                Place(
                    element: "Connector", identifier: connector.identifier, infix: "Link", mappings: associations,
                    isLinks: true))
        )
    }

    private var ofEntityTypes: [Exceeded] {
        definition.entityTypeMappings.sorted { $0.identifier < $1.identifier }.flatMap { mapping in
            let place = Place(
                element: "EntityTypeMapping", identifier: mapping.identifier, infix: "", mappings: [mapping.identifier])
            let counter = counters[mapping.identifier] ?? ChangeCounters()
            return check(mapping.thresholds, counter, place)
                + check(mapping.safeguards, counter, safeguards[mapping.identifier] ?? SafeguardCounts(), place)
        }
    }

    private var ofAssociations: [Exceeded] {
        definition.associationMappings.sorted { $0.identifier < $1.identifier }.flatMap { mapping in
            check(
                mapping.thresholds, counters[mapping.identifier] ?? ChangeCounters(isLinks: true),
                Place(
                    element: "EntityAssociationMapping", identifier: mapping.identifier, infix: "",
                    mappings: [mapping.identifier], isLinks: true))
        }
    }

    private struct Place {
        var element: String
        var identifier: String
        /// `Link` in the attributes that count a connector's links.
        var infix: String
        /// Whose changes are counted.
        var mappings: [String]
        var isLinks = false

        func violation(
            _ attribute: String, limit: Int, number: Int, stored: Int? = nil, property: String? = nil
        ) -> Violation {
            Violation(
                element: element, identifier: identifier, attribute: attribute, limit: limit, number: number,
                stored: stored, property: property)
        }

        func kinds(_ operation: String, _ rows: HeldKind.Rows = .all) -> [HeldKind] {
            mappings.sorted().map { HeldKind(mapping: $0, isLinks: isLinks, operation: operation, rows: rows) }
        }
    }

    private func total(_ counters: [ChangeCounters]) -> ChangeCounters {
        counters.reduce(into: ChangeCounters()) { total, counter in
            total.inserted += counter.inserted
            total.updated += counter.updated
            total.deleted += counter.deleted
            total.stored += counter.stored
        }
    }

    private func check(_ thresholds: Thresholds, _ counters: ChangeCounters, _ place: Place) -> [Exceeded] {
        let operations = [
            ("Inserted", "insert", counters.inserted, thresholds.maximumInserted, thresholds.percentageInserted),
            ("Updated", "update", counters.updated, thresholds.maximumUpdated, thresholds.percentageUpdated),
            ("Deleted", "delete", counters.deleted, thresholds.maximumDeleted, thresholds.percentageDeleted),
        ]
        let lines = operations.compactMap { name, operation, number, maximum, _ -> Exceeded? in
            guard maximum > 0, number > maximum else { return nil }
            return Exceeded(
                violation: place.violation("Maximum\(place.infix)\(name)Lines", limit: maximum, number: number),
                kinds: place.kinds(operation))
        }
        let percentages = operations.compactMap { name, operation, number, _, percentage -> Exceeded? in
            guard percentage > 0, Self.exceeds(number, percentage, of: counters.stored) else { return nil }
            return Exceeded(
                violation: place.violation(
                    "Max\(place.infix)Percentage\(name)Lines", limit: percentage, number: number,
                    stored: counters.stored),
                kinds: place.kinds(operation))
        }
        return lines + percentages
    }

    private func check(
        _ limits: Safeguards, _ counters: ChangeCounters, _ counts: SafeguardCounts, _ place: Place
    ) -> [Exceeded] {
        var found: [Exceeded] = []
        for (property, emptied) in counts.emptied.sorted(by: { $0.key < $1.key }) {
            let kinds = place.kinds("update", .emptying(property))
            if limits.maximumEmptiedValues > 0, emptied.number > limits.maximumEmptiedValues {
                found.append(
                    Exceeded(
                        violation: place.violation(
                            "MaximumEmptiedValues", limit: limits.maximumEmptiedValues, number: emptied.number,
                            property: property), kinds: kinds))
            }
            let limit = limits.percentageEmptiedValues
            if limit > 0, Self.exceeds(emptied.number, limit, of: emptied.stored) {
                found.append(
                    Exceeded(
                        violation: place.violation(
                            "MaxPercentageEmptiedValues", limit: limit, number: emptied.number, stored: emptied.stored,
                            property: property), kinds: kinds))
            }
        }
        if let rows = counts.exportRows, Self.fallsShort(rows, limits.minimumPercentageRows, of: counters.stored) {
            found.append(
                Exceeded(
                    violation: place.violation(
                        "MinPercentageRows", limit: limits.minimumPercentageRows, number: rows, stored: counters.stored),
                    kinds: place.kinds("delete")))
        }
        let limit = limits.percentageChurnedKeys
        if limit > 0, Self.exceeds(counts.churned, limit, of: counters.stored) {
            found.append(
                Exceeded(
                    violation: place.violation(
                        "MaxPercentageChurnedKeys", limit: limit, number: counts.churned, stored: counters.stored),
                    kinds: place.kinds("delete", .changedKeys) + place.kinds("insert", .changedKeys)))
        }
        return found
    }

    /// changed × 100 > stored × limit in whole numbers, whatever limit somebody wrote.
    static func exceeds(_ changed: Int, _ limit: Int, of stored: Int) -> Bool {
        guard stored > 0 else { return false }
        let left = changed.multipliedFullWidth(by: 100)
        let right = stored.multipliedFullWidth(by: limit)
        return (left.high, left.low) > (right.high, right.low)
    }

    /// rows × 100 < stored × limit; the limit 0 is never fallen short of.
    static func fallsShort(_ rows: Int, _ limit: Int, of stored: Int) -> Bool {
        guard stored > 0 else { return false }
        let left = rows.multipliedFullWidth(by: 100)
        let right = stored.multipliedFullWidth(by: limit)
        return (left.high, left.low) < (right.high, right.low)
    }
}
