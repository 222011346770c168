/// The known name that somebody probably meant.
package enum NearestName {
    /// The nearest of the candidates, or nil where none is near: at most a third of the letters differ. Case counts
    /// little, so `entitytype` finds `EntityType`.
    package static func find(_ name: String, among candidates: some Sequence<String>) -> String? {
        var best: (name: String, distance: Int)?
        for candidate in candidates where candidate != name {
            let limit = max(1, max(name.count, candidate.count) / 3)
            let distance = distance(Array(name.lowercased()), Array(candidate.lowercased()))
            guard distance <= limit else { continue }
            if let found = best, (found.distance, found.name) <= (distance, candidate) { continue }
            best = (candidate, distance)
        }
        return best?.name
    }

    /// `; did you mean "X"?`, or the fallback where nothing is near.
    static func suggestion(_ name: String, among candidates: some Sequence<String>, otherwise: String) -> String {
        find(name, among: candidates).map { "; did you mean \"\($0)\"?" } ?? "; \(otherwise)"
    }

    /// Insertions, deletions, replacements and exchanges of neighbours that turn one into the other.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                let isEqual = left[row] == right[column]
                var cost = min(last[column] + (isEqual ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
