import API
import Agent
import Jobs
import Synchronization

/// Shows a run: a bar that moves on a terminal, lines otherwise.
final class RunPrinter: Sendable {
    private let isTerminal = Console.isTerminal
    private let hasBar = Mutex(false)

    func show(_ event: RunEvent) {
        switch event {
        case .waiting(let text): line("Waiting: \(text)")
        case .started(let job, let instance, let continues):
            line("Job \(job) \(continues ? "goes on" : "started") (instance \(instance))")
        case .task(let id, let order, let state, let message):
            let detail = message.map { ": \($0)" } ?? ""
            line("\(String(order).leftPadded(to: 3)) \(state.rawValue.padded(to: 12)) \(id)\(detail)")
        case .progress(let task, let progress): bar(task, progress)
        case .line(_, let text): line("      \(text)")
        case .interrupted(let job): line("Job \(job) interrupted; run it again, it goes on where it was")
        }
    }

    func end(_ result: RunResult, job: String) {
        if !result.planned.isEmpty { return plan(result, job: job) }
        line("Job \(result.outcome.rawValue)")
        if let message = result.message, result.outcome.exitCode != 0 { Console.error(message) }
        if result.outcome == .blocked {
            Console.error(
                """
                What is held was not applied. Look at it with weir changes --job \(job), then approve exactly that with \
                weir invoke-job -j \(job) -r, and its hash where several wait; or reject it with weir reject, mend the \
                source, and run the job again.
                """)
        }
    }

    /// A simulation: what it would change, how to look at it, and how to have exactly that applied.
    private func plan(_ result: RunResult, job: String) {
        line("Job simulated: nothing was changed")
        if let message = result.message { Console.error(message) }
        for session in result.planned {
            line("")
            line("Connector \(session.connector)")
            for text in session.summary { line("  \(text)") }
            if session.counters.values.allSatisfy({ $0.total == 0 }) { line("  nothing would change") }
            line("  change set \(session.changeSet ?? "")")
            line("  look:    weir changes --session \(session.id)")
            line("  approve: weir invoke-job -j \(job) -r \(session.changeSet ?? "")")
            line("  reject:  weir reject --session \(session.id) --reason \"…\"")
        }
    }

    private func line(_ text: String) {
        clearBar()
        Console.line(text)
    }

    private func bar(_ task: String, _ progress: API.Progress) {
        guard isTerminal else {
            Console.line(
                "      \(progress.phase): \(progress.rows)\(progress.totalRows.map { " of \($0)" } ?? "") rows")
            return
        }
        var text = "      \(progress.phase) \(progress.rows) rows"
        if let total = progress.totalRows, total > 0 {
            let filled = min(30, progress.rows * 30 / total)
            text = "      [\(String(repeating: "█", count: filled))\(String(repeating: "·", count: 30 - filled))] "
            text += "\(min(100, progress.rows * 100 / total)) % \(progress.phase)"
        }
        hasBar.withLock { $0 = true }
        Console.redraw(text)
    }

    private func clearBar() {
        let wasDrawn = hasBar.withLock { drawn in
            defer { drawn = false }
            return drawn
        }
        if wasDrawn { Console.redraw("") }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    fileprivate func leftPadded(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
