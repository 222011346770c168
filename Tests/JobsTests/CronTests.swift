import Foundation
import Testing

@testable import Jobs

@Suite struct CronTests {
    private static func instant(_ text: String) throws -> Int {
        Int(try Date(text, strategy: .iso8601).timeIntervalSince1970)
    }

    private static func text(_ instant: Int?) -> String? {
        instant.map { Date(timeIntervalSince1970: Double($0)).formatted(.iso8601) }
    }

    private static func zone(_ name: String) throws -> CronZone {
        let zone = try #require(TimeZone(identifier: name))
        return CronZone { zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0))) }
    }

    @Test(arguments: [
        ("* * * * *", "2026-03-04T05:06:07Z", "2026-03-04T05:07:00Z"),
        ("* * * * *", "2026-03-04T05:07:00Z", "2026-03-04T05:08:00Z"),
        ("0 5 * * *", "2026-03-04T05:00:00Z", "2026-03-05T05:00:00Z"),
        ("30 4 1 * *", "2026-12-01T04:30:00Z", "2027-01-01T04:30:00Z"),
        ("*/15 * * * *", "2026-03-04T23:59:00Z", "2026-03-05T00:00:00Z"),
        ("5/20 * * * *", "2026-03-04T10:25:00Z", "2026-03-04T10:45:00Z"),
        ("0 8-18/2 * * *", "2026-03-04T18:00:00Z", "2026-03-05T08:00:00Z"),
        ("0,30 6,22 * * *", "2026-03-04T06:30:00Z", "2026-03-04T22:00:00Z"),
        ("*/10 * * * * *", "2026-03-04T05:06:07Z", "2026-03-04T05:06:10Z"),
        ("15 30 6 * * *", "2026-03-04T06:30:15Z", "2026-03-05T06:30:15Z"),
        ("0 0 * jan,Jul *", "2026-02-01T00:00:00Z", "2026-07-01T00:00:00Z"),
        ("0 0 * * mon", "2026-03-04T00:00:00Z", "2026-03-09T00:00:00Z"),
        ("0 0 * * 7", "2026-03-04T00:00:00Z", "2026-03-08T00:00:00Z"),
        ("0 0 * * FRI-SUN", "2026-03-07T00:00:00Z", "2026-03-08T00:00:00Z"),
        ("0 0 * * SUN-TUE", "2026-03-04T00:00:00Z", "2026-03-08T00:00:00Z"),
        ("0 0 * * 5-7", "2026-03-08T00:00:00Z", "2026-03-13T00:00:00Z"),
        ("0 0 0 ? * SUN", "2026-03-04T00:00:00Z", "2026-03-08T00:00:00Z"),
        ("0 0 29 2 *", "2026-03-01T00:00:00Z", "2028-02-29T00:00:00Z"),
        ("0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z"),
        ("0 0 31 * *", "2026-01-31T00:00:00Z", "2026-03-31T00:00:00Z"),
    ])
    func `the next moment in UTC`(expression: String, after: String, next: String) throws {
        #expect(Self.text(try Cron(expression).next(after: Self.instant(after))) == next)
    }

    @Test func `when both day fields are restricted, either is enough`() throws {
        let cron = try Cron("0 0 13 * FRI")
        #expect(Self.text(cron.next(after: try Self.instant("2026-03-09T00:00:00Z"))) == "2026-03-13T00:00:00Z")
        #expect(Self.text(cron.next(after: try Self.instant("2026-03-13T00:00:00Z"))) == "2026-03-20T00:00:00Z")
        #expect(Self.text(cron.next(after: try Self.instant("2026-04-10T00:00:00Z"))) == "2026-04-13T00:00:00Z")
    }

    @Test func `a day field that begins with a star must match too`() throws {
        let cron = try Cron("0 0 */2 * MON")
        #expect(Self.text(cron.next(after: try Self.instant("2026-03-01T00:00:00Z"))) == "2026-03-09T00:00:00Z")
    }

    @Test(arguments: ["0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 30-31 feb *"])
    func `a date that never comes gives none`(expression: String) throws {
        #expect(try Cron(expression).next(after: Self.instant("2026-01-01T00:00:00Z")) == nil)
    }

    @Test(arguments: [
        // Clocks in Paris went from 02:00 to 03:00 on 2026-03-29, at 01:00 UTC, and from 03:00 to 02:00 on 2026-10-25.
        ("30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),
        ("30 2 * * *", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"),
        ("0 3 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),
        ("0 2,3 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),
        ("0 2,3 * * *", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"),
        ("*/30 * * * *", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z"),
        ("30 * * * *", "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"),
        ("30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"),
        ("30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
        ("30 2 * * *", "2026-10-25T01:10:00Z", "2026-10-26T01:30:00Z"),
        ("0 3 * * *", "2026-10-25T00:30:00Z", "2026-10-25T02:00:00Z"),
        ("0,30 2 * * *", "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z"),
        ("30 * * * *", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
        ("30 0-23 * * *", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
        ("0 12 * * *", "2026-07-01T00:00:00Z", "2026-07-01T10:00:00Z"),
        ("0 12 1 1 *", "2026-07-01T00:00:00Z", "2027-01-01T11:00:00Z"),
    ])
    func `the next moment in Paris, where clocks change`(expression: String, after: String, next: String) throws {
        let cron = try Cron(expression)
        #expect(Self.text(cron.next(after: try Self.instant(after), in: try Self.zone("Europe/Paris"))) == next)
    }

    /// Where clocks do not change, a search minute by minute finds the same.
    @Test(arguments: 0..<40)
    func `a random expression fires when a minute by minute search says so`(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        func field(_ range: ClosedRange<Int>) -> String {
            switch Int.random(in: 0...4, using: &random) {
            case 0: return "\(Int.random(in: range, using: &random))"
            case 1:
                let first = Int.random(in: range, using: &random)
                return "\(first)-\(Int.random(in: first...range.upperBound, using: &random))"
            case 2: return "*/\(Int.random(in: 1...7, using: &random))"
            default: return "*"
            }
        }
        let fields = [field(0...59), field(0...23), field(1...28), field(1...12), field(0...6)]
        let expression = fields.joined(separator: " ")
        let cron = try Cron(expression)
        let kinds: [CronField.Kind] = [.minute, .hour, .dayOfMonth, .month, .dayOfWeek]
        let parsed = try zip(fields, kinds).map { try CronField($0[...], kind: $1, expression: "") }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let start = try Self.instant("2026-01-15T10:20:30Z") + Int.random(in: 0...20_000_000, using: &random)
        let found = cron.next(after: start)
        var minute = start / 60 * 60 + 60
        let limit = min(found ?? .max, start + 20 * 86_400)
        while minute <= limit {
            let parts = calendar.dateComponents(
                [.minute, .hour, .day, .month, .weekday], from: Date(timeIntervalSince1970: Double(minute)))
            let values = [parts.minute, parts.hour, parts.day, parts.month, parts.weekday.map { $0 - 1 }].map {
                $0 ?? -1
            }
            let matches = zip(parsed, values).map { $0.contains($1) }
            let byDay =
                fields[2].first == "*" || fields[4].first == "*"
                ? matches[2] && matches[4] : matches[2] || matches[4]
            if matches[0], matches[1], matches[3], byDay { break }
            minute += 60
        }
        if minute <= limit { #expect(found == minute, "\(expression)") }
        if let found, found <= limit { #expect(found == minute, "\(expression)") }
    }

    @Test(arguments: [
        (
            "",
            "CronTabExpression \"\": has 0 fields; write minutes, hours, day of month, month and day of week, with seconds before them if wanted"
        ),
        (
            "* * *",
            "CronTabExpression \"* * *\": has 3 fields; write minutes, hours, day of month, month and day of week, with seconds before them if wanted"
        ),
        ("60 * * * *", "CronTabExpression \"60 * * * *\": minutes \"60\": allowed are 0 to 59"),
        ("0 24 * * *", "CronTabExpression \"0 24 * * *\": hours \"24\": allowed are 0 to 23"),
        ("0 0 0 * *", "CronTabExpression \"0 0 0 * *\": day of month \"0\": allowed are 1 to 31"),
        ("0 0 * Foo *", "CronTabExpression \"0 0 * Foo *\": month \"Foo\": allowed are 1 to 12 and JAN to DEC"),
        (
            "0 0 * * 8",
            "CronTabExpression \"0 0 * * 8\": day of week \"8\": allowed are 0 to 7 (0 and 7 are Sunday) and SUN to SAT"
        ),
        ("0 22-2 * * *", "CronTabExpression \"0 22-2 * * *\": hours \"22-2\": a range goes upwards; write 22-23,0-2"),
        ("*/0 * * * *", "CronTabExpression \"*/0 * * * *\": minutes \"*/0\": the step after / must be a number from 1"),
        (
            "1,,2 * * * *",
            "CronTabExpression \"1,,2 * * * *\": minutes \"1,,2\": write values, ranges a-b, steps /n or *, with commas between them"
        ),
        ("+1 * * * *", "CronTabExpression \"+1 * * * *\": minutes \"+1\": allowed are 0 to 59"),
        (
            "0 0 0 0 0 0 0",
            "CronTabExpression \"0 0 0 0 0 0 0\": has 7 fields; write minutes, hours, day of month, month and day of week, with seconds before them if wanted"
        ),
    ])
    func `an expression that cannot be read says where and what to write`(expression: String, message: String) {
        let error = #expect(throws: CronError.self) { try Cron(expression) }
        #expect(error?.description == message)
    }

    @Test(arguments: [
        ("2026-03-04T06:00:00Z", "2026-03-04T07:59:59Z", Schedule.Decision.wait(until: 1_772_611_200)),
        ("2026-03-04T06:00:00Z", "2026-03-04T08:00:00Z", .run(missedSince: 1_772_611_200)),
        // Five mornings passed while no agent ran: one run.
        ("2026-03-04T06:00:00Z", "2026-03-09T09:00:00Z", .run(missedSince: 1_772_611_200)),
        ("2026-03-09T09:00:00Z", "2026-03-09T09:00:00Z", .wait(until: 1_773_129_600)),
        // The clock was set back after the last run.
        ("2030-01-01T00:00:00Z", "2026-03-04T07:00:00Z", .wait(until: 1_772_611_200)),
    ])
    func `missed moments are made up for once`(lastRun: String, now: String, decision: Schedule.Decision) throws {
        let schedule = Schedule(cron: try Cron("0 8 * * *"))
        #expect(try schedule.due(lastRun: Self.instant(lastRun), now: Self.instant(now)) == decision)
    }

    @Test func `a schedule without a date is never due`() throws {
        #expect(Schedule(cron: try Cron("0 0 30 2 *")).due(lastRun: 0, now: 1_772_611_200) == .never)
    }

    @Test func `the calendar agrees with Foundation's over five centuries`() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        for number in stride(from: -80_000, through: 120_000, by: 97) {
            let parts = calendar.dateComponents(
                [.day, .month, .weekday], from: Date(timeIntervalSince1970: Double(number) * 86_400))
            let day = CivilDay(number: number)
            #expect([parts.month, parts.day, parts.weekday] == [day.month, day.day, day.weekday + 1])
        }
    }
}
