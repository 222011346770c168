/// One task of a job as the state machine sees it: what it waits for and what its failure means (REFERENCE §5).
package struct JobStep: Sendable, Equatable, Codable, Identifiable {
    /// The task's identifier, unique within the job.
    package var id: String
    /// The element's name as in the XML, for instance `ExportTask`.
    package var element: String
    /// nil: no Level was written; such a step runs alone.
    package var level: Int?
    /// Identifiers of `TaskDependsOnTask`.
    package var parents: [String]
    /// A failure becomes a warning and the job goes on (exports only, REFERENCE §14).
    package var continueOnError: Bool
    package var side: Side
    package var connector: String?
    /// Why this version does not execute the step; nil: it does. Such a step ends as skipped with this reason.
    package var notExecutedReason: String?
    /// An earlier run left it something to do: it runs even when its parents produced nothing.
    package var hasWorkLeft: Bool

    package init(
        id: String, element: String, level: Int? = nil, parents: [String] = [], continueOnError: Bool = false,
        side: Side = .agent, connector: String? = nil, notExecutedReason: String? = nil,
        hasWorkLeft: Bool = false
    ) {
        self.id = id
        self.element = element
        self.level = level
        self.parents = parents
        self.continueOnError = continueOnError
        self.side = side
        self.connector = connector
        self.notExecutedReason = notExecutedReason
        self.hasWorkLeft = hasWorkLeft
    }

    package var isExecutable: Bool { notExecutedReason == nil }

    /// How the step counts as ended, for the job and for whoever records it: a failure under ContinueOnError is a
    /// warning.
    package func effective(_ outcome: StepOutcome) -> StepOutcome {
        guard continueOnError, case .error(let message) = outcome else { return outcome }
        return .warning(message)
    }

    /// Where a step's work is done. Steps of the server are launched by the agent too, over HTTP.
    package enum Side: String, Sendable, Equatable, Codable, CaseIterable {
        case agent
        case server
    }
}
