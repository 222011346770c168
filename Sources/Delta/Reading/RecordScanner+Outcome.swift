extension RecordScanner {
    enum Malformation: Equatable {
        /// A quoted field reaches the end of the file; or it has line breaks, and what looks like its end is none.
        case unclosedQuote
        /// A quoted field holds more than 64 KiB of text with line breaks.
        case overlongQuote
        /// Something other than a separator or a line end follows a closing quote.
        case textAfterQuote
        /// The record is longer than `longestRecord`.
        case overlongRecord
    }

    enum Outcome: Equatable {
        case record
        /// From the record's first byte to its first line end; `next` goes on behind that.
        case malformed(Malformation)
        /// Only where blank lines are reported.
        case blank
        case end
    }
}
