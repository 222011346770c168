/// Why a record was set aside.
enum Rejection {
    case malformed(RecordScanner.Malformation)
    case fieldCount(found: Int, expected: Int)
    case undecodable
    case holdsNull
    case misfit(Column)
    case unknownCommand
    /// A name in `PartialColumns` that the header does not have.
    case unknownPartialColumn(String)

    /// For `.rejected.csv`; names the column, never a value of one.
    var reason: String {
        switch self {
        case .malformed(.unclosedQuote): "a quote is not closed at the end of its field"
        case .malformed(.overlongQuote): "a quote is not closed within 64 KiB of text with line breaks"
        case .malformed(.textAfterQuote): "text follows a closing quote"
        case .malformed(.overlongRecord): "the record is longer than 128 MiB"
        case .fieldCount(let found, let expected): "\(found) fields where the header has \(expected)"
        case .undecodable: "bytes that the file's encoding does not know"
        case .holdsNull: "a character U+0000"
        case .misfit(let column): "column \"\(column.source)\" is not \(column.conversion.expectation)"
        case .unknownCommand: "the command is none of insert, update, delete, merge, add, modify"
        case .unknownPartialColumn(let name):
            "\(RowPlan.partialColumns) names \"\(name)\", which is no column of the header"
        }
    }

    /// A key is readable only where the field count is right.
    var leavesKeyReadable: Bool {
        switch self {
        case .malformed, .fieldCount: false
        case .undecodable, .holdsNull, .misfit, .unknownCommand, .unknownPartialColumn: true
        }
    }
}
