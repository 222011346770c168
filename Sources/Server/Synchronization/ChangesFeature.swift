import API
import HTTPTypes
import WeirSynchronization

/// The computed changes of a session, as they are reviewed (DESIGN §8).
struct ChangesFeature: Sendable {
    let engine: SynchronizationEngine

    private static let filters =
        [
            Route.Parameter("session", "The session's id."), Route.Parameter("mapping", "Only this mapping's."),
            Route.Parameter("operation", "Only insert, update or delete."),
        ] + JobsFeature.paging

    var routes: [Route] {
        [
            .asking(
                .get, "/api/Connectors/ResourceChange", needs: "/Connectors/ResourceChange/Query",
                "A session's changes of resources, with before and after.", query: Self.filters
            ) { call -> Page<ResourceChange>? in
                try await engine.resourceChanges(
                    session: try call.requiredQuery("session"), mapping: call.query("mapping"),
                    operation: call.query("operation"), pageSize: try call.pageSize(),
                    continuationToken: call.query("continuationToken"))
            },
            .asking(
                .get, "/api/Connectors/ResourceLinkChange", needs: "/Connectors/ResourceLinkChange/Query",
                "A session's changes of links.", query: Self.filters
            ) { call -> Page<LinkChange>? in
                try await engine.linkChanges(
                    session: try call.requiredQuery("session"), mapping: call.query("mapping"),
                    operation: call.query("operation"), pageSize: try call.pageSize(),
                    continuationToken: call.query("continuationToken"))
            },
        ]
    }
}
