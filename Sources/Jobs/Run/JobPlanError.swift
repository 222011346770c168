/// Why a job cannot be run as it stands, or as it was asked for. Wrong usage or configuration: exit code 2.
package enum JobPlanError: Error, Equatable, CustomStringConvertible {
    case duplicateStep(job: String, id: String)
    case levelsOutOfOrder(job: String, id: String)
    case parentComesLater(job: String, id: String, parent: String)
    case cycle(job: String, ids: [String])
    case unknownStep(job: String, name: String, known: [String])
    case emptyRange(job: String, begin: String, end: String)
    case nothingSelected(job: String)

    package var description: String {
        switch self {
        case .duplicateStep(let job, let id):
            "job \"\(job)\" holds the task \"\(id)\" twice; give each task an identifier of its own"
        case .levelsOutOfOrder(let job, let id):
            "job \"\(job)\": the task \"\(id)\" has a lower Level than one before it; list tasks by ascending Level"
        case .parentComesLater(let job, let id, let parent):
            "job \"\(job)\": the task \"\(id)\" depends on \"\(parent)\", which starts later; "
                + "move \"\(parent)\" before it or remove its TaskDependsOnTask"
        case .cycle(let job, let ids):
            "job \"\(job)\": these tasks wait for each other: \(ids.joined(separator: ", ")); "
                + "remove one TaskDependsOnTask among them"
        case .unknownStep(let job, let name, let known):
            "job \"\(job)\" has no task \"\(name)\"; it has \(Self.listed(known))"
        case .emptyRange(let job, let begin, let end):
            "job \"\(job)\": the first task \"\(begin)\" comes after the last one \"\(end)\"; exchange -b and -e"
        case .nothingSelected(let job):
            "job \"\(job)\" has no task that fits all of the given -t, -b, -e, -c and -s; get-job-steps lists its tasks"
        }
    }

    private static func listed(_ known: [String]) -> String {
        if known.isEmpty { return "none" }
        return known.enumerated().map { "\($0.offset) \($0.element)" }.joined(separator: ", ")
    }
}
