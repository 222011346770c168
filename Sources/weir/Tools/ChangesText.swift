import API
import Foundation

/// A session's changes for people: why it is held, counters, causes, then the changes; where there are too many to read,
/// some of each kind, and the command that shows the rest of it.
struct ChangesText {
    let review: ChangeReview
    let list: ChangeList
    /// How many changes are shown.
    let limit: Int

    /// So many of each kind at least.
    private static let fewest = 3

    private var session: Session { review.session }

    func print() async throws {
        head()
        counters()
        causes()
        guard !review.counts.isEmpty else {
            Console.line("")
            Console.line(session.reasonWithoutChanges)
            return
        }
        Console.line("")
        try await changes()
        wayOn()
    }

    // MARK: What it is

    private func head() {
        let kind = session.isSimulation ? "simulation, " : ""
        let job = review.job.map { ", job \($0)" } ?? ""
        Console.line("Session    \(session.id)")
        Console.line("Connector  \(session.connector) (\(kind)\(session.content.rawValue) content\(job))")
        if let set = review.heldSet {
            Console.line(
                "Held       \(set.operation)s of \(set.mapping) since \(set.since.formatted(.iso8601)), set \(set.id)")
        }
        Console.line("State      \(review.state)")
        let detail = review.heldSet.map { $0.detail ?? $0.summary } ?? session.detail
        if let detail { Console.line("Why        \(TextValue.shown(detail))") }
        Console.line("Computed   \(session.openedAt.formatted(.iso8601))")
        if let changeSet = review.changeSet { Console.line("Change set \(changeSet)") }
        for other in review.siblings {
            Console.line(
                "Waits too  \(other.summary) (\(other.kind.rawValue)), change set \(other.changeSet): weir changes --session "
                    + other.id)
        }
        for set in session.held where review.heldSet == nil {
            Console.line(
                "It holds   \(set.count) \(set.operation)s of \(set.mapping) (\(set.state.rawValue)): weir changes --session "
                    + set.id)
        }
        for decision in review.decisions {
            let what =
                switch decision.kind {
                case .approve: "Approved"
                case .force: "Forced"
                case .reject: "Rejected"
                }
            let reason = decision.reason.map { ": \(TextValue.shown($0))" } ?? ""
            Console.line(
                "\(what) by \(decision.decidedBy) at \(decision.decidedAt.formatted(.iso8601)), change set "
                    + "\(decision.changeSet.prefix(12))\(reason)")
        }
    }

    private func counters() {
        let changed = review.counters.filter { $0.value.total > 0 }.sorted { $0.key < $1.key }
        guard !changed.isEmpty else { return }
        let width = max(7, changed.map { $0.key.count }.max() ?? 0)
        Console.line("")
        Console.line(
            row("Mapping", width, ["inserts", "updates", "deletes", "stored"]) + "")
        for (mapping, counted) in changed {
            Console.line(
                row(
                    mapping, width,
                    [counted.inserted, counted.updated, counted.deleted, counted.stored].map { "\($0)" })
                    + (counted.isLinks ? "  links" : ""))
        }
    }

    private func row(_ name: String, _ width: Int, _ numbers: [String]) -> String {
        name + String(repeating: " ", count: max(0, width - name.count))
            + numbers.map { String(repeating: " ", count: max(1, 10 - $0.count)) + $0 }.joined()
    }

    private func causes() {
        guard !review.counts.isEmpty else { return }
        Console.line("")
        for cause in review.causes {
            Console.line("\(cause.words.title): \(cause.words.meaning)")
            for count in cause.counts {
                let number = String(repeating: " ", count: max(0, 10 - "\(count.count)".count)) + "\(count.count)"
                Console.line("\(number) \(count.operation) \(count.isLinks ? "link " : "")\(count.mapping)")
            }
        }
        guard !review.properties.isEmpty else { return }
        Console.line("changed properties of the first \(ChangeReview.sampledUpdates) updates:")
        for property in review.properties.prefix(12) {
            let number = String(repeating: " ", count: max(0, 10 - "\(property.updates)".count)) + "\(property.updates)"
            let emptied = property.emptied > 0 ? ", emptied by \(property.emptied)" : ""
            Console.line("\(number) \(property.mapping) \(property.property)\(emptied)")
        }
    }

