/// The places of a canonical row's fields, quotes included.
enum CanonicalFields {
    /// - Parameter count: with the line end.
    static func split(_ text: UnsafePointer<UInt8>, _ count: Int) -> [Range<Int>] {
        var fields: [Range<Int>] = []
        var start = 0
        var isQuoted = false
        for index in 0..<count {
            switch text[index] {
            case .quote:
                isQuoted.toggle()
            case .comma where !isQuoted:
                fields.append(start..<index)
                start = index + 1
            case .lineFeed where !isQuoted:
                fields.append(start..<index)
                start = index + 1
            default:
                break
            }
        }
        return fields
    }
}
