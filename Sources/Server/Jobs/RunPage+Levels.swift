import API
import Foundation
import WeirConfiguration

extension RunPage.Level {
    /// The tasks of a job by level, with what is known of those that have started. Tasks without level stand alone.
    ///
    /// - Parameter showsQuarantine: whether the viewer may look at rejected rows.
    static func all(
        of job: Job?, tasks: [TaskInstance], run: JobInstance, now: Date, showsQuarantine: Bool
    ) -> [RunPage.Level] {
        var latest: [Int: TaskInstance] = [:]
        for task in tasks { latest[task.order] = task }
        var levels: [RunPage.Level] = []
        var lastLevel: Int?
        for (order, task) in (job?.tasks ?? []).enumerated() {
            let known = latest.removeValue(forKey: order).flatMap { $0.task == task.identifier ? $0 : nil }
            var shown = RunPage.TaskCard(
                title: task.displayName.isEmpty ? task.identifier : task.displayName, element: task.subtitle, known,
                run: run, now: now)
            if showsQuarantine, let connector = task.connector, known?.counters["rejected", default: 0] ?? 0 > 0 {
                shown.quarantinePath = PagePath.quarantine(connector)
            }
            if let level = task.level, level == lastLevel, !levels.isEmpty {
                levels[levels.count - 1].tasks.append(shown)
            } else {
                levels.append(RunPage.Level(title: "Step \(levels.count + 1)", tasks: [shown]))
            }
            lastLevel = task.level
        }
        // What the job had when it ran, and a deployment has since taken away.
        let gone = latest.sorted { $0.key < $1.key }.map {
            RunPage.TaskCard(title: $0.value.task, element: "no longer in the job", $0.value, run: run, now: now)
        }
        if !gone.isEmpty { levels.append(RunPage.Level(title: "Before the last deployment", tasks: gone)) }
        for index in levels.indices { levels[index].tone = tone(of: levels[index].tasks) }
        return levels
    }

    private static func tone(of tasks: [RunPage.TaskCard]) -> String {
        let tones = tasks.map(\.badge.tone)
        return ["bad", "held", "busy", "good"].first { tones.contains($0) } ?? "calm"
    }
}

extension JobTask {
    /// The element, and the connection or connector that it works on.
    fileprivate var subtitle: String {
        switch kind {
        case .export(let connection, _, _): "\(element) · \(connection)"
        case .prepareSynchronization(let connector, _, _, _): "\(element) · \(connector)"
        case .synchronize(let connector, _, _, _, _): "\(element) · \(connector)"
        case .verifySynchronization(let connector, _, _): "\(element) · \(connector)"
        case .setRecentlyModifiedFlag, .updateExpressions, .notExecuted: element
        }
    }
}

extension RunPage.TaskCard {
    init(title: String, element: String, _ task: TaskInstance?, run: JobInstance, now: Date) {
        self.title = title
        self.element = element
        badge = task.map { StateBadge($0.state) } ?? .waiting
        took = task.flatMap { task in
            task.startedAt.map { Moment.duration(from: $0, to: task.endedAt ?? now) }
        }
        remark = task?.message
        counters = (task?.counters ?? [:]).sorted { $0.key < $1.key }.map {
            RunPage.Counter(name: Self.words($0.key), value: $0.value.grouped)
        }
        isBusy = task?.state == .running
        logPath = task.map { PagePath.log($0.id, run: run.id) }
        changesPath = task.flatMap { task in
            element.hasPrefix("SynchronizeTask") ? task.session.map { PagePath.review($0) } : nil
        }
        progress = task.flatMap { task in
            guard task.state == .running, let progress = task.progress else { return nil }
            return RunPage.Progress(progress, since: task.startedAt ?? now, now: now)
        }
    }

    /// `rowsRead` is shown as `rows read`.
    private static func words(_ key: String) -> String {
        key.reduce(into: "") { text, character in
            if character.isUppercase { text += " " }
            text += character.lowercased()
        }
    }
}

extension RunPage.Progress {
    init(_ progress: API.Progress, since start: Date, now: Date) {
        phase = progress.phase
        rows = progress.rows.grouped
        total = progress.totalRows.map(\.grouped)
        let seconds = now.timeIntervalSince(start)
        let perSecond = seconds >= 1 && progress.rows > 0 ? Double(progress.rows) / seconds : nil
        rate = perSecond.map { Int($0.rounded()).grouped }
        percent = progress.totalRows.flatMap { $0 > 0 ? min(100, progress.rows * 100 / $0) : nil }
        left = perSecond.flatMap { perSecond in
            guard let total = progress.totalRows, total > progress.rows, perSecond > 0 else { return nil }
            let seconds = Double(total - progress.rows) / perSecond
            return Moment.duration(from: now, to: now.addingTimeInterval(seconds))
        }
    }
}
