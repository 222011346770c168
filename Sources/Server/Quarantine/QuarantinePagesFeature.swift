import API
import Hummingbird
import WeirConfiguration
import WeirSynchronization

/// Administration › Quarantine: the connectors, and one connector's list.
struct QuarantinePagesFeature: Sendable {
    let engine: SynchronizationEngine
    let templates: Templates

    private static let pageSize = 50
    private static let shownReasons = 12
    /// Characters of a row's text on the page; the CSV file has it whole.
    private static let rawLimit = 2_000

    var routes: [PageRoute] {
        let access = PageRoute.Access.permission(QuarantineFeature.permission)
        return [
            .page(PagePath.quarantine, access) { try await overview($0) },
            .page("/quarantine/{connector}", access) { try await list($0) },
            .page("/quarantine/{connector}/rejected.csv", access) { visit in
                QuarantineCSV(
                    engine: engine, connector: try connector(visit).identifier, mapping: visit.query("mapping"),
                    reason: visit.query("reason")
                ).rejected
            },
            .page("/quarantine/{connector}/carried.csv", access) { visit in
                QuarantineCSV(
                    engine: engine, connector: try connector(visit).identifier, mapping: visit.query("mapping"),
                    reason: nil
                ).carried
            },
        ]
    }

    private func connector(_ visit: Visit) throws -> Connector {
        try visit.model.requiredConnector(visit.path("connector"))
    }

    private func overview(_ visit: Visit) async throws -> Response {
        let quarantines = try await engine.quarantines()
        let page = QuarantinePage(
            layout: visit.layout("Quarantine", at: PagePath.quarantine),
            items: ConnectorQuarantine.all(quarantines).map { found in
                QuarantinePage.Item(
                    path: PagePath.quarantine(found.connector), connector: found.connector, tables: found.tables,
                    rejected: found.rejected.grouped, carried: found.carried.grouped,
                    oldest: found.since.map { Moment($0) }, seen: Moment(found.seenAt))
            })
        return .html(try templates.render(QuarantinePage.name, page))
    }

    /// What the address asks for.
    private struct Query {
        var connector: String
        var showsCarried: Bool
        var mapping: String?
        var reason: String?
        var after: String?

        init(_ visit: Visit, connector: String) {
            self.connector = connector
            showsCarried = visit.query("of") == "carried"
            mapping = visit.query("mapping")
            reason = showsCarried ? nil : visit.query("reason")
            after = visit.query("after")
        }

        /// The address of the list with one thing changed.
        func path(_ change: (inout Query) -> Void) -> String {
            var query = self
            query.after = nil
            change(&query)
            return PagePath.quarantine(connector) + query.text(of: query.showsCarried ? "carried" : nil)
        }

        func text(of list: String?) -> String {
            let pairs = [("of", list), ("mapping", mapping), ("reason", reason), ("after", after)]
            let given = pairs.compactMap { name, value in value.map { "\(name)=\(PagePath.segment($0))" } }
            return given.isEmpty ? "" : "?" + given.joined(separator: "&")
        }
    }

    private func list(_ visit: Visit) async throws -> Response {
        let connector = try connector(visit)
        let query = Query(visit, connector: connector.identifier)
        let quarantines = try await engine.quarantines(connector: connector.identifier)
        let total = ConnectorQuarantine.all(quarantines).first
        var items: [QuarantineListPage.Item] = []
        var carried: [QuarantineListPage.Carried] = []
        let token: String?
        if query.showsCarried {
            let page = try await engine.carriedRows(
                connector: connector.identifier, mapping: query.mapping, pageSize: Self.pageSize,
                continuationToken: query.after)
            carried = page.items.map { QuarantineListPage.Carried($0) }
            token = page.continuationToken
        } else {
            let page = try await engine.rejectedRows(
                connector: connector.identifier, mapping: query.mapping, reason: query.reason,
                rawLimit: Self.rawLimit, pageSize: Self.pageSize, continuationToken: query.after)
            items = page.items.map { QuarantineListPage.Item($0) }
            token = page.continuationToken
        }
        let page = QuarantineListPage(
            layout: visit.layout("Quarantine of \(connector.identifier)", at: PagePath.quarantine),
            connector: connector.identifier, summary: total?.sentence ?? "The last run could use every row.",
            runPath: visit.may("/Jobs/JobInstance/Query")
                ? quarantines.first.map { PagePath.run($0.jobInstance) } : nil,
            cut: total?.cut(carried: query.showsCarried), lists: lists(query, total),
            tables: tables(query, quarantines), reasons: try await reasons(query), showsCarried: query.showsCarried,
            items: items, carried: carried, isEmpty: items.isEmpty && carried.isEmpty,
            firstPath: query.after == nil ? nil : query.path { _ in },
            nextPath: token.map { token in query.path { $0.after = token } },
            csvPath: csvPath(query))
        return .html(try templates.render(QuarantineListPage.name, page))
    }

    private func csvPath(_ query: Query) -> String {
        var query = query
        query.after = nil
        return PagePath.quarantine(query.connector) + (query.showsCarried ? "/carried.csv" : "/rejected.csv")
            + query.text(of: nil)
    }

    private func lists(_ query: Query, _ total: ConnectorQuarantine?) -> [QuarantineListPage.Filter] {
        [false, true].map { carried in
            let count = (carried ? total?.carried : total?.rejected) ?? 0
            return QuarantineListPage.Filter(
                title: "\(carried ? "Kept meanwhile" : "Rejected rows") (\(count.grouped))",
                path: query.path {
                    $0.showsCarried = carried
                    $0.reason = nil
                }, isCurrent: query.showsCarried == carried)
        }
    }

    /// By table, where there are several.
    private func tables(_ query: Query, _ quarantines: [Quarantine]) -> [QuarantineListPage.Filter] {
        let counted = quarantines.filter { (query.showsCarried ? $0.carried : $0.rejected) > 0 }
        guard counted.count > 1 || query.mapping != nil else { return [] }
        let all = QuarantineListPage.Filter(
            title: "All tables", path: query.path { $0.mapping = nil }, isCurrent: query.mapping == nil)
        return [all]
            + counted.map { found in
                let count = query.showsCarried ? found.carried : found.rejected
                return QuarantineListPage.Filter(
                    title: "\(found.table): \(found.mapping) (\(count.grouped))",
                    path: query.path { $0.mapping = found.mapping }, isCurrent: query.mapping == found.mapping)
            }
    }

    private func reasons(_ query: Query) async throws -> [QuarantineListPage.Filter] {
        guard !query.showsCarried else { return [] }
        let reasons = try await engine.rejectionReasons(
            connector: query.connector, mapping: query.mapping, limit: Self.shownReasons)
        guard reasons.count > 1 || query.reason != nil else { return [] }
        let all = QuarantineListPage.Filter(
            title: "All reasons", path: query.path { $0.reason = nil }, isCurrent: query.reason == nil)
        return [all]
            + reasons.map { found in
                QuarantineListPage.Filter(
                    title: "\(found.reason) (\(found.count.grouped))",
                    path: query.path { $0.reason = found.reason }, isCurrent: query.reason == found.reason)
            }
    }
}
