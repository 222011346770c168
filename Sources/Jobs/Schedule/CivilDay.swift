/// A day of the proleptic Gregorian calendar, from its number since 1970-01-01 (H. Hinnant's algorithm).
struct CivilDay: Equatable {
    let month: Int
    let day: Int
    /// 0 is Sunday.
    let weekday: Int

    init(number: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        // 1970-01-01 was a Thursday.
        weekday = ((number % 7) + 11) % 7
    }
}
