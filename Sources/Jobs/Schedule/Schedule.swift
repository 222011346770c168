/// When a job is due: a pure decision, from what was run and what time it is.
package struct Schedule: Sendable {
    package let cron: Cron
    package let zone: CronZone

    package init(cron: Cron, zone: CronZone = .utc) {
        self.cron = cron
        self.zone = zone
    }

    /// What to do at `now`. Moments that passed while no agent ran are made up for by one run (DESIGN §7).
    ///
    /// - Parameters: seconds since 1970 UTC.
    ///   - lastRun: when the job was last started by its schedule (or the schedule was first seen, so that a new
    ///     schedule owes nothing for the past). In the future, after the clock was set back, it counts as now.
    package func due(lastRun: Int, now: Int) -> Decision {
        guard let first = cron.next(after: min(lastRun, now), in: zone) else { return .never }
        return first <= now ? .run(missedSince: first) : .wait(until: first)
    }

    package enum Decision: Sendable, Equatable {
        /// Run once now; the moment is the first one not served since the last run.
        case run(missedSince: Int)
        case wait(until: Int)
        /// No date fits the expression.
        case never
    }
}
