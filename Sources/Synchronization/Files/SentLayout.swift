internal import API

/// The columns that a sent file must have, and where each goes in its staging table.
struct SentLayout: Sendable {
    struct Column: Sendable {
        /// In the header.
        var name: String
        /// In the staging table.
        var column: String
        /// Characters.
        var limit: Int
        /// Part of the key: never empty.
        var isKey: Bool
    }

    /// For messages, `HR_Person`.
    var mapping: String
    var columns: [Column]
    /// Columns that a file may have and that are not loaded.
    var ignored: Set<String>
    var hasCommand: Bool
    /// Resources: a delete may be without key.
    var isEntityType = false

    /// The staging table's columns, in the order of loading.
    var stagingColumns: [String] { (hasCommand ? ["Command"] : []) + columns.map(\.column) }

    /// For each field of a row its place in `stagingColumns`, nil for one that is not loaded.
    ///
    /// - Throws: `invalidRequest` naming the column that is missing, unknown or there twice.
    func places(header: [String]) throws -> [Int?] {
        let names = stagingColumns.indices.map { index in
            hasCommand ? (index == 0 ? "command" : columns[index - 1].name) : columns[index].name
        }
        var places: [Int?] = []
        for name in header {
            let place = names.firstIndex(of: name)
            if place == nil, !ignored.contains(name) {
                throw error("has a column \"\(name)\" that the mapping does not have; prepare it again")
            }
            if let place, places.contains(place) {
                throw error("has the column \"\(name)\" twice; prepare it again")
            }
            places.append(place)
        }
        if let missing = names.indices.first(where: { !places.contains($0) }) {
            throw error("has no column \"\(names[missing])\"; prepare it again")
        }
        return places
    }

    func error(line: Int? = nil, _ text: String) -> SynchronizationError {
        let place = line.map { ", line \($0)," } ?? ""
        return SynchronizationError(
            .invalidRequest, "The file sent for mapping \"\(mapping)\"\(place) \(text). Nothing was changed.")
    }
}
