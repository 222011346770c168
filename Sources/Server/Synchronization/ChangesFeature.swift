import API
import HTTPTypes
import Hummingbird
import WeirConfiguration
import WeirSynchronization

/// The computed changes of a session, as they are reviewed (DESIGN §8).
struct ChangesFeature: Sendable {
    let engine: SynchronizationEngine
    let jobs: JobStore
    let waiting: WaitingChanges

    private static let resources = "/api/Connectors/ResourceChange"
    private static let links = "/api/Connectors/ResourceLinkChange"
    private static let mayReadResources = "/Connectors/ResourceChange/Query"
    private static let mayReadLinks = "/Connectors/ResourceLinkChange/Query"
    /// How many runs of a job are searched for a session.
    private static let searchedRuns = 30

    private static let filters = [
        Route.Parameter("session", "The id of a session or held set."),
        Route.Parameter("mapping", "Only this mapping's."),
        Route.Parameter("operation", "Only insert, update or delete."),
        Route.Parameter("cause", "Only new, left, keyChanged, emptied, changed or moved."),
        Route.Parameter("key", "Only where a key contains this."),
    ]

    var routes: [Route] {
        [
            .asking(
                .get, Self.resources + "/Review", needs: Self.mayReadResources,
                "What a session would change by mapping, operation and cause, and what became of it.",
                query: [
                    .init("session", "The id of a session or held set."),
                    .init("job", "Instead: the session of this job that waits for a decision, else its newest."),
                    .init("connector", "Instead: that of this connector. Without any: that of all."),
                ]
            ) { call -> ChangeReview? in
                try await review(
                    session: call.query("session"), job: call.query("job"), connector: call.query("connector"),
                    in: call.model)
            },
            .asking(
                .get, Self.resources, needs: Self.mayReadResources,
                "A session's changes of resources, with before and after.", query: Self.filters + JobsFeature.paging
            ) { call -> Page<ResourceChange>? in
                try await engine.resourceChanges(
                    session: try call.requiredQuery("session"), try Self.filter(call.query),
                    pageSize: try call.pageSize(), continuationToken: call.query("continuationToken"))
            },
            .asking(
                .get, Self.links, needs: Self.mayReadLinks, "A session's changes of links.",
                query: Self.filters + JobsFeature.paging
            ) { call -> Page<LinkChange>? in
                try await engine.linkChanges(
                    session: try call.requiredQuery("session"), try Self.filter(call.query),
                    pageSize: try call.pageSize(), continuationToken: call.query("continuationToken"))
            },
            file(
                Self.resources, needs: Self.mayReadResources, "All changes of resources as CSV, one line a value.",
                hasLinks: false),
            file(
                Self.links, needs: Self.mayReadLinks, "All changes of links as CSV, one line a link.", hasLinks: true),
        ]
    }

    private func file(_ path: String, needs permission: String, _ summary: String, hasLinks: Bool) -> Route {
        Route(.get, path + "/File", needs: permission, summary, query: Self.filters, answer: .csv) { call in
            let review = try await engine.review(of: try call.requiredQuery("session"))
            return ChangesCSV(
                engine: engine, session: review.id, filter: try Self.filter(call.query), hasResources: !hasLinks,
                hasLinks: hasLinks
            ).response
        }
    }

    /// The filter that a request's query names.
    static func filter(_ value: (String) -> String?) throws -> ChangeFilter {
        let operation = value("operation")
        if let operation, !["insert", "update", "delete"].contains(operation) {
            throw ServerError(
                .invalidRequest, "The query's operation is \"\(operation)\"; give insert, update or delete.")
        }
        let cause = try value("cause").map { text in
            guard let cause = ChangeCause(rawValue: text) else {
                let known = ChangeCause.allCases.map(\.rawValue).joined(separator: ", ")
                throw ServerError(.invalidRequest, "The query's cause is \"\(text)\"; give one of \(known).")
            }
            return cause
        }
        return ChangeFilter(mapping: value("mapping"), operation: operation, cause: cause, key: value("key"))
    }

    /// The review of a session, which is named, or found by its job or connector.
    func review(
        session: String?, job: String?, connector: String?, in model: Model
    ) async throws -> ChangeReview {
        let id: String
        if let session {
            id = session
        } else if let job {
            id = try await self.session(ofJob: try model.requiredJob(job))
        } else {
            if let connector { _ = try model.requiredConnector(connector) }
            id = try await engine.sessionToReview(connector: connector)
        }
        var review = try await engine.review(of: id)
        if let instance = review.session.jobInstance, let run = try await jobs.instance(instance)?.instance {
            (review.job, review.runState) = (run.job, run.state)
        }
        if let job = review.job.flatMap({ model.job($0) }) {
            review.siblings = try await waiting.all(of: job).filter { $0.approvedBy == nil && $0.id != review.id }
        }
        return review
    }

    /// What a resume of the job would approve, or one of several; else the job's newest session.
    private func session(ofJob job: Job) async throws -> String {
        let waiting = try await waiting.all(of: job)
        if let first = waiting.first(where: { $0.approvedBy == nil }) ?? waiting.first { return first.id }
        let job = job.identifier
        for record in try await jobs.history(job: job, before: nil, limit: Self.searchedRuns) {
            if let session = try await engine.sessionToReview(jobInstance: record.instance.id) { return session }
        }
        throw ServerError(
            .notFound,
            "None of the last \(Self.searchedRuns) runs of the job \"\(job)\" computed changes; run it, or simulate it."
        )
    }
}
