/// The task elements of a configuration, wherever they stand, by identifier.
struct TaskDeclarations {
    private var byIdentifier: [String: Element] = [:]
    /// Second declarations inside jobs, with the first; top-level ones are found with the other identifiers.
    private(set) var duplicates: [(Element, Element)] = []

    init(_ elements: [Element]) {
        for element in elements where ElementTable.declaration(of: element.name)?.isTask == true {
            if let identifier = element["Identifier"], byIdentifier[identifier] == nil {
                byIdentifier[identifier] = element
            }
        }
        for job in elements where job.name == "Job" {
            for child in job.children where ElementTable.declarations[child.name]?.isTask == true {
                let task = Self.named(child, in: job)
                guard let identifier = task["Identifier"] else { continue }
                if let first = byIdentifier[identifier] {
                    duplicates.append((task, first))
                } else {
                    byIdentifier[identifier] = task
                }
            }
        }
    }

    var identifiers: [String] { byIdentifier.keys.sorted() }

    func find(_ identifier: String) -> Element? { byIdentifier[identifier] }

    /// A task without Identifier is named after its job and its place among the tasks of its kind there.
    static func named(_ task: Element, in job: Element) -> Element {
        guard (task["Identifier"] ?? "").isEmpty else { return task }
        let siblings = job.children.filter { $0.name == task.name && ($0["Identifier"] ?? "").isEmpty }
        let number = (siblings.firstIndex { $0 == task } ?? 0) + 1
        var task = task
        task.set("Identifier", to: "\(job["Identifier"] ?? "")_\(task.name)\(number)")
        return task
    }
}
