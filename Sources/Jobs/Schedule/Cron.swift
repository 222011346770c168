/// A `CronTabExpression`: 5 fields (minutes, hours, day of month, month, day of week) or 6 with seconds first
/// (REFERENCE §5).
///
/// Fields hold `*` (or `?`, which is the same), values, lists `a,b`, ranges `a-b`, steps `*/n`, `a-b/n` and `a/n`
/// (from a on), names of months and days in any case; 0 and 7 are Sunday. As in classic cron a day matches when *either* day field does, if both are
/// restricted; a field that begins with `*` is not, and then both must match.
///
/// Where clocks change, an expression for stated hours fires once for each wall-clock time: a time that is left out
/// fires at the moment of the change, one that comes twice fires the first time. An expression for every hour
/// (`*` or all 24) follows elapsed time instead: it fires in both repeated hours and owes nothing for a missing one.
package struct Cron: Sendable, Equatable, CustomStringConvertible {
    package let description: String
    private let second: CronField
    private let minute: CronField
    private let hour: CronField
    private let dayOfMonth: CronField
    private let month: CronField
    private let dayOfWeek: CronField
    private let isEveryHour: Bool

    package init(_ expression: String) throws(CronError) {
        description = expression
        var fields = expression.split(whereSeparator: \.isWhitespace)
        if fields.count == 5 { fields.insert("0", at: 0) }
        guard fields.count == 6 else {
            throw CronError(
                expression: expression, field: nil, text: "",
                problem: "has \(fields.count) fields; write minutes, hours, day of month, month and day of week, "
                    + "with seconds before them if wanted")
        }
        second = try CronField(fields[0], kind: .second, expression: expression)
        minute = try CronField(fields[1], kind: .minute, expression: expression)
        hour = try CronField(fields[2], kind: .hour, expression: expression)
        dayOfMonth = try CronField(fields[3], kind: .dayOfMonth, expression: expression)
        month = try CronField(fields[4], kind: .month, expression: expression)
        dayOfWeek = try CronField(fields[5], kind: .dayOfWeek, expression: expression)
        isEveryHour = hour.containsAll(of: 0...23)
    }

    /// The first moment after `instant`, both in seconds since 1970 UTC; nil when there is none (`30 February`).
    package func next(after instant: Int, in zone: CronZone = .utc) -> Int? {
        var now = instant
        var offset = zone.offset(now)
        var wall = max(now + offset + 1, endOfRepeat(before: now, offset: offset, in: zone))
        while let match = nextWallTime(from: wall) {
            let end = min(match - offset, now + Self.window)
            guard let change = zone.firstChange(after: now, through: end, from: offset) else {
                if end == match - offset { return end }
                now = end
                continue
            }
            if match - offset < change { return match - offset }
            let newOffset = zone.offset(change)
            if newOffset > offset {
                if !isEveryHour, match < change + newOffset { return change }
                wall = change + newOffset
            } else {
                wall = isEveryHour ? change + newOffset : max(wall, change + offset)
            }
            now = change
            offset = newOffset
        }
        return nil
    }

    /// No zone changes its clock twice within this many seconds.
    private static let window = 14 * 86_400

    /// The longest wait between two matches: 29 February over a century that is no leap year.
    private static let horizonInDays = 9 * 366

    /// The wall time up to which everything has fired already, when `now` lies in the second pass of a repeated hour.
    private func endOfRepeat(before now: Int, offset: Int, in zone: CronZone) -> Int {
        let earlier = now - 6 * 3600
        let former = zone.offset(earlier)
        guard !isEveryHour, former > offset,
            let change = zone.firstChange(after: earlier, through: now, from: former)
        else { return Int.min }
        return change + former
    }

    /// The first matching wall-clock second from `start` on, as if wall-clock time were UTC.
    private func nextWallTime(from start: Int) -> Int? {
        let firstDay = (start >= 0 ? start : start - 86_399) / 86_400
        for number in firstDay...(firstDay + Self.horizonInDays) {
            guard matches(CivilDay(number: number)) else { continue }
            let from = number == firstDay ? start - firstDay * 86_400 : 0
            if let time = nextTime(from: from) { return number * 86_400 + time }
        }
        return nil
    }

    private func matches(_ day: CivilDay) -> Bool {
        guard month.contains(day.month) else { return false }
        let byDate = dayOfMonth.contains(day.day)
        let byWeekday = dayOfWeek.contains(day.weekday)
        let bothAreRestricted = !dayOfMonth.startsWithStar && !dayOfWeek.startsWithStar
        return bothAreRestricted ? byDate || byWeekday : byDate && byWeekday
    }

    /// The first matching second of a day from `start` (0 to 86,399) on.
    private func nextTime(from start: Int) -> Int? {
        let (fromHour, fromMinute, fromSecond) = (start / 3600, start / 60 % 60, start % 60)
        guard let firstMinute = minute.next(from: 0), let firstSecond = second.next(from: 0) else { return nil }
        if hour.contains(fromHour) {
            if minute.contains(fromMinute), let match = second.next(from: fromSecond) {
                return fromHour * 3600 + fromMinute * 60 + match
            }
            if let match = minute.next(from: fromMinute + 1) {
                return fromHour * 3600 + match * 60 + firstSecond
            }
        }
        return hour.next(from: fromHour + 1).map { $0 * 3600 + firstMinute * 60 + firstSecond }
    }
}

extension CronZone {
    /// The first instant in `after + 1 … through` at which the offset is no longer `former`; the span holds at most
    /// one change.
    fileprivate func firstChange(after: Int, through: Int, from former: Int) -> Int? {
        guard through > after, offset(through) != former else { return nil }
        var (before, changed) = (after, through)
        while changed - before > 1 {
            let middle = before + (changed - before) / 2
            if offset(middle) == former { before = middle } else { changed = middle }
        }
        return changed
    }
}
