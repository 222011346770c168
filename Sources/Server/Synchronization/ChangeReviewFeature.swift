import API
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import WeirConfiguration
import WeirSynchronization

/// Looking at what a session would change, and deciding on it (DESIGN §8).
struct ChangeReviewFeature: Sendable {
    let engine: SynchronizationEngine
    let launcher: LaunchJobFeature
    let templates: Templates

    private static let permission = "/Connectors/ResourceChange/Query"
    private static let pageSize = 50
    /// How many changes the page of a run shows before one asks for all.
    private static let previewSize = 6

    var routes: [PageRoute] {
        [
            .page("/sessions/{id}", .permission(Self.permission)) { try await page($0) },
            .page("/sessions/{id}/changes.csv", .permission(Self.permission)) { visit in
                let session = try await engine.session(visit.path("id"))
                return ChangesCSV(engine: engine, session: session.id).response
            },
            .form("/sessions/{id}/approve", .permission(LaunchJobFeature.forcePermission)) { visit in
                let request = ApproveSession(session: try visit.path("id"), changeSet: try visit.field("changeSet"))
                return next(try await launcher.approve(request, by: visit.caller, in: visit.model))
            },
            .form("/sessions/{id}/reject", .permission("/Jobs/RunJob/Repair/Reject")) { visit in
                let request = RejectSession(session: try visit.path("id"), reason: try visit.field("reason"))
                return next(try await launcher.reject(request, by: visit.caller))
            },
        ]
    }

    private func next(_ session: Session) -> Response {
        .seeOther(session.jobInstance.map { PagePath.run($0) } ?? PagePath.review(session.id))
    }

    /// What a blocked session shows before one decides on it.
    func decision(_ session: Session, _ visit: Visit, preview: Bool) async throws -> RunPage.Decision {
        let mayLook = preview && visit.may(Self.permission)
        let changes =
            mayLook
            ? try await engine.resourceChanges(
                session: session.id, mapping: nil, operation: nil, pageSize: Self.previewSize, continuationToken: nil
            ).items : []
        let room = Self.previewSize - changes.count
        let links =
            mayLook && room > 0
            ? try await engine.linkChanges(
                session: session.id, mapping: nil, operation: nil, pageSize: room, continuationToken: nil
            ).items : []
        return RunPage.Decision(
            session: session.id, connector: session.connector, changeSet: session.changeSet ?? "",
            shortChangeSet: String((session.changeSet ?? "").prefix(12)),
            violations: session.violations.map(\.sentence), counts: RunPage.Count.all(of: session),
            preview: mayLook
                ? ChangeReviewPage.Changes(
                    resources: changes.map { ChangeReviewPage.Change($0, visit.model.entityType($0.mapping)) },
                    links: links.map { ChangeReviewPage.Link($0) }) : nil,
            reviewPath: PagePath.review(session.id), approvedBy: session.approvedBy,
            mayDecide: session.approvedBy == nil && session.state == .blocked
                && visit.may(LaunchJobFeature.forcePermission))
    }

    private func page(_ visit: Visit) async throws -> Response {
        let session = try await engine.session(visit.path("id"))
        let operation = visit.query("operation")
        let wantsLinks = visit.query("of") == "links"
        let changes: ChangeReviewPage.Changes
        let token: String?
        if wantsLinks {
            let page = try await engine.linkChanges(
                session: session.id, mapping: visit.query("mapping"), operation: operation, pageSize: Self.pageSize,
                continuationToken: visit.query("after"))
            changes = ChangeReviewPage.Changes(resources: [], links: page.items.map { ChangeReviewPage.Link($0) })
            token = page.continuationToken
        } else {
            let page = try await engine.resourceChanges(
                session: session.id, mapping: visit.query("mapping"), operation: operation, pageSize: Self.pageSize,
                continuationToken: visit.query("after"))
            changes = ChangeReviewPage.Changes(
                resources: page.items.map { ChangeReviewPage.Change($0, visit.model.entityType($0.mapping)) }, links: []
            )
            token = page.continuationToken
        }
        let base = PagePath.review(session.id)
        let own =
            "?of=\(wantsLinks ? "links" : "resources")" + (operation.map { "&operation=" + PagePath.segment($0) } ?? "")
        let page = ChangeReviewPage(
            layout: visit.layout("Changes of \(session.connector)", at: PagePath.jobs), connector: session.connector,
            badge: StateBadge(session.state), runPath: session.jobInstance.map { PagePath.run($0) },
            detail: session.state == .blocked ? nil : session.detail,
            decision: session.state == .blocked ? try await decision(session, visit, preview: false) : nil,
            filters: filters(base, wantsLinks: wantsLinks, operation: operation), changes: changes,
            nextPath: token.map { base + own + "&after=" + PagePath.segment($0) }, csvPath: base + "/changes.csv")
        return .html(try templates.render(ChangeReviewPage.name, page))
    }

    private func filters(_ base: String, wantsLinks: Bool, operation: String?) -> [ChangeReviewPage.Filter] {
        [false, true].flatMap { isLinks in
            [nil, "insert", "update", "delete"].compactMap { wanted -> ChangeReviewPage.Filter? in
                // A link is made or removed, never changed.
                if isLinks, wanted == "update" { return nil }
                let name = isLinks ? "Links" : "Resources"
                return ChangeReviewPage.Filter(
                    title: wanted.map { "\(name): \($0)s" } ?? "\(name): all",
                    path: "\(base)?of=\(name.lowercased())" + (wanted.map { "&operation=\($0)" } ?? ""),
                    isCurrent: isLinks == wantsLinks && wanted == operation)
            }
        }
    }
}