    // MARK: The changes

    private func changes() async throws {
        let kinds = review.counts.filter { kind in
            (list.filter.mapping.map { $0 == kind.mapping } ?? true)
                && (list.filter.operation.map { $0 == kind.operation } ?? true)
                && (list.filter.cause.map { $0 == kind.cause } ?? true)
        }
        let total = kinds.reduce(0) { $0 + $1.count }
        if total <= limit || list.filter.key != nil || kinds.count < 2 {
            let found = try await list.first(
                limit, resources: kinds.contains { !$0.isLinks }, links: kinds.contains(where: \.isLinks))
            show(found.resources, found.links)
            if found.hasMore { Console.line("… and more: add --limit N, or take all with --csv") }
            if found.resources.isEmpty, found.links.isEmpty { Console.line("No change is like that.") }
            return
        }
        let share = max(Self.fewest, limit / kinds.count)
        for kind in kinds {
            var some = list
            some.filter.mapping = kind.mapping
            some.filter.operation = kind.operation
            some.filter.cause = kind.cause
            let found = try await some.first(share, resources: !kind.isLinks, links: kind.isLinks)
            show(found.resources, found.links)
            let left = kind.count - found.resources.count - found.links.count
            guard left > 0 else { continue }
            let cause = kind.cause.map { " --cause \($0.rawValue)" } ?? ""
            Console.line(
                "… and \(left) more: weir changes --session \(review.id) --mapping \(kind.mapping) --operation "
                    + "\(kind.operation)\(cause) --limit \(kind.count)")
        }
    }

    private func show(_ resources: [ResourceChange], _ links: [LinkChange]) {
        for change in resources {
            let words = CauseWords(change.cause, operation: change.operation, isLink: false)
            Console.line("\(change.operation) \(change.mapping) \(TextValue.shown(change.key)) (\(words.title))")
            let properties = Set(change.before.keys).union(change.after.keys).sorted()
            guard change.operation == "update" else {
                let values = properties.map { property in
                    "\(property)=\(TextValue.shown(change.after[property] ?? change.before[property] ?? ""))"
                }
                Console.line("    " + values.joined(separator: " · "))
                continue
            }
            for property in properties {
                let before = change.before[property].map(TextValue.shown)
                let after = change.after[property].map(TextValue.shown)
                Console.line("    \(property): \(before ?? "(empty)") → \(after ?? "(empty)")")
            }
        }
        for change in links {
            let words = CauseWords(change.cause, operation: change.operation, isLink: true)
            Console.line(
                "\(change.operation) link \(change.mapping) \(TextValue.shown(change.key1)) – "
                    + "\(TextValue.shown(change.key2)) (\(words.title))")
        }
    }

    private func wayOn() {
        let isOpen = review.heldSet?.state.isOpen ?? session.state.waitsForDecision
        guard isOpen else { return }
        Console.line("")
        if let approvedBy = review.approvedBy {
            let wayOn =
                review.isRunOver
                ? "its run is over, so the connector's next run applies it"
                    + (review.job.map { ": weir invoke-job -j \($0)" } ?? "")
                : "it is applied when its job goes on"
            Console.line("Approved by \(approvedBy): \(wayOn).")
            return
        }
        Console.line("Approve: weir invoke-job -j \(review.job ?? "JOB") -r \(review.changeSet ?? "")")
        Console.line("Reject:  weir reject --session \(review.id) --reason \"…\"")
    }
}

/// A stored value on a terminal.
enum TextValue {
    /// Controls and what changes the direction of text are shown by their number, so that a value cannot draw on the
    /// screen or look like another one.
    static func shown(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": shown += "⏎"
            case "\t": shown += "⇥"
            default:
                let isHidden =
                    scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
                if isHidden {
                    shown += "‹U+\(String(scalar.value, radix: 16, uppercase: true))›"
                } else {
                    shown.unicodeScalars.append(scalar)
                }
            }
        }
        return shown
    }
}
