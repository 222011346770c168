/// Brings a job's tasks into launch order and checks what they wait for.
struct JobTaskOrder {
    let job: String
    private(set) var problems: [Problem] = []

    init(job: String) {
        self.job = job
    }

    /// By level, then document order; tasks without level come first. A task that is called again gets a number, and
    /// whoever waits for an element that stands for several tasks waits for all of them.
    mutating func order(_ entries: [(element: Element, tasks: [JobTask])]) -> [JobTask] {
        var expansions: [String: [String]] = [:]
        var used: Set<String> = []
        var tasks: [(element: Element, task: JobTask)] = []
        for entry in entries {
            var identifiers: [String] = []
            for task in entry.tasks {
                var task = task
                var number = 2
                while !used.insert(task.identifier).inserted {
                    task.identifier = (identifiers.last ?? entry.tasks[0].identifier) + "_\(number)"
                    number += 1
                }
                identifiers.append(task.identifier)
                tasks.append((entry.element, task))
            }
            let name = entry.element["Identifier"] ?? ""
            expansions[name] = expansions[name] ?? identifiers
        }
        for index in tasks.indices {
            let element = tasks[index].element
            tasks[index].task.parents = tasks[index].task.parents.flatMap { parent -> [String] in
                if let found = expansions[parent] { return found }
                report(
                    element,
                    "\(element.title) depends on the task \"\(parent)\", which is not in \(job)"
                        + NearestName.suggestion(
                            parent, among: expansions.keys.sorted(), otherwise: "add it, or remove the dependency"))
                return []
            }
        }
        let ordered = tasks.enumerated().sorted { left, right in
            (left.element.task.level ?? -1, left.offset) < (right.element.task.level ?? -1, right.offset)
        }.map(\.element)
        checkOrder(ordered)
        return ordered.map(\.task)
    }

    private mutating func checkOrder(_ tasks: [(element: Element, task: JobTask)]) {
        if let cycle = Self.cycle(tasks.map(\.task)),
            let first = tasks.first(where: { cycle.contains($0.task.identifier) })
        {
            report(
                first.element,
                "\(first.element.title) of \(job) waits for itself: \(cycle.joined(separator: " → ")); remove one "
                    + "TaskDependsOnTask")
            return
        }
        let places = Dictionary(
            tasks.enumerated().map { ($0.element.task.identifier, $0.offset) }, uniquingKeysWith: { first, _ in first })
        for (place, entry) in tasks.enumerated() {
            for parent in entry.task.parents {
                guard let parentPlace = places[parent] else { continue }
                let level = tasks[parentPlace].task.level
                let startsTogether = level != nil && level == entry.task.level
                guard parentPlace > place || startsTogether else { continue }
                report(
                    entry.element,
                    "\(entry.element.title) of \(job) depends on the task \"\(parent)\", which starts "
                        + (startsTogether ? "together with it" : "after it") + "; give the parent a lower Level")
            }
        }
    }

    /// The identifiers along a cycle, the first one again at the end, or nil.
    private static func cycle(_ tasks: [JobTask]) -> [String]? {
        let parents = Dictionary(tasks.map { ($0.identifier, $0.parents) }, uniquingKeysWith: { first, _ in first })
        var done: Set<String> = []
        for start in tasks.map(\.identifier) where !done.contains(start) {
            var path: [(name: String, next: Int)] = [(start, 0)]
            while let last = path.last {
                let waitsFor = parents[last.name] ?? []
                guard last.next < waitsFor.count else {
                    done.insert(last.name)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let parent = waitsFor[last.next]
                if let begin = path.firstIndex(where: { $0.name == parent }) {
                    return path[begin...].map(\.name) + [parent]
                }
                if !done.contains(parent) { path.append((parent, 0)) }
            }
        }
        return nil
    }

    private mutating func report(_ element: Element, _ message: String) {
        problems.append(Problem(.error, at: element.location, message))
    }
}
