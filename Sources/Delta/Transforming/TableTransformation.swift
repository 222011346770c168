/// One transformation of an exported table (REFERENCE §4).
package struct TableTransformation: Sendable, Equatable {
    package enum Operation: Sendable, Equatable {
        /// Reads `inputColumn` (else the column itself) by `datePattern` (a .NET custom date pattern; nil: the stored
        /// form or ISO 8601), adds days, and writes the stored form. Years outside `minimumYear…maximumYear` are left
        /// alone, as is what is no date.
        case date(inputColumn: String?, addedDays: Double, minimumYear: Int?, maximumYear: Int?, datePattern: String?)
        /// Keeps the rows that match.
        case keepWhere(WhereOperator, value: String)
        case concatenate(
            inputColumns: [String], separator: String, removeEmpty: Bool, removeDuplicates: Bool, sortValues: Bool)
    }

    package enum WhereOperator: String, Sendable, Equatable, CaseIterable {
        case equals = "Equals"
        case notEquals = "NotEquals"
        case startsWith = "StartsWith"
        case notStartsWith = "NotStartsWith"
        case endsWith = "EndsWith"
        case notEndsWith = "NotEndsWith"
        case contains = "Contains"
        case notContains = "NotContains"

        func accepts(_ text: String, _ value: String) -> Bool {
            let text = Array(text.utf8)
            let value = Array(value.utf8)
            switch self {
            case .equals: return text == value
            case .notEquals: return text != value
            case .startsWith: return text.starts(with: value)
            case .notStartsWith: return !text.starts(with: value)
            case .endsWith: return text.reversed().starts(with: value.reversed())
            case .notEndsWith: return !text.reversed().starts(with: value.reversed())
            case .contains: return Self.contains(text, value)
            case .notContains: return !Self.contains(text, value)
            }
        }

        private static func contains(_ text: [UInt8], _ value: [UInt8]) -> Bool {
            guard !value.isEmpty else { return true }
            guard text.count >= value.count else { return false }
            return (0...text.count - value.count).contains { text[$0..<$0 + value.count].elementsEqual(value) }
        }
    }

    /// The output column: overwritten where it exists, appended where it does not.
    package var column: String
    package var operation: Operation

    package init(column: String, operation: Operation) {
        self.column = column
        self.operation = operation
    }
}
