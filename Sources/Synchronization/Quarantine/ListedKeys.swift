/// The keys of listed rows, to be found by what a feed names.
struct ListedKeys {
    let arePairs: Bool
    private var whole: [[String]: [Int]] = [:]
    private var bySide: [[String: [Int]]] = [[:], [:]]

    init(arePairs: Bool) { self.arePairs = arePairs }

    var isEmpty: Bool { whole.isEmpty }

    mutating func add(_ keys: [String], _ row: Int) {
        whole[keys, default: []].append(row)
        guard arePairs else { return }
        for (side, key) in keys.enumerated() { bySide[side][key, default: []].append(row) }
    }

    /// - Parameter text: as rejected rows are listed: a key, or both of a pair as two CSV fields.
    mutating func add(text: String, _ row: Int) {
        guard arePairs else { return add([text], row) }
        if let pair = Self.pair(text) { add(pair, row) }
    }

    /// The rows of a named key; of a pair, where one key is empty, all of the other.
    func rows(named first: String, _ second: String) -> [Int] {
        guard arePairs else { return whole[[first]] ?? [] }
        if second.isEmpty { return bySide[0][first] ?? [] }
        return first.isEmpty ? bySide[1][second] ?? [] : whole[[first, second]] ?? []
    }

    /// Two fields in RFC 4180's form; nil: these are not two.
    static func pair(_ text: String) -> [String]? {
        var fields: [String] = [""]
        var isQuoted = false
        var wasQuote = false
        for character in text.unicodeScalars {
            if character == "\"" {
                // Of two quotes within a field the second stands for both.
                if !isQuoted, wasQuote { fields[fields.count - 1].append("\"") }
                isQuoted.toggle()
                wasQuote = !isQuoted
                continue
            }
            wasQuote = false
            if character == ",", !isQuoted {
                fields.append("")
            } else {
                fields[fields.count - 1].unicodeScalars.append(character)
            }
        }
        return fields.count == 2 && !isQuoted ? fields : nil
    }
}
