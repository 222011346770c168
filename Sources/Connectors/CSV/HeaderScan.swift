/// A look at the beginning of a CSV file in UTF-8 with commas: whether its header names every column, and whether
/// anything follows it. Judges nothing: what is malformed is prepare's matter.
struct HeaderScan {
    /// False where the first record was not seen to its end.
    private(set) var isComplete = false
    private(set) var hasUnnamedColumn = false
    /// A record, or the beginning of one, that is no blank line.
    private(set) var hasHeader = false
    /// Something that is no blank line follows the header.
    private(set) var hasRows = false

    private var isQuoted = false
    private var fieldLength = 0

    /// Takes the next bytes, in the order of the file; true when nothing more is to be learned.
    mutating func take(_ bytes: some Sequence<UInt8>) -> Bool {
        for byte in bytes {
            if isComplete {
                guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else {
                    hasRows = true
                    return true
                }
            } else {
                takeHeader(byte)
            }
        }
        return false
    }

    /// The file has ended.
    mutating func finish() {
        if hasHeader, !isComplete, !isQuoted { endRecord() }
    }

    private mutating func takeHeader(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""):
            isQuoted.toggle()
            hasHeader = true
        case UInt8(ascii: ",") where !isQuoted:
            hasHeader = true
            endField()
        case UInt8(ascii: "\r") where !isQuoted:
            break
        case UInt8(ascii: "\n") where !isQuoted:
            if hasHeader { endRecord() }
        default:
            hasHeader = true
            fieldLength += 1
        }
    }

    private mutating func endField() {
        if fieldLength == 0 { hasUnnamedColumn = true }
        fieldLength = 0
    }

    private mutating func endRecord() {
        endField()
        isComplete = true
    }
}
