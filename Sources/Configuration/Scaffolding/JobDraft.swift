/// A job that a scaffolding is about to generate: its tasks in launch order, with levels.
struct JobDraft {
    var tasks: [Element] = []
    private(set) var problems: [Problem] = []

    /// Adds a task of the job; DisplayName_L1 and Level as given.
    mutating func add(
        _ kind: String, _ identifier: String, _ displayName: String, level: Int,
        _ attributes: [Element.Attribute] = [], dependsOn parents: [String] = [], entityTypes: [String] = []
    ) {
        tasks.append(
            Element(
                kind,
                [
                    Element.Attribute("Identifier", identifier), Element.Attribute("DisplayName_L1", displayName),
                    Element.Attribute("Level", String(level)),
                ] + attributes,
                children: parents.map { Element("TaskDependsOnTask", [Element.Attribute("ParentTask", $0)]) }
                    + entityTypes.map { Element("TaskEntityType", [Element.Attribute("EntityType", $0)]) }))
    }

    /// `AddTask`: calls an existing task in a level of its own, before or after one of the job's.
    mutating func carryOut(addTask: Element) {
        let task = addTask["Task"] ?? ""
        let name = addTask["TaskToCompareWith"] ?? ""
        func isTrue(_ attribute: String) -> Bool {
            addTask[attribute].flatMap { ValueType.bool.canonical($0) } == "true"
        }
        guard isTrue("After") != isTrue("Before") else {
            report(addTask, "AddTask \"\(task)\" must have either After or Before; set one of them to true")
            return
        }
        guard let index = find(name, occurrence: addTask["Occurence"], addTask) else { return }
        let level = (tasks[index]["Level"].flatMap { Int($0) } ?? 0) + (isTrue("After") ? 1 : 0)
        for other in tasks.indices {
            guard let current = tasks[other]["Level"].flatMap({ Int($0) }), current >= level else { continue }
            tasks[other].set("Level", to: String(current + 1))
        }
        let step = Element(
            "Step", [Element.Attribute("Identifier", task), Element.Attribute("Level", String(level))])
        let place = tasks.firstIndex { ($0["Level"].flatMap { Int($0) } ?? 0) > level } ?? tasks.endIndex
        tasks.insert(step, at: place)
    }

    /// `LinkDependTask`: one more parent for a task of the job.
    mutating func carryOut(linkDependTask link: Element) {
        guard let child = find(link["Task"] ?? "", occurrence: link["ChildOccurence"], link),
            let parent = find(link["DependOn"] ?? "", occurrence: link["ParentOccurence"], link)
        else { return }
        let name = tasks[parent]["Identifier"] ?? ""
        let dependency = Element("TaskDependsOnTask", [Element.Attribute("ParentTask", name)])
        guard !tasks[child].children.contains(where: { $0["ParentTask"] == name }) else { return }
        let place =
            tasks[child].children.firstIndex { $0.name != "TaskDependsOnTask" } ?? tasks[child].children.endIndex
        tasks[child].children.insert(dependency, at: place)
    }

    /// The task of that identifier; else those whose identifier contains the text, the n-th of them, counted from 0.
    private mutating func find(_ name: String, occurrence: String?, _ element: Element) -> Int? {
        let exact = tasks.indices.filter { tasks[$0]["Identifier"] == name }
        let found =
            exact.isEmpty ? tasks.indices.filter { tasks[$0]["Identifier"]?.contains(name) == true } : exact
        let number = occurrence.flatMap { Int($0) } ?? 0
        guard !name.isEmpty, found.indices.contains(number) else {
            let identifiers = tasks.compactMap { $0["Identifier"] }
            report(
                element,
                found.isEmpty
                    ? "\(element.name) names the task \"\(name)\", which the scaffolding does not generate"
                        + NearestName.suggestion(
                            name, among: identifiers, otherwise: "name one of the generated job's tasks")
                    : "\(element.name) names occurrence \(number) of \"\(name)\", but there are \(found.count), "
                        + "counted from 0")
            return nil
        }
        return found[number]
    }

    private mutating func report(_ element: Element, _ message: String) {
        problems.append(Problem(.error, at: element.location, message))
    }
}
