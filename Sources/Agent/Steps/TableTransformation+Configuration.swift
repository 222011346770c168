import Delta
import WeirConfiguration

extension TableTransformation {
    /// The configured transformation as the delta engine's value.
    init(_ transformation: Transformation) {
        self.init(column: transformation.column, operation: Operation(transformation.operation))
    }
}

extension TableTransformation.Operation {
    fileprivate init(_ operation: Transformation.Operation) {
        switch operation {
        case .date(let inputColumn, let addedDays, let minimumYear, let maximumYear, let datePattern):
            self = .date(
                inputColumn: inputColumn, addedDays: addedDays, minimumYear: minimumYear, maximumYear: maximumYear,
                datePattern: datePattern)
        case .keepWhere(let operation, let value):
            self = .keepWhere(TableTransformation.WhereOperator(operation), value: value)
        case .concatenate(let inputColumns, let separator, let removeEmpty, let removeDuplicates, let sortValues):
            self = .concatenate(
                inputColumns: inputColumns, separator: separator, removeEmpty: removeEmpty,
                removeDuplicates: removeDuplicates, sortValues: sortValues)
        }
    }
}

extension TableTransformation.WhereOperator {
    fileprivate init(_ operation: Transformation.WhereOperator) {
        switch operation {
        case .equals: self = .equals
        case .notEquals: self = .notEquals
        case .startsWith: self = .startsWith
        case .notStartsWith: self = .notStartsWith
        case .endsWith: self = .endsWith
        case .notEndsWith: self = .notEndsWith
        case .contains: self = .contains
        case .notContains: self = .notContains
        }
    }
}
