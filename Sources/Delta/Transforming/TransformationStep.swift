import Glibc

/// A transformation bound to the places of its columns.
struct TransformationStep {
    private enum Action {
        case date(input: Int, addedSeconds: Int, years: ClosedRange<Int>, pattern: DatePattern?)
        case keepWhere(TableTransformation.WhereOperator, String)
        case concatenate(
            inputs: [Int], separator: String, removeEmpty: Bool, removeDuplicates: Bool, sortValues: Bool)
    }

    private let column: Int
    private let action: Action

    /// Appends the output column to `names` where it is new.
    init(_ transformation: TableTransformation, names: inout [String], path: String) throws(DeltaError) {
        let header = Header(names: names)
        switch transformation.operation {
        case .date(let inputColumn, let addedDays, let minimumYear, let maximumYear, let datePattern):
            let pattern = datePattern.flatMap { DatePattern($0) }
            if let datePattern, pattern == nil {
                throw DeltaError(
                    .requestInvalid, path: path,
                    "the date pattern \"\(datePattern)\" of column \"\(transformation.column)\" is not understood; "
                        + "use yyyy, MM, dd, HH, mm, ss, fff, tt, zzz and text in quotes")
            }
            let least = minimumYear ?? 1
            action = .date(
                input: try header.index(of: inputColumn ?? transformation.column, path: path),
                addedSeconds: Int((addedDays * 86_400).rounded()), years: least...max(maximumYear ?? 9999, least),
                pattern: pattern)
        case .keepWhere(let comparison, let value):
            column = try header.index(of: transformation.column, path: path)
            action = .keepWhere(comparison, value)
            return
        case .concatenate(let inputColumns, let separator, let removeEmpty, let removeDuplicates, let sortValues):
            var inputs: [Int] = []
            for input in inputColumns { inputs.append(try header.index(of: input, path: path)) }
            action = .concatenate(
                inputs: inputs, separator: separator, removeEmpty: removeEmpty, removeDuplicates: removeDuplicates,
                sortValues: sortValues)
        }
        if let place = names.firstIndex(of: transformation.column) {
            column = place
        } else {
            column = names.count
            names.append(transformation.column)
        }
    }

    /// False: the row is left out.
    func apply(to values: inout TransformedRow) -> Bool {
        switch action {
        case .date(let input, let addedSeconds, let years, let pattern):
            values[column] = date(values[input], addedSeconds, years, pattern)
        case .keepWhere(let comparison, let value):
            return comparison.accepts(values[column], value)
        case .concatenate(let inputs, let separator, let removeEmpty, let removeDuplicates, let sortValues):
            var parts: [String] = []
            for input in inputs { parts.append(values[input]) }
            if removeEmpty { parts.removeAll(where: \.isEmpty) }
            if sortValues { parts.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
            if removeDuplicates {
                parts = parts.reduce(into: []) { kept, part in
                    if kept.last.map({ Array($0.utf8) }) != Array(part.utf8) { kept.append(part) }
                }
            }
            values[column] = parts.joined(separator: separator)
        }
        return true
    }

    private func date(
        _ text: String, _ addedSeconds: Int, _ years: ClosedRange<Int>, _ pattern: DatePattern?
    ) -> String {
        guard !text.isEmpty else { return text }
        let read = pattern.map { $0.timestamp(text) } ?? Array(text.utf8).withUnsafeBufferPointer { Timestamp($0) }
        guard let read, years.contains(read.calendar.year) else { return text }
        let moved = Timestamp(seconds: read.seconds + addedSeconds)
        guard (1...9999).contains(moved.calendar.year) else { return text }
        var buffer = ByteBuffer(capacity: 16)
        moved.append(to: &buffer)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }
}
