/// A cron expression that cannot be read: which field, and what it may hold.
package struct CronError: Error, Equatable, CustomStringConvertible {
    package let expression: String
    /// nil: the expression as a whole.
    package let field: String?
    package let text: String
    package let problem: String

    package var description: String {
        let place = field.map { "\($0) \"\(text)\": " } ?? ""
        return "CronTabExpression \"\(expression)\": \(place)\(problem)"
    }
}
