import API
import Foundation
import HTTPTypes
import Hummingbird
import WeirConfiguration
import WeirSynchronization

/// Looking at what a session would change, and deciding on it (DESIGN §8).
struct ChangeReviewFeature: Sendable {
    let engine: SynchronizationEngine
    let changes: ChangesFeature
    let launcher: LaunchJobFeature
    let templates: Templates

    private static let permission = "/Connectors/ResourceChange/Query"
    private static let linkPermission = "/Connectors/ResourceLinkChange/Query"
    private static let pageSize = 50
    /// How many changes the page of a run shows before one asks for all.
    private static let previewSize = 6

    var routes: [PageRoute] {
        [
            .page("/sessions/{id}", .permission(Self.permission)) { try await page($0) },
            .page("/sessions/{id}/changes.csv", .permission(Self.permission)) { visit in
                let review = try await engine.review(of: visit.path("id"))
                return ChangesCSV(
                    engine: engine, session: review.id, hasLinks: visit.may(Self.linkPermission),
                    format: ChangeCSV(isForSpreadsheets: true)
                ).response
            },
            .form("/sessions/{id}/approve", .permission(LaunchJobFeature.forcePermission)) { visit in
                let request = ApproveSession(session: try visit.path("id"), changeSet: try visit.field("changeSet"))
                return next(try await launcher.approve(request, by: visit.caller, in: visit.model))
            },
            .form("/sessions/{id}/reject", .permission("/Jobs/RunJob/Repair/Reject")) { visit in
                let request = RejectSession(
                    session: try visit.path("id"), reason: try visit.field("reason"),
                    changeSet: visit.form?["heldSet"])
                return next(try await launcher.reject(request, by: visit.caller))
            },
        ]
    }

    private func next(_ session: Session) -> Response {
        .seeOther(session.jobInstance.map { PagePath.run($0) } ?? PagePath.review(session.id))
    }

    /// What the page of a run shows of its sessions that wait for a decision.
    func decisions(ofRun run: JobInstance, _ visit: Visit) async throws -> [DecisionCard] {
        let ids =
            try await engine.waitingSessions(jobInstance: run.id).map(\.id)
            + engine.heldSets(jobInstance: run.id).map(\.id)
        var cards: [DecisionCard] = []
        for id in ids {
            var review = try await engine.review(of: id)
            review.runState = run.state
            cards.append(
                DecisionCard(
                    review, in: visit.model, number: cards.count + 1,
                    preview: visit.may(Self.permission) ? try await preview(id, visit) : nil,
                    mayReadLinks: visit.may(Self.linkPermission), mayDecide: visit.may(LaunchJobFeature.forcePermission)
                ))
        }
        return cards
    }

    private func preview(_ id: String, _ visit: Visit) async throws -> ChangeReviewPage.Changes {
        let model = visit.model
        let resources = try await engine.resourceChanges(session: id, pageSize: Self.previewSize).items
        let room = visit.may(Self.linkPermission) ? Self.previewSize - resources.count : 0
        let links = room > 0 ? try await engine.linkChanges(session: id, pageSize: room).items : []
        return ChangeReviewPage.Changes(
            resources: resources.map { ChangeReviewPage.Change($0, model.entityType($0.mapping)) },
            links: links.map { ChangeReviewPage.Link($0) })
    }

    private func page(_ visit: Visit) async throws -> Response {
        let review = try await changes.review(session: visit.path("id"), job: nil, connector: nil, in: visit.model)
        let session = review.session
        let filter = try ChangeListFilter { visit.query($0) }
        let mayReadLinks = visit.may(Self.linkPermission)
        if filter.wantsLinks { try visit.caller.require(Self.linkPermission, in: visit.model) }
        let (listed, token) = try await listed(review.id, filter, after: visit.query("after"), in: visit.model)
        let waits = review.heldSet?.state.isOpen ?? session.state.waitsForDecision
        let page = ChangeReviewPage(
            layout: visit.layout("Changes of \(session.connector)", at: PagePath.jobs), connector: session.connector,
            badge: review.heldSet.map { StateBadge($0.state) } ?? StateBadge(session.state),
            runPath: session.jobInstance.map { PagePath.run($0) },
            outcome: waits ? nil : review.outcome,
            decision: waits
                ? DecisionCard(
                    review, in: visit.model, preview: nil, mayReadLinks: mayReadLinks,
                    mayDecide: visit.may(LaunchJobFeature.forcePermission))
                : nil,
            summary: waits ? nil : ChangeSummary(review, in: visit.model, mayReadLinks: mayReadLinks),
            facts: ChangeReviewPage.Fact.all(of: review, in: visit.model),
            heldSets: review.heldSet == nil ? session.held.map { ChangeReviewPage.HeldItem($0, in: visit.model) } : [],
            verdicts: review.decisions.map { ChangeReviewPage.Verdict($0) },
            tabs: ChangeReviewPage.Tab.all(of: review, filter, mayReadLinks: mayReadLinks),
            wantsLinks: filter.wantsLinks,
            formPath: PagePath.review(review.id),
            mappings: ChangeReviewPage.Choice.mappings(of: review, filter, in: visit.model),
            operations: ChangeReviewPage.Choice.operations(filter),
            causeChoices: ChangeReviewPage.Choice.causes(of: review, filter), searchedKey: filter.key ?? "",
            allPath: filter.isNarrow
                ? ChangeListFilter(wantsLinks: filter.wantsLinks).path(of: review.id) : nil,
            changes: listed,
            emptyReason: review.counts.isEmpty ? session.reasonWithoutChanges : nil,
            nextPath: token.map { filter.path(of: review.id, after: $0) },
            csvPath: PagePath.review(review.id) + "/changes.csv")
        return .html(try templates.render(ChangeReviewPage.name, page))
    }

    private func listed(
        _ session: String, _ filter: ChangeListFilter, after token: String?, in model: Model
    ) async throws -> (ChangeReviewPage.Changes, String?) {
        if filter.wantsLinks {
            let page = try await engine.linkChanges(
                session: session, filter.changes, pageSize: Self.pageSize, continuationToken: token)
            return (
                ChangeReviewPage.Changes(resources: [], links: page.items.map { ChangeReviewPage.Link($0) }),
                page.continuationToken
            )
        }
        let page = try await engine.resourceChanges(
            session: session, filter.changes, pageSize: Self.pageSize, continuationToken: token)
        return (
            ChangeReviewPage.Changes(
                resources: page.items.map { ChangeReviewPage.Change($0, model.entityType($0.mapping)) }, links: []),
            page.continuationToken
        )
    }
}
