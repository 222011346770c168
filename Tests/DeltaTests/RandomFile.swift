/// A small generator whose numbers follow from its seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// Makes small CSV files with every quirk.
struct RandomFile {
    var generator: SeededGenerator
    var separator: UInt8

    static let longKey = "CN=somebody with a very long name,OU=people,DC=example,DC=com"
    static let keys = [
        "", "a", "b", "c", "ab", "aa", "Ä", "ä", "10", "9", "x,y", "say \"hi\"", "two\nlines", "cr\rhere", "tab\tx",
        "same prefix of sixteen 1", "same prefix of sixteen 2", "same prefix of sixteen", longKey, longKey + "1",
        longKey + "2", "$d$", "🙂",
    ]
    static let values = [
        "", "", "1", "-5", "007", "99999999999", "x", "Ünïcode", "a,b", "a;b", "\"", "\"\"", "line\nbreak", "crlf\r\nx",
        " padded ", "$%x$%", "toolongvalue", "é", "ab\"c", "CR\rin",
    ]

    mutating func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &generator) == 0 }

    mutating func pick<Element>(_ from: [Element]) -> Element {
        from[Int.random(in: from.indices, using: &generator)]
    }

    mutating func field(_ value: String) -> [UInt8] {
        let bytes = Array(value.utf8)
        let needs = bytes.contains { $0 == separator || $0 == 34 || $0 == 10 || $0 == 13 }
        // A quote or a lone CR inside an unquoted field is text too.
        let mayStandBare = !bytes.contains(separator) && !bytes.contains(10) && bytes.first != 34 && bytes.last != 13
        if needs ? (mayStandBare && chance(3)) : !chance(5) { return bytes }
        return [34] + bytes.flatMap { $0 == 34 ? [34, 34] : [$0] } + [34]
    }

    mutating func make(header: [String], rows: Int, dirty: Int, keyColumns: Set<String>, command: String?) -> [UInt8] {
        var bytes: [UInt8] = chance(4) ? [0xEF, 0xBB, 0xBF] : []
        func joined(_ fields: [[UInt8]]) -> [UInt8] { Array(fields.joined(separator: [separator])) }
        let crlf = chance(3)
        while chance(6) { bytes += crlf ? [13, 10] : [10] }
        var names: [[UInt8]] = []
        for name in header { names.append(field(name)) }
        bytes += joined(names) + (crlf ? [13, 10] : [10])
        for row in 0..<rows {
            var fields: [[UInt8]] = []
            for name in header {
                if name == command {
                    fields.append(field(pick(["insert", "Update", "DELETE", "merge", "add", "modify", "delete"])))
                } else if name == "partialColumns" {
                    var names = header.filter { _ in chance(2) }
                    if chance(12) { names.append(pick(["", "nope", "ID"])) }
                    fields.append(field(chance(4) ? "" : names.joined(separator: "|")))
                } else if keyColumns.contains(name) {
                    fields.append(field(pick(Self.keys)))
                } else {
                    fields.append(field(pick(Self.values)))
                }
            }
            var line = joined(fields)
            if dirty > 0, chance(dirty) { spoil(&line) }
            bytes += line
            if row < rows - 1 || !chance(3) { bytes += crlf && !chance(10) ? [13, 10] : [10] }
            while chance(12) { bytes += crlf ? [13, 10] : [10] }
        }
        return bytes
    }

    private mutating func spoil(_ line: inout [UInt8]) {
        let place = Int.random(in: 0...line.count, using: &generator)
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: line.insert(34, at: place)
        case 1: line.insert(separator, at: place)
        case 2: line.insert(0xFF, at: place)
        case 3: line.insert(0, at: place)
        case 4: line.removeLast(line.count - place)
        case 5: line.insert(13, at: place)
        case 6: line.insert(contentsOf: [34, 120], at: place)
        default: line.insert(contentsOf: [0xC3], at: place)
        }
    }

    /// Changes any bytes, the header's too.
    mutating func mangle(_ bytes: inout [UInt8]) {
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            let byte =
                chance(2)
                ? pick([34, 10, 13, separator, 0, 0xFF, 0xC3, 0xEF])
                : UInt8.random(
                    in: 0...255, using: &generator)
            if place < bytes.count, chance(2) { bytes[place] = byte } else { bytes.insert(byte, at: place) }
            if chance(8) { bytes.removeLast(Int.random(in: 0...min(bytes.count, 20), using: &generator)) }
        }
    }
}
