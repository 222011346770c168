import API
import Hummingbird
import WeirSynchronization

/// What the connectors' last preparations set aside, for tools (DESIGN §5).
///
/// The rows' text is people's data, so it has a permission of its own, which no other grant brings along.
struct QuarantineFeature: Sendable {
    let engine: SynchronizationEngine

    static let permission = "/Connectors/RejectedRow/Query"
    private static let path = "/api/Connectors/RejectedRow"
    /// Characters of a row's text in JSON; the CSV file has it whole.
    static let rawLimit = 64 << 10

    private static let filters = [
        Route.Parameter("connector", "Only this connector's."), Route.Parameter("mapping", "Only this mapping's."),
        Route.Parameter("format", "csv: all of them as a CSV file, in place of a page."),
    ]

    var routes: [Route] {
        [
            Route(
                .get, Self.path, needs: Self.permission, "The rows that the last preparations rejected.",
                query: Self.filters + [Route.Parameter("reason", "Only with exactly this reason.")]
                    + JobsFeature.paging,
                answer: .json(Page<RejectedRow>.self)
            ) { call in
                let (connector, mapping) = try place(call)
                let reason = call.query("reason")
                if try isCSV(call) {
                    return QuarantineCSV(engine: engine, connector: connector, mapping: mapping, reason: reason)
                        .rejected
                }
                return try Response.json(
                    await engine.rejectedRows(
                        connector: connector, mapping: mapping, reason: reason, rawLimit: Self.rawLimit,
                        pageSize: try call.pageSize(), continuationToken: call.query("continuationToken")))
            },
            Route(
                .get, Self.path + "/Carried", needs: Self.permission,
                "The resources and link pairs that are kept as of the last good run because of rejected rows.",
                query: Self.filters + JobsFeature.paging, answer: .json(Page<CarriedRow>.self)
            ) { call in
                let (connector, mapping) = try place(call)
                if try isCSV(call) {
                    return QuarantineCSV(engine: engine, connector: connector, mapping: mapping, reason: nil).carried
                }
                return try Response.json(
                    await engine.carriedRows(
                        connector: connector, mapping: mapping, pageSize: try call.pageSize(),
                        continuationToken: call.query("continuationToken")))
            },
            .asking(
                .get, Self.path + "/Summary", needs: Self.permission,
                "How much was set aside, by connector and mapping.",
                query: [Route.Parameter("connector", "Only this connector's.")]
            ) { call -> Page<Quarantine>? in
                Page(items: try await engine.quarantines(connector: try place(call).connector))
            },
        ]
    }

    private func place(_ call: Call) throws -> (connector: String?, mapping: String?) {
        if let connector = call.query("connector") { _ = try call.model.requiredConnector(connector) }
        return (call.query("connector"), call.query("mapping"))
    }

    private func isCSV(_ call: Call) throws -> Bool {
        switch call.query("format") {
        case nil, "json": return false
        case "csv": return true
        case let other?:
            throw ServerError(.invalidRequest, "The query's format is \"\(other)\"; give csv or json.")
        }
    }
}
