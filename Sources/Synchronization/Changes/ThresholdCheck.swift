internal import API
internal import WeirConfiguration

/// The thresholds of REFERENCE §13 over a run's counters.
enum ThresholdCheck {
    /// All that are exceeded, the connector's first. 0 turns a limit off; a percentage of nothing is not checked.
    static func violations(_ definition: ConnectorDefinition, _ counters: [String: ChangeCounters]) -> [Violation] {
        let connector = definition.connector
        var found: [Violation] = []
        found += check(
            connector.thresholds, total(counters.values.filter { !$0.isLinks }),
            Place(element: "Connector", identifier: connector.identifier, infix: ""))
        found += check(
            connector.linkThresholds, total(counters.values.filter(\.isLinks)),
            Place(element: "Connector", identifier: connector.identifier, infix: "Link"))
        for mapping in definition.entityTypeMappings.sorted(by: { $0.identifier < $1.identifier }) {
            found += check(
                mapping.thresholds, counters[mapping.identifier] ?? ChangeCounters(),
                Place(element: "EntityTypeMapping", identifier: mapping.identifier, infix: ""))
        }
        for mapping in definition.associationMappings.sorted(by: { $0.identifier < $1.identifier }) {
            found += check(
                mapping.thresholds, counters[mapping.identifier] ?? ChangeCounters(isLinks: true),
                Place(element: "EntityAssociationMapping", identifier: mapping.identifier, infix: ""))
        }
        return found
    }

    private struct Place {
        var element: String
        var identifier: String
        /// `Link` in the attributes that count a connector's links.
        var infix: String
    }

    private static func total(_ counters: [ChangeCounters]) -> ChangeCounters {
        counters.reduce(into: ChangeCounters()) { total, counter in
            total.inserted += counter.inserted
            total.updated += counter.updated
            total.deleted += counter.deleted
            total.stored += counter.stored
        }
    }

    private static func check(_ thresholds: Thresholds, _ counters: ChangeCounters, _ place: Place) -> [Violation] {
        let kinds = [
            ("Inserted", counters.inserted, thresholds.maximumInserted, thresholds.percentageInserted),
            ("Updated", counters.updated, thresholds.maximumUpdated, thresholds.percentageUpdated),
            ("Deleted", counters.deleted, thresholds.maximumDeleted, thresholds.percentageDeleted),
        ]
        let lines = kinds.compactMap { name, number, maximum, _ -> Violation? in
            guard maximum > 0, number > maximum else { return nil }
            return Violation(
                element: place.element, identifier: place.identifier,
                attribute: "Maximum\(place.infix)\(name)Lines", limit: maximum, number: number)
        }
        let percentages = kinds.compactMap { name, number, _, percentage -> Violation? in
            guard percentage > 0, exceeds(number, percentage, of: counters.stored) else { return nil }
            return Violation(
                element: place.element, identifier: place.identifier,
                attribute: "Max\(place.infix)Percentage\(name)Lines", limit: percentage, number: number,
                stored: counters.stored)
        }
        return lines + percentages
    }

    /// changed × 100 > stored × limit in whole numbers, whatever limit somebody wrote.
    static func exceeds(_ changed: Int, _ limit: Int, of stored: Int) -> Bool {
        guard stored > 0 else { return false }
        let left = changed.multipliedFullWidth(by: 100)
        let right = stored.multipliedFullWidth(by: limit)
        return (left.high, left.low) > (right.high, right.low)
    }
}

extension Violation {
    /// One sentence with the limit and the number.
    var sentence: String {
        let share = stored.map { " of \($0)" } ?? ""
        let unit = stored == nil ? "" : " %"
        return "\(attribute) of \(element) \"\(identifier)\" is \(limit)\(unit), and \(number)\(share) would change"
    }
}
