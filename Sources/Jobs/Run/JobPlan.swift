/// The steps that one run of a job goes through, in launch order.
///
/// Steps next to each other with the same level run together, a step without level runs alone. A selection
/// (`invoke-job -t -b -e -c -s`) leaves steps out; whoever depends on one that was left out takes it as done and
/// productive.
package struct JobPlan: Sendable, Equatable {
    package let job: String
    /// As given: the index in the whole plan is the order number that `get-job-steps` prints.
    package let steps: [JobStep]
    /// What runs together, one group after the other; within a group parents come first.
    private let levels: [[JobStep]]

    /// All steps of a job, in launch order (by level, then as written).
    ///
    /// Throws when an identifier occurs twice, levels go down, a step waits for one that starts later (it would wait
    /// for ever), or steps of one level wait for each other.
    package init(job: String, steps: [JobStep]) throws(JobPlanError) {
        self.job = job
        self.steps = steps
        levels = try Self.ordered(steps, job: job)
    }

    private init(job: String, steps: [JobStep], levels: [[JobStep]]) {
        self.job = job
        self.steps = steps
        self.levels = levels
    }

    /// The part of the plan that a selection names; order numbers are those of the whole job, from 0.
    package func selecting(_ selection: StepSelection) throws(JobPlanError) -> JobPlan {
        let first = try selection.begin.map { name throws(JobPlanError) in try position(of: name) } ?? 0
        let last = try selection.end.map { name throws(JobPlanError) in try position(of: name) } ?? steps.count - 1
        guard first <= last || steps.isEmpty else {
            throw .emptyRange(job: job, begin: steps[first].id, end: steps[last].id)
        }
        let only = try selection.task.map { name throws(JobPlanError) in try position(of: name) }
        let selected = steps.enumerated().filter { index, step in
            index >= first && index <= last && (only == nil || only == index)
                && (selection.taskType.map { step.isOfType($0) } ?? true)
                && (selection.identifierContains.map { step.id.contains($0) } ?? true)
        }
        guard !selected.isEmpty || selection == StepSelection() else { throw .nothingSelected(job: job) }
        let kept = Set(selected.map(\.element.id))
        return keeping { kept.contains($0.id) }
    }

    /// The part of the plan whose steps are kept; like a selection, it leaves out the rest.
    package func keeping(_ isKept: (JobStep) -> Bool) -> JobPlan {
        JobPlan(
            job: job, steps: steps.filter(isKept),
            levels: levels.map { $0.filter(isKept) }.filter { !$0.isEmpty })
    }

    /// The groups that run one after the other: levels, split where they are larger than `size`.
    package func batches(ofAtMost size: Int) -> [[JobStep]] {
        var batches: [[JobStep]] = []
        for level in levels {
            var rest = level[...]
            while !rest.isEmpty {
                batches.append(Array(rest.prefix(max(1, size))))
                rest = rest.dropFirst(max(1, size))
            }
        }
        return batches
    }

    private func position(of name: String) throws(JobPlanError) -> Int {
        if let index = steps.firstIndex(where: { $0.id == name }) { return index }
        if let order = Int(name), steps.indices.contains(order) { return order }
        throw .unknownStep(job: job, name: name, known: steps.map(\.id))
    }

    /// Runs of steps with one level; each step without level by itself.
    private static func grouped(_ steps: [JobStep]) -> [[JobStep]] {
        var levels: [[JobStep]] = []
        for step in steps {
            if let level = step.level, levels.last?.last?.level == level {
                levels[levels.count - 1].append(step)
            } else {
                levels.append([step])
            }
        }
        return levels
    }

    private static func ordered(_ steps: [JobStep], job: String) throws(JobPlanError) -> [[JobStep]] {
        var seen: Set<String> = []
        for step in steps where !seen.insert(step.id).inserted {
            throw .duplicateStep(job: job, id: step.id)
        }
        var highest = Int.min
        for step in steps {
            guard let level = step.level else { continue }
            guard level >= highest else { throw .levelsOutOfOrder(job: job, id: step.id) }
            highest = level
        }
        var done: Set<String> = []
        var levels: [[JobStep]] = []
        for level in grouped(steps) {
            var waiting = level
            var ordered: [JobStep] = []
            while !waiting.isEmpty {
                let ready = waiting.firstIndex { step in
                    step.parents.allSatisfy { done.contains($0) || !seen.contains($0) }
                }
                guard let ready else { throw unreachable(waiting, later: seen.subtracting(done), job: job) }
                let step = waiting.remove(at: ready)
                done.insert(step.id)
                ordered.append(step)
            }
            levels.append(ordered)
        }
        return levels
    }

    private static func unreachable(_ waiting: [JobStep], later: Set<String>, job: String) -> JobPlanError {
        let here = Set(waiting.map(\.id))
        for step in waiting {
            if let parent = step.parents.first(where: { later.contains($0) && !here.contains($0) }) {
                return .parentComesLater(job: job, id: step.id, parent: parent)
            }
        }
        return .cycle(job: job, ids: waiting.map(\.id))
    }
}

extension JobStep {
    /// `ExportTask`, `exporttask` and `Export` all name the element `ExportTask`.
    fileprivate func isOfType(_ type: String) -> Bool {
        let wanted = type.lowercased()
        let own = element.lowercased()
        return own == wanted || own == wanted + "task"
    }
}
