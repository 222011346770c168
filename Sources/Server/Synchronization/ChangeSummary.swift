import API
import WeirConfiguration

/// What a session changes in numbers, and in words why: counters by entity type and operation, then by cause.
struct ChangeSummary: Sendable {
    static let name = "change-summary"

    struct Count: Sendable {
        var title: String
        var mapping: String
        var kind: String
        var inserted: String
        var updated: String
        var deleted: String
        var stored: String
    }

    /// A cause, what an operator looks at, and the kinds of changes that have it.
    struct Cause: Sendable {
        var causeTitle: String
        var meaning: String
        /// A class of the stylesheet.
        var tone: String
        var kinds: [Kind]
    }

    struct Kind: Sendable {
        var number: String
        /// `deletes of HR - Person`.
        var what: String
        /// nil where the visitor may not read the list.
        var listPath: String?
    }

    /// The properties that the first updates of an entity type change.
    struct Properties: Sendable {
        var start: String
        var list: String
    }

    var counts: [Count]
    var causes: [Cause]
    var properties: [Properties]
    var hasCauses: Bool

    init(_ review: ChangeReview, in model: Model, mayReadLinks: Bool) {
        counts = review.counters.filter { $0.value.total > 0 }.sorted { $0.key < $1.key }.map { mapping, counters in
            Count(
                title: model.mappingTitle(mapping), mapping: mapping, kind: counters.isLinks ? "links" : "resources",
                inserted: counters.inserted.grouped, updated: counters.updated.grouped,
                deleted: counters.deleted.grouped, stored: counters.stored.grouped)
        }
        causes = review.causes.map { cause in
            Cause(
                causeTitle: cause.words.title, meaning: cause.words.meaning, tone: cause.counts[0].operation,
                kinds: cause.counts.map { count in
                    let noun = count.isLinks ? "link " : ""
                    let title = model.mappingTitle(count.mapping)
                    let list = ChangeListFilter(
                        wantsLinks: count.isLinks, mapping: count.mapping, operation: count.operation,
                        cause: count.cause)
                    return Kind(
                        number: count.count.grouped,
                        what: "\(noun)\(count.operation)\(count.count == 1 ? "" : "s") of \(title)",
                        listPath: mayReadLinks || !count.isLinks ? list.path(of: review.id) : nil)
                })
        }
        hasCauses = !causes.isEmpty
        properties = Self.properties(review, in: model)
    }

    private static func properties(_ review: ChangeReview, in model: Model) -> [Properties] {
        let updates = review.counts.filter { $0.operation == "update" && !$0.isLinks }
        return Set(updates.map(\.mapping)).sorted().compactMap { mapping in
            let total = updates.filter { $0.mapping == mapping }.reduce(0) { $0 + $1.count }
            let changed = review.properties.filter { $0.mapping == mapping }
            guard !changed.isEmpty else { return nil }
            let sampled = min(total, ChangeReview.sampledUpdates)
            let which = total > sampled ? "Of the first \(sampled.grouped) updates" : "Of \(total.grouped) updates"
            return Properties(
                start: "\(which) of \(model.mappingTitle(mapping)) change",
                list: changed.prefix(8).map { property in
                    let emptied = property.emptied > 0 ? ", emptied by \(property.emptied.grouped)" : ""
                    return "\(property.property) (\(property.updates.grouped)\(emptied))"
                }.joined(separator: " · "))
        }
    }

    static let template = """
        <div class="scroll"><table class="plain">
          <thead><tr><th scope="col">Mapping</th><th scope="col">Of</th><th scope="col" class="number">Inserts</th><th scope="col" class="number">Updates</th><th scope="col" class="number">Deletes</th><th scope="col" class="number">Stored before</th></tr></thead>
          <tbody>{{#counts}}<tr><th scope="row"><bdi>{{title}}</bdi><span class="sub"><bdi>{{mapping}}</bdi></span></th><td data-label="Of">{{kind}}</td><td class="number" data-label="Inserts">{{inserted}}</td><td class="number" data-label="Updates">{{updated}}</td><td class="number" data-label="Deletes">{{deleted}}</td><td class="number" data-label="Stored before">{{stored}}</td></tr>{{/counts}}{{^counts}}<tr><td colspan="6">No change was computed.</td></tr>{{/counts}}</tbody>
        </table></div>
        {{#hasCauses}}
        <h3>Why</h3>
        <ul class="causes">
        {{#causes}}
          <li><span class="why {{tone}}">{{causeTitle}}</span> {{#kinds}}{{#listPath}}<a href="{{listPath}}">{{/listPath}}<strong>{{number}}</strong> <bdi>{{what}}</bdi>{{#listPath}}</a>{{/listPath}} {{/kinds}}<span class="sub">{{meaning}}</span></li>
        {{/causes}}
        </ul>
        {{#properties}}<p class="sub">{{start}}: <bdi>{{list}}</bdi></p>{{/properties}}
        {{/hasCauses}}
        """
}

extension Model {
    /// The display name of a mapping's entity type, or of its association; the identifier where it has none.
    func mappingTitle(_ mapping: String) -> String {
        if let type = entityType(mapping), !type.displayName.isEmpty { return type.displayName }
        if let association = associations.first(where: { $0.identifier == mapping }), !association.displayName.isEmpty {
            return association.displayName
        }
        return mapping
    }
}
