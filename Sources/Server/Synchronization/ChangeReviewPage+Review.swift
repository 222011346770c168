import API
import WeirConfiguration

extension ChangeReviewPage.Fact {
    static func all(of review: ChangeReview, in model: Model) -> [ChangeReviewPage.Fact] {
        let session = review.session
        var facts: [ChangeReviewPage.Fact] = []
        if let job = review.job {
            facts.append(
                ChangeReviewPage.Fact(
                    term: "Job", text: model.job(job)?.displayName ?? job,
                    factPath: session.jobInstance.map { PagePath.run($0) }))
        }
        let content = session.content == .full ? "everything was sent" : "changes were sent"
        let kind = session.isSimulation ? "simulation, " : ""
        facts.append(
            ChangeReviewPage.Fact(term: "Run", text: "\(kind)\(session.mode.word), \(content)"))
        facts.append(ChangeReviewPage.Fact(term: "Computed", text: nil, moment: Moment(session.openedAt)))
        if let ended = session.endedAt {
            facts.append(ChangeReviewPage.Fact(term: "Ended", text: nil, moment: Moment(ended)))
        }
        facts.append(ChangeReviewPage.Fact(term: "Session", text: session.id, isCode: true))
        if let set = review.heldSet {
            facts.append(ChangeReviewPage.Fact(term: "Held set", text: set.id, isCode: true))
        }
        if let changeSet = review.changeSet {
            facts.append(ChangeReviewPage.Fact(term: "Change set", text: changeSet, isCode: true))
        }
        return facts
    }
}

extension ChangeReviewPage.Verdict {
    init(_ decision: SessionDecision) {
        let what =
            switch decision.kind {
            case .approve: "Approved by"
            case .force: "Approved in advance (forced) by"
            case .reject: "Rejected by"
            }
        let short = decision.changeSet.prefix(12)
        sentence = "\(what) \(decision.decidedBy)" + (short.isEmpty ? "" : ", change set \(short),")
        decided = Moment(decision.decidedAt)
        because = decision.reason
    }
}

extension ChangeReviewPage.Tab {
    static func all(
        of review: ChangeReview, _ filter: ChangeListFilter, mayReadLinks: Bool
    ) -> [ChangeReviewPage.Tab] {
        (mayReadLinks ? [false, true] : [false]).map { isLinks in
            let number = review.counts.filter { $0.isLinks == isLinks }.reduce(0) { $0 + $1.count }
            return ChangeReviewPage.Tab(
                title: isLinks ? "Links" : "Resources", number: number.grouped,
                path: ChangeListFilter(wantsLinks: isLinks).path(of: review.id),
                isCurrent: isLinks == filter.wantsLinks)
        }
    }
}

extension ChangeReviewPage.Choice {
    private static func all(
        _ values: [(value: String, title: String)], chosen: String?
    ) -> [ChangeReviewPage.Choice] {
        [ChangeReviewPage.Choice(value: "", title: "All", isChosen: chosen == nil)]
            + values.map { ChangeReviewPage.Choice(value: $0.value, title: $0.title, isChosen: $0.value == chosen) }
    }

    static func mappings(
        of review: ChangeReview, _ filter: ChangeListFilter, in model: Model
    ) -> [ChangeReviewPage.Choice] {
        let mappings = Set(review.counts.filter { $0.isLinks == filter.wantsLinks }.map(\.mapping)).sorted()
        return all(mappings.map { ($0, model.mappingTitle($0)) }, chosen: filter.mapping)
    }

    /// A link is made or removed, never changed.
    static func operations(_ filter: ChangeListFilter) -> [ChangeReviewPage.Choice] {
        let known = filter.wantsLinks ? ["insert", "delete"] : ["insert", "update", "delete"]
        return all(known.map { ($0, "\($0)s") }, chosen: filter.operation)
    }

    static func causes(of review: ChangeReview, _ filter: ChangeListFilter) -> [ChangeReviewPage.Choice] {
        let found = Set(review.counts.filter { $0.isLinks == filter.wantsLinks }.compactMap(\.cause))
        return all(
            ChangeCause.allCases.filter(found.contains).map {
                ($0.rawValue, CauseWords($0, operation: "", isLink: filter.wantsLinks).title)
            }, chosen: filter.cause?.rawValue)
    }
}

extension ChangeReviewPage.HeldItem {
    init(_ set: HeldSet, in model: Model) {
        title = "\(set.count.grouped) \(set.operation)s of \(model.mappingTitle(set.mapping))"
        heldBadge = StateBadge(set.state)
        heldPath = PagePath.review(set.id)
        since = Moment(set.since)
        note = set.detail
    }
}

extension ChangeReview {
    /// What became of what is looked at and waits for nobody, in a sentence.
    var outcome: String {
        guard let set = heldSet else { return session.outcome }
        let what =
            switch set.state {
            case .released: "Approved by \(set.approvedBy ?? "somebody") and applied."
            case .rejected: "Nothing of it was applied."
            case .superseded, .cleared: "Nothing of it was applied, and nothing can be any more."
            case .held, .approved: "It waits."
            }
        return what + (set.detail.map { " \($0)" } ?? "")
    }
}

extension Session {
    /// What became of a session that waits for nobody, in a sentence.
    var outcome: String {
        switch state {
        case .applied:
            (result.map { "Applied: it made version \($0.number) of the connector's content." } ?? "Applied.")
                + (violations.isEmpty ? "" : " It was over: " + violations.map(\.sentence).joined(separator: " "))
        case .unchanged: "Both sides held the same: there was nothing to change."
        case .rejected: detail ?? "Rejected; nothing of it was applied."
        case .superseded: "Nothing of it was applied, and nothing can be any more. \(detail ?? "")"
        case .stale, .diverged, .failed, .abandoned, .cancelled:
            "Nothing of it was applied. \(detail ?? "")"
        case .open: "It is being prepared."
        case .sealed: "It was sent, and waits for its computation."
        case .applying: "It is being applied."
        case .blocked, .planned: detail ?? "It waits for a decision."
        }
    }
}

extension SynchronizationMode {
    fileprivate var word: String {
        switch self {
        case .initial: "Initial"
        case .complete: "Complete"
        case .incremental: "Incremental"
        }
    }
}
