extension ModelBuilder {
    /// Jobs with their tasks resolved (REFERENCE §5).
    mutating func readJobs() {
        let declared = TaskDeclarations(elements)
        for (element, first) in declared.duplicates {
            error(
                element,
                "\(element.title) is declared twice: here and at \(Self.place(first)); call it with a Step, or give it "
                    + "another identifier")
        }
        for element in elements where ElementTable.declaration(of: element.name)?.isTask == true {
            // A task that no job calls is checked all the same.
            if (element["Identifier"] ?? "").isEmpty {
                error(element, "\(element.name) stands outside a job and has no Identifier; add one to call it by")
            }
            _ = readTask(element)
        }
        for element in all("Job") { readJob(element, declared) }
        model.jobs.sort { $0.identifier < $1.identifier }
        listSkippedTasks()
    }

    private mutating func readJob(_ element: Element, _ declared: TaskDeclarations) {
        let values = element.values(ElementTable.declared("Job"))
        let agent = values["Agent"]
        var entries: [(element: Element, tasks: [JobTask])] = []
        for child in element.children {
            guard let task = resolve(child, in: element, declared) else { continue }
            checkAgent(of: task, in: element, agent: agent)
            let said = problems.count
            let tasks = readTask(task)
            // What is wrong with a task that a step calls has been said where the task stands.
            if child.name == "Step" { problems.removeSubrange(said...) }
            entries.append((task, tasks))
        }
        var plan = JobTaskOrder(job: element.title)
        let tasks = plan.order(entries)
        problems += plan.problems
        checkFlagTask(in: element, tasks)
        model.jobs.append(
            Job(
                identifier: values.text("Identifier"), displayName: values.displayName, agent: agent,
                cron: values["CronTabExpression"],
                cronTimeZone: values.number("CronTimeZone").flatMap(CronTimeZone.init(rawValue:)) ?? .utc,
                isIncremental: values.bool("IsIncremental"), isConnectorJob: values.bool("IsConnectorJob"),
                isInitialization: values.bool("IsInitializationJob"),
                userStartDenied: values.bool("UserStartDenied"), tasks: tasks))
    }

    /// The task element that a child of a job stands for: itself, the one that a Step calls, or one with overrides.
    private mutating func resolve(_ child: Element, in job: Element, _ declared: TaskDeclarations) -> Element? {
        guard ElementTable.declared("Job").child(child.name) != nil else { return nil }
        if child.name == "Step" {
            guard let name = child["Identifier"] ?? child["Task"], !name.isEmpty else {
                error(child, "Step of \(job.title) names no task; add Identifier")
                return nil
            }
            guard var task = declared.find(name) else {
                error(
                    child,
                    "Step of \(job.title) calls the task \"\(name)\", which does not exist"
                        + NearestName.suggestion(name, among: declared.identifiers, otherwise: "declare it"))
                return nil
            }
            task.location = child.location
            task.remove("Level")
            if let level = child["Level"] { task.set("Level", to: level) }
            task.children += child.children(named: "TaskDependsOnTask")
            return task
        }
        guard child.name.hasSuffix("TaskOverride") else { return TaskDeclarations.named(child, in: job) }
        let kind = String(child.name.dropLast("Override".count))
        guard let name = child["Identifier"], !name.isEmpty else { return nil }
        guard var task = declared.find(name), task.name == kind else {
            error(
                child,
                "\(child.title) of \(job.title) names no existing \(kind)"
                    + NearestName.suggestion(
                        name, among: declared.identifiers.filter { declared.find($0)?.name == kind },
                        otherwise: "declare it"))
            return nil
        }
        task.location = child.location
        task.remove("Level")
        for attribute in child.attributes { task.set(attribute.name, to: attribute.value) }
        let replaced = Set(child.children.map(\.name))
        task.children = task.children.filter { !replaced.contains($0.name) } + child.children
        return task
    }

    private mutating func checkAgent(of task: Element, in job: Element, agent: String?) {
        guard let agent else {
            if ElementTable.agentTasks.contains(task.name) {
                error(
                    task,
                    "\(task.title) runs on an agent, but \(job.title) has no Agent; give the job one")
            }
            return
        }
        if let other = task["Agent"], !other.isEmpty, other != agent {
            error(
                task,
                "\(task.title) has the Agent \"\(other)\", but \(job.title) runs on \"\(agent)\"; all tasks of a job run on "
                    + "the same agent or on the server")
        }
    }

    private mutating func checkFlagTask(in job: Element, _ tasks: [JobTask]) {
        guard let flag = job.children(named: "SetRecentlyModifiedFlagTask").first else { return }
        let synchronizations = tasks.filter { $0.element == "SynchronizeTask" }
        let keepsChanges = synchronizations.contains { task in
            if case .synchronize(_, _, true, _, _) = task.kind { return true }
            return false
        }
        if !synchronizations.isEmpty, !keepsChanges {
            notice(
                flag,
                "\(flag.title) finds no changes, since no SynchronizeTask of \(job.title) has DoNotDeleteChanges; set it"
            )
        }
    }

    /// Said once an element name, like the kept elements.
    private mutating func listSkippedTasks() {
        var found: [String: (location: SourceLocation, count: Int)] = [:]
        for element in elements {
            for task in [element] + element.children {
                guard ElementTable.declarations[task.name]?.usage == .skippedTask else { continue }
                let first = found[task.name]
                found[task.name] = (min(first?.location ?? task.location, task.location), (first?.count ?? 0) + 1)
            }
        }
        for (name, first) in found.sorted(by: { $0.key < $1.key }) {
            let times = first.count == 1 ? "once" : "\(first.count) times"
            problems.append(
                Problem(
                    .notice, at: first.location,
                    "\(name) is not executed by this version; it ends as skipped (it stands \(times) in the folder)"))
        }
    }
}
