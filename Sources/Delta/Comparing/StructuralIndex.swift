import CDelta

/// Where the structural bytes of a part of a window are, so that its canonical rows are taken apart without looking at
/// every byte. Parts are small: most rows of an image are equal to the new ones and are never taken apart.
struct StructuralIndex: ~Copyable {
    private static let size = 32 << 10
    private let positions = UnsafeMutablePointer<UInt32>.allocate(capacity: size + 64)
    private var count = 0
    private var next = 0
    /// What is indexed, as places in the window.
    private var from = 0
    private var to = 0

    init() {}

    deinit { positions.deallocate() }

    /// To be told when the window's bytes move.
    mutating func forget() { to = 0 }

    /// Finds the fields of the canonical row at `place`.
    ///
    /// - Parameters:
    ///   - end: where the window's bytes end.
    ///   - starts: gets where each field starts, and behind the last one where the next row starts.
    /// - Returns: where the next row starts; nil: the row is not whole in a part, or no canonical row of so many columns.
    @inline(__always)
    mutating func split(
        _ base: UnsafePointer<UInt8>, from place: Int, to end: Int, _ starts: UnsafeMutablePointer<Int>, columns: Int
    ) -> Int? {
        if place >= from, place < to {
            while next < count, Int(positions[next]) < place { next += 1 }
            if let found = walk(base, place, starts, columns) { return found }
        }
        guard place != from || to == 0, place < end else { return nil }
        from = place
        to = min(place + Self.size, end)
        next = 0
        count = delta_index(base, from, to, .comma, positions)
        return walk(base, place, starts, columns)
    }

    private mutating func walk(
        _ base: UnsafePointer<UInt8>, _ place: Int, _ starts: UnsafeMutablePointer<Int>, _ columns: Int
    ) -> Int? {
        var index = next
        var start = place
        var column = 0
        while column < columns, index < count {
            starts[column] = start
            column += 1
            if base[start] == .quote {
                index += 1
                while true {
                    // The byte behind a quote tells what the quote is.
                    guard index + 1 < count else { return nil }
                    let place = Int(positions[index])
                    index += 1
                    guard base[place] == .quote else { continue }
                    guard Int(positions[index]) == place + 1 else { return nil }
                    if base[place + 1] != .quote { break }
                    index += 1
                }
            }
            let place = Int(positions[index])
            index += 1
            start = place + 1
            if base[place] == .lineFeed {
                guard column == columns else { return nil }
                starts[columns] = start
                next = index
                return start
            }
            guard base[place] == .comma else { return nil }
        }
        return nil
    }
}
